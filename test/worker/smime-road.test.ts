// A mail itself, encrypted to its recipient's certificate: opened by OpenSSL with the recipient's key, by nobody on the way, and only
// while there is a certificate that may be used.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { DAY_MS, MINUTE_MS, isoTime } from '../../server/core/clock.ts';
import { newToken } from '../../server/crypto/random.ts';
import type { Inventory } from '../../server/certificates/inventory.ts';
import { makeClient } from '../roads/api-client.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { administrator, approveFile, inventoryOf } from '../support/certificates-in.ts';
import { mailFolder, makeMailAuthority, makeMailCertificate, openssl } from '../support/mail-certificates.ts';
import type { MailCertificate } from '../support/mail-certificates.ts';
import { signInByRelay } from '../support/answering.ts';
import { mimeMail, send } from '../support/mime.ts';
import { readable } from '../support/relay.ts';
import { submit } from '../support/submit.ts';
import { freePort } from '../support/free-port.ts';
import { startWire } from '../support/wire.ts';
import type { Wire } from '../support/wire.ts';
import { connect, recipients, stage } from './partner.ts';
import type { Stage } from './partner.ts';

const SECRET = 'The secret text, with an ümlaut.';
const FILE = randomBytes(40_000);
const BOB = 'bob@recipient.example';
const webAuthority = makeAuthority();
setDefaultCACertificates([...getCACertificates('default'), webAuthority.certPem]);
const partnersOwn = makeCertificate({ authority: webAuthority, names: ['mx.partner.example'] });
const authority = makeMailAuthority();
const bob = makeMailCertificate({ authority, address: BOB });

interface Asked {
  readonly deliver?: string;
  readonly to?: readonly string[];
  readonly headers?: readonly string[];
}

const mailOf = ({ deliver = 'smime', to = [BOB], headers = [] }: Asked): string =>
  mimeMail({
    from: 'Alice Example <alice@example.com>',
    to: to.join(', '),
    subject: 'The [encrypt] matter',
    text: SECRET,
    headers: [
      `X-Sealpost-Deliver: ${deliver}`,
      'Sensitivity: Company-Confidential',
      'X-Our-Label: internal',
      ...headers,
    ],
    parts: [{ content: FILE, name: 'plan.bin' }],
  });

function handIn({ running }: Stage, asked: Asked = {}): Promise<string> {
  return submit(running.smtpPort, { from: 'alice@example.com', to: asked.to ?? [BOB], raw: mailOf(asked) });
}

async function taken(there: Stage, asked: Asked = {}): Promise<string> {
  const answer = await handIn(there, asked);
  assert.match(answer, /^250 2\.0\.0 /);
  return answer.split(' ')[2] ?? '';
}

function opened(raw: string, { keyFile, certFile }: MailCertificate): string {
  const dir = mailFolder();
  const file = join(dir, 'mail.eml');
  writeFileSync(file, raw);
  return openssl('cms', '-decrypt', '-in', file, '-inkey', keyFile, '-recip', certFile).toString('latin1');
}

/** What must be seen nowhere in the open. */
const OPEN = /The secret text|The matter|plan\.bin|X-Our-Label|Sensitivity|X-Sealpost-Deliver/;

function nothingInClear({ relay, partner, running }: Stage): void {
  for (const { seen } of [relay, partner]) {
    assert.doesNotMatch(readable(seen()), OPEN);
    assert.ok(!seen().includes(FILE.toString('base64').slice(0, 60)));
    assert.ok(!seen().includes(Buffer.from(SECRET).toString('base64').slice(0, 30)));
  }
  assert.doesNotMatch(running.logged(), OPEN);
}

const hasLink = (raw: string | undefined): void => assert.match(raw ?? '', /\/m\/[A-Za-z0-9_-]{22}/);

describe('X-Sealpost-Deliver: smime, with a certificate that is approved', () => {
  let there: Stage;
  let id: string;
  let raw: string;
  let signed: string;

  before(async () => {
    // In clear: what is encrypted may travel any road that the relay offers.
    there = await stage(undefined);
    const inventory = inventoryOf(there.running);
    const house = makeMailCertificate({ authority, address: 'secure@example.com', key: 'P-256' });
    for (const text of [authority.certPem, bob.certPem, house.certPem + house.keyPem])
      await approveFile(inventory, text);
    id = await taken(there);
    await there.running.drain();
    raw = there.relay.mails[0]?.raw ?? '';
    signed = opened(raw, bob);
  });
  after(() => there.stop());

  test('one mail leaves, which OpenSSL opens with his key: text, subject and file', () => {
    assert.deepEqual(
      there.relay.mails.map(({ to }) => to),
      [BOB],
    );
    assert.match(readable(signed), new RegExp(SECRET));
    assert.match(signed, /^Subject: The matter\r?$/m);
    assert.ok(signed.replace(/\r?\n/g, '').includes(FILE.toString('base64')));
    assert.match(signed, /^From: Alice Example <alice@example\.com>/m);
  });

  test('the organisation signs it, and is named as its sender', () => {
    const dir = mailFolder();
    writeFileSync(join(dir, 'signed.eml'), signed);
    const checked = ['-in', join(dir, 'signed.eml'), '-CAfile', authority.certFile, '-signer', join(dir, 'who.pem')];
    assert.match(readable(openssl('cms', '-verify', ...checked).toString('latin1')), new RegExp(SECRET));
    const who = openssl('x509', '-in', join(dir, 'who.pem'), '-noout', '-ext', 'subjectAltName').toString();
    assert.match(who, /secure@example\.com/);
    assert.match(raw, /^Sender: "?Example Ltd"? <secure@example\.com>/m);
  });

  test('on the way nobody sees what it is about, and nothing of what it was labelled by', () => {
    assert.match(raw, /^Subject: \[\.\.\.\]\r$/m);
    assert.match(raw, /^Content-Type: application\/pkcs7-mime; smime-type=enveloped-data;/m);
    assert.match(there.relay.mails[0]?.from ?? '', /^secure\+b-[0-9a-z]{26}@example\.com$/);
    assert.equal(there.relay.mails[0]?.tls, false);
    assert.doesNotMatch(`${raw}\n${signed}`, /X-Our-Label|Sensitivity|X-Sealpost-Deliver|\[encrypt\]|Auto-Submitted/);
    nothingInClear(there);
  });

  test('the API tells the certificate, its issuer, its end and the algorithms', async () => {
    const fingerprint = openssl('x509', '-in', bob.certFile, '-noout', '-fingerprint', '-sha256').toString();
    const [row] = await recipients(there, id);
    assert.partialDeepStrictEqual(row, {
      delivery: 'smime',
      status: 'notified',
      evidence: {
        by: 'certificate',
        fingerprint: fingerprint.split('=')[1]?.trim().replaceAll(':', '').toLowerCase(),
        algorithms: 'AES-256-CBC, RSA-OAEP',
        signed: true,
      },
    });
    assert.match(JSON.stringify(row), /"issuer":"[^"]*Mail Test Authority[^"]*","validUntil":"\d{4}-/);
  });

  test('the sender’s page says so, that it cannot be taken back, and offers no such thing', async () => {
    const alice = await signInByRelay(there.running, there.relay, 'alice@example.com');
    const { text } = await alice.get(`/sent/${id}`);
    assert.match(text, /Sent encrypted with their certificate \(S\/MIME\)/);
    assert.match(text, /AES-256-CBC, RSA-OAEP/);
    assert.match(text, /Signed by the organisation/);
    assert.match(text, /cannot be taken back/);
    assert.match(text, /Mail itself sent to/);
    assert.doesNotMatch(text, /name="recipient" value="0"/);
    assert.match((await alice.get('/sent')).text, /Sent encrypted/);
    const proof = await alice.get(`/sent/${id}/proof.json`);
    assert.match(proof.text, /"delivery": ?"smime"/);
    assert.match(proof.text, /"fingerprint": ?"[0-9a-f]{64}"/);
  });

  test('the audit tells it, and taking it back changes nothing', async () => {
    const rows = await there.running.store.db.selectFrom('audit').select('event').execute();
    assert.equal(rows.filter(({ event }) => event === 'mail-delivered').length, 1);
    await (await makeClient(there.running)).sendJson(`/messages/${id}/revoke`, {});
    assert.equal((await recipients(there, id))[0]?.['status'], 'notified');
  });
});

describe('X-Sealpost-Deliver: smime is refused as a whole, and nothing is sent or kept,', () => {
  const cases: readonly (readonly [string, (inventory: Inventory) => Promise<unknown>])[] = [
    ['where no certificate is known', (inventory) => approveFile(inventory, authority.certPem)],
    [
      'while it waits for approval',
      async (inventory) => {
        await approveFile(inventory, authority.certPem);
        await inventory.takeIn({ bytes: Buffer.from(bob.certPem) }, administrator);
      },
    ],
    [
      'when it was refused',
      async (inventory) => {
        await approveFile(inventory, authority.certPem);
        const { row } = await approveFile(inventory, bob.certPem);
        await inventory.refuse(row.id, administrator);
      },
    ],
    [
      'when its authority is trusted no more',
      async (inventory) => {
        const { row } = await approveFile(inventory, authority.certPem);
        await approveFile(inventory, bob.certPem);
        await inventory.refuse(row.id, administrator);
      },
    ],
    [
      'when it is for somebody else',
      async (inventory) => {
        await approveFile(inventory, authority.certPem);
        await approveFile(inventory, makeMailCertificate({ authority, address: 'rob@recipient.example' }).certPem);
      },
    ],
  ];
  for (const [name, prepare] of cases) {
    test(name, async () => {
      const there = await stage(undefined);
      try {
        await prepare(inventoryOf(there.running));
        assert.match(
          await handIn(there),
          /^554 5\.7\.1 Delivery by S\/MIME is asked for, and for 1 of 1 recipients no /,
        );
        await there.running.drain();
        assert.equal(there.relay.mails.length, 0);
        assert.equal((await there.running.store.db.selectFrom('messages').select('id').execute()).length, 0);
        nothingInClear(there);
      } finally {
        await there.stop();
      }
    });
  }

  test('when one of two recipients has none; by a rule and by the API as well', async () => {
    const there = await stage(undefined);
    try {
      const inventory = inventoryOf(there.running);
      for (const text of [authority.certPem, bob.certPem]) await approveFile(inventory, text);
      const both = { to: [BOB, 'carol@third.example'] };
      assert.match(await handIn(there, both), /^554 5\.7\.1 .* for 1 of 2 recipients/);
      const api = await makeClient(there.running);
      const fields = { from: 'alice@example.com', subject: 'x', text: SECRET, to: ['carol@third.example'] };
      const refused = await api.sendJson('/messages', { ...fields, deliver: 'smime' });
      assert.deepEqual([refused.status, refused.json['code']], [422, 'policy/refused']);
      const { rulebook } = there.running.program;
      const rule = { id: 'sealed', name: 'Sealed', then: [{ deliver: 'smime' }] };
      await rulebook.save({ value: { format: 1, rules: [rule] }, basedOn: 0, actor: 'test' });
      assert.match(await handIn(there, { ...both, deliver: 'best' }), /^554 5\.7\.1 /);
      await there.running.drain();
      assert.equal(there.relay.mails.length, 0);
      await taken(there, { deliver: 'best' });
      await there.running.drain();
      assert.match(opened(there.relay.mails[0]?.raw ?? '', bob), /Subject: The matter/);
      nothingInClear(there);
    } finally {
      await there.stop();
    }
  });
});

describe('between the taking in and the sending', () => {
  for (const [name, end] of [
    ['a certificate that ends', (there: Stage) => Promise.resolve(there.running.clock.forward(2 * DAY_MS))],
    [
      'a certificate that is refused',
      async ({ running }: Stage) => {
        const [one] = await inventoryOf(running).list({ limit: 1, role: 'recipient' });
        await inventoryOf(running).refuse(one?.row.id ?? '', administrator);
      },
    ],
    [
      'a certificate that is removed',
      async ({ running }: Stage) => {
        const [one] = await inventoryOf(running).list({ limit: 1, role: 'recipient' });
        await inventoryOf(running).remove(one?.row.id ?? '', administrator);
      },
    ],
  ] as const) {
    test(`${name} leads to the portal, its sender is told, and no byte leaves`, async () => {
      const there = await stage(undefined, { workerRuns: false });
      try {
        const inventory = inventoryOf(there.running);
        await approveFile(inventory, authority.certPem);
        await approveFile(inventory, makeMailCertificate({ authority, address: BOB, days: 1 }).certPem);
        const id = await taken(there);
        assert.equal((await recipients(there, id))[0]?.['delivery'], 'smime');
        await end(there);
        await there.running.drain();
        hasLink(there.relay.mails.find(({ to }) => to === BOB)?.raw);
        assert.partialDeepStrictEqual((await recipients(there, id))[0], { delivery: 'portal', evidence: null });
        nothingInClear(there);
        const alice = await signInByRelay(there.running, there.relay, 'alice@example.com');
        const { text } = await alice.get(`/sent/${id}`);
        assert.match(text, /There is no certificate of theirs that may be used now/);
        assert.match(text, /gets a link to the portal instead of the mail itself/);
      } finally {
        await there.stop();
      }
    });
  }

  test('a relay that is away is tried again, and what was taken back meanwhile does not go', async () => {
    const there = await stage(undefined, { workerRuns: false });
    try {
      const inventory = inventoryOf(there.running);
      for (const text of [authority.certPem, bob.certPem]) await approveFile(inventory, text);
      there.relay.refusals.set(BOB, '451 4.3.0');
      await taken(there);
      const second = await taken(there);
      await there.running.drain();
      assert.equal(there.relay.mails.length, 0);
      await (await makeClient(there.running)).sendJson(`/messages/${second}/revoke`, {});
      there.relay.refusals.clear();
      there.running.clock.forward(2 * MINUTE_MS);
      await there.running.drain();
      assert.equal(there.relay.mails.length, 1);
      assert.match(opened(there.relay.mails[0]?.raw ?? '', bob), /Subject: The matter/);
    } finally {
      await there.stop();
    }
  });
});

describe('X-Sealpost-Deliver: best', () => {
  let there: Stage;
  let id: string;
  const all = [BOB, 'pat@partner.example', 'carol@third.example'];

  before(async () => {
    there = await stage(partnersOwn);
    await connect(there, { domain: 'partner.example' });
    const inventory = inventoryOf(there.running);
    for (const text of [authority.certPem, bob.certPem]) await approveFile(inventory, text);
    id = await taken(there, { deliver: 'best', to: all });
    await there.running.drain();
  });
  after(() => there.stop());

  test('takes three roads for three recipients: encrypted, over verified TLS, by the portal', async () => {
    const rows = await recipients(there, id);
    assert.deepEqual(
      rows.map(({ address, delivery }) => [address, delivery]),
      [
        [BOB, 'smime'],
        ['pat@partner.example', 'tls'],
        ['carol@third.example', 'portal'],
      ],
    );
    assert.match(readable(opened(there.relay.mails.find(({ to }) => to === BOB)?.raw ?? '', bob)), new RegExp(SECRET));
    assert.match(readable(there.partner.mails[0]?.raw ?? ''), new RegExp(SECRET));
    assert.equal(there.partner.mails[0]?.tls, true);
    hasLink(there.relay.mails.find(({ to }) => to === 'carol@third.example')?.raw);
    assert.equal(there.relay.mails.length, 2);
    assert.doesNotMatch(readable(there.relay.seen()), OPEN);
  });

  test('the portal lists the message to those alone who read it there', async () => {
    const mailId = `/messages/${id}`;
    for (const who of [BOB, 'pat@partner.example']) {
      // A partner's server is reached by nothing but the mail itself, so its codes come by the relay as all do.
      const reader = await signInByRelay(there.running, there.relay, who);
      assert.ok(!(await reader.get('/messages')).text.includes(mailId), who);
      for (const path of [mailId, `${mailId}/body`, `${mailId}/attachments/1`]) {
        assert.equal((await reader.get(path)).status, 404, `${who} ${path}`);
      }
    }
    const carol = await signInByRelay(there.running, there.relay, 'carol@third.example');
    assert.ok((await carol.get('/messages')).text.includes(mailId));
    assert.match((await carol.get(mailId)).text, /The matter/);
  });
});

describe('what asks for more than a mail can keep goes by the portal, be it encrypted or not:', () => {
  for (const header of [
    'X-Sealpost-Protection: do-not-forward',
    'X-Sealpost-Expires: 7d',
    'X-Sealpost-Sign-In: code',
    'Disposition-Notification-To: alice@example.com',
  ]) {
    test(header, async () => {
      const there = await stage(undefined);
      try {
        const inventory = inventoryOf(there.running);
        for (const text of [authority.certPem, bob.certPem]) await approveFile(inventory, text);
        const id = await taken(there, { headers: [header] });
        await there.running.drain();
        hasLink(there.relay.mails[0]?.raw);
        assert.equal((await recipients(there, id))[0]?.['delivery'], 'portal');
        nothingInClear(there);
      } finally {
        await there.stop();
      }
    });
  }
});

test('a sender who writes in the portal chooses it there, and is told in the form when it cannot be had', async () => {
  const there = await stage(undefined);
  try {
    const inventory = inventoryOf(there.running);
    for (const text of [authority.certPem, bob.certPem]) await approveFile(inventory, text);
    const alice = await signInByRelay(there.running, there.relay, 'alice@example.com');
    const write = (fields: Record<string, string>) =>
      alice.postMultipart(
        '/compose',
        { to: BOB, subject: 'The matter', text: SECRET, protection: 'encrypt-only', once: newToken(), ...fields },
        [],
        '/compose',
      );
    assert.match((await alice.get('/compose')).text, /<select id="deliver"/);
    const refused = await write({ deliver: 'smime', to: `${BOB}, carol@third.example` });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /for 1 of 2 recipients no certificate that may be used is known here/);
    assert.match(refused.text, /value="smime" selected/);
    const unknown = await write({ deliver: 'pigeon' });
    assert.deepEqual([unknown.status, /Choose how it goes from the list/.test(unknown.text)], [422, true]);
    const count = there.relay.mails.length;
    assert.equal((await write({ deliver: 'smime' })).status, 303);
    await there.running.drain();
    assert.equal(there.relay.mails.length, count + 1);
    assert.match(readable(opened(there.relay.mails.at(-1)?.raw ?? '', bob)), new RegExp(SECRET));
    assert.equal((await write({ deliver: 'smime', expires: isoDay(there) })).status, 303);
    await there.running.drain();
    hasLink(there.relay.mails.at(-1)?.raw);
    nothingInClear(there);
  } finally {
    await there.stop();
  }
});

const isoDay = ({ running }: Stage): string => isoTime(running.clock.nowMs() + 5 * DAY_MS).slice(0, 10);

test('on a wire that is listened to, of all that is spoken with the relay nothing tells what it is about', async () => {
  const port = await freePort();
  let wire: Wire | undefined;
  const there = await stage(undefined, { env: { RELAY_URL: `smtp://localhost:${port}` } });
  try {
    wire = await startWire({ host: '127.0.0.1', port }, there.relay.port);
    const inventory = inventoryOf(there.running);
    for (const text of [authority.certPem, bob.certPem]) await approveFile(inventory, text);
    await taken(there);
    await there.running.drain();
    assert.match(wire.sent(), /RCPT TO:<bob@recipient\.example>[^]*smime-type=enveloped-data/);
    assert.doesNotMatch(readable(wire.sent()), OPEN);
    assert.ok(!wire.sent().includes(FILE.toString('base64').slice(0, 60)));
    assert.match(opened(there.relay.mails[0]?.raw ?? '', bob), /Subject: The matter/);
  } finally {
    await there.stop();
    await wire?.close();
  }
});

test('without a certificate of its own the organisation signs nothing, and names no sender', async () => {
  const there = await stage(undefined);
  try {
    const inventory = inventoryOf(there.running);
    const key = 'P-256' as const;
    const carol = makeMailCertificate({ authority, address: 'carol@third.example', key });
    await approveFile(inventory, authority.certPem);
    const { row } = await approveFile(inventory, carol.certPem);
    await inventory.set(row.id, { cipher: 'gcm', allowsPkcs1: false }, administrator);
    const id = await send(there.running, {
      to: 'carol@third.example',
      text: SECRET,
      headers: ['X-Sealpost-Deliver: smime'],
    });
    await there.running.drain();
    const raw = there.relay.mails[0]?.raw ?? '';
    assert.match(raw, /smime-type=authEnveloped-data/);
    assert.doesNotMatch(raw, /^Sender:/m);
    assert.match(readable(opened(raw, carol)), new RegExp(SECRET));
    assert.partialDeepStrictEqual((await recipients(there, id))[0], {
      evidence: { algorithms: 'AES-256-GCM, ECDH', signed: false },
    });
  } finally {
    await there.stop();
  }
});

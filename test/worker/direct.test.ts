// A mail itself, brought to its recipient's own server: only over a connection that something vouches for, else by the portal.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { DAY_MS, MINUTE_MS } from '../../server/core/clock.ts';
import { makeClient } from '../roads/api-client.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { send } from '../support/mime.ts';
import { readable } from '../support/relay.ts';
import { plainMail, submit } from '../support/submit.ts';
import { connect, recipients, stage } from './partner.ts';
import type { Given, Stage } from './partner.ts';

const SECRET = 'The secret text, with an ümlaut.';
const FILE = randomBytes(50_000);
const authority = makeAuthority();
setDefaultCACertificates([...getCACertificates('default'), authority.certPem]);
const good = makeCertificate({ authority, names: ['mx.partner.example'] });

const byName: Given = { domain: 'partner.example' };

async function sendSecret({ running }: Stage, headers: readonly string[] = []): Promise<string> {
  const id = await send(running, {
    to: 'Pat Partner <pat@partner.example>',
    cc: 'bob@recipient.example',
    subject: 'The [encrypt] matter',
    text: SECRET,
    headers: ['X-Sealpost-Deliver: best', 'Sensitivity: Company-Confidential', 'X-Our-Label: internal', ...headers],
    parts: [{ content: FILE, name: 'plan.bin' }],
  });
  await running.drain();
  return id;
}

const inBase64 = FILE.toString('base64').slice(0, 60);

function neverSeen({ relay, partner }: Stage): void {
  for (const { seen } of [relay, partner]) {
    assert.doesNotMatch(readable(seen()), /The secret text|plan\.bin/);
    assert.ok(!seen().includes(inBase64));
  }
}

describe('to a partner with a connector and a good certificate', () => {
  let there: Stage;
  let id: string;

  before(async () => {
    there = await stage(good);
    await connect(there, byName);
    id = await sendSecret(there);
  });
  after(() => there.stop());

  test('the mail itself goes, whole, over TLS, from its own author', () => {
    const [mail, ...others] = there.partner.mails;
    assert.ok(mail !== undefined && others.length === 0);
    assert.equal(mail.tls, true);
    assert.match(readable(mail.raw), new RegExp(SECRET));
    assert.ok(mail.raw.replace(/\r\n/g, '').includes(FILE.toString('base64')));
    assert.match(mail.raw, /^From: Alice Example <alice@example\.com>/m);
    assert.match(mail.raw, /^To: Pat Partner <pat@partner\.example>/m);
    assert.match(mail.raw, /^Cc: bob@recipient\.example/m);
    assert.match(mail.raw, /^Message-ID: <test-\d+-\d+@example\.com>/m);
    assert.match(mail.raw, /^Subject: The matter/m);
    assert.match(mail.from, /^secure\+b-[0-9a-z]{26}@example\.com$/);
    // Before the file, whose random bytes may spell anything.
    assert.doesNotMatch(mail.raw.split('plan.bin')[0] ?? '', /\/m\/[A-Za-z0-9_-]{22}/);
  });

  test('nothing that it was labelled or asked for by goes along', () => {
    const raw = there.partner.mails[0]?.raw ?? '';
    assert.doesNotMatch(raw, /X-Sealpost-Deliver|Sensitivity|X-Our-Label|Auto-Submitted|\[encrypt\]/i);
  });

  test('a recipient for whose servers nothing vouches gets a notice, and not a byte of the mail', () => {
    const notice = there.relay.mails.find(({ to }) => to === 'bob@recipient.example');
    assert.match(notice?.raw ?? '', /\/m\/[A-Za-z0-9_-]{22}/);
    assert.doesNotMatch(readable(there.relay.seen()), /The secret text|plan\.bin/);
    assert.deepEqual(
      there.relay.mails.map(({ to }) => to),
      ['bob@recipient.example'],
    );
  });

  test('the API tells each one’s road, and what vouched for it', async () => {
    const [pat, bob] = await recipients(there, id);
    assert.partialDeepStrictEqual(pat, {
      address: 'pat@partner.example',
      delivery: 'tls',
      status: 'notified',
      evidence: { by: 'connector', host: 'mx.partner.example', protocol: 'TLSv1.3' },
    });
    assert.partialDeepStrictEqual(bob, { address: 'bob@recipient.example', delivery: 'portal', evidence: null });
  });

  test('the audit log tells it, and names no host', async () => {
    const rows = await there.running.store.db.selectFrom('audit').select('event').execute();
    assert.equal(rows.filter(({ event }) => event === 'mail-delivered').length, 1);
    assert.doesNotMatch(there.running.logged(), /partner\.example/);
  });

  test('taking it back reaches the portal and says nothing of the mailbox', async () => {
    const client = await makeClient(there.running);
    await client.sendJson(`/messages/${id}/revoke`, {});
    const [pat, bob] = await recipients(there, id);
    assert.deepEqual([pat?.['status'], bob?.['status']], ['notified', 'revoked']);
    await client.sendJson(`/messages/${id}/restore`, {});
    await there.running.drain();
    assert.equal(there.partner.mails.length, 1);
  });

  test('no reminder follows it', async () => {
    there.running.clock.forward(29 * DAY_MS);
    await there.running.drain();
    assert.equal(there.partner.mails.length, 1);
  });
});

describe('to a partner whose server does not prove what is asked', () => {
  const pinned: Given = {
    domain: 'partner.example',
    certificate: { by: 'key', pins: [randomBytes(32).toString('base64')] },
  };
  for (const [name, certificate, connector] of [
    ['for want of TLS', undefined, byName],
    ['for a certificate nobody vouches for', makeCertificate({ names: ['mx.partner.example'] }), byName],
    ['for a certificate of another name', makeCertificate({ authority, names: ['mail.example.org'] }), byName],
    [
      'for a certificate that ran out',
      makeCertificate({ authority, names: ['mx.partner.example'], expiredDays: 1 }),
      byName,
    ],
    ['for another key than the pinned one', good, pinned],
  ] as const) {
    test(`it waits, and then goes by the portal, ${name}`, async () => {
      const there = await stage(certificate, {});
      try {
        await connect(there, connector);
        const id = await sendSecret(there);
        assert.deepEqual(there.partner.mails, []);
        assert.equal((await recipients(there, id))[0]?.['delivery'], 'best');
        for (let tries = 0; tries < 8; tries += 1) {
          there.running.clock.forward(61 * MINUTE_MS);
          await there.running.drain();
        }
        const notice = there.relay.mails.find(({ to }) => to === 'pat@partner.example');
        assert.match(notice?.raw ?? '', /\/m\/[A-Za-z0-9_-]{22}/);
        const [pat] = await recipients(there, id);
        assert.deepEqual([pat?.['delivery'], pat?.['status'], pat?.['evidence']], ['portal', 'notified', null]);
        neverSeen(there);
        const rows = await there.running.store.db.selectFrom('audit').select('event').execute();
        // Pat’s, and before it Bob’s, for whose servers nothing vouches.
        assert.equal(rows.filter(({ event }) => event === 'mail-to-portal').length, 2);
      } finally {
        await there.stop();
      }
    });
  }

  test('it goes when the partner has mended it in time', async () => {
    const there = await stage(good);
    try {
      await connect(there, pinned);
      await sendSecret(there);
      assert.deepEqual(there.partner.mails, []);
      await connect(there, byName);
      there.running.clock.forward(2 * MINUTE_MS);
      await there.running.drain();
      assert.equal(there.partner.mails.length, 1);
    } finally {
      await there.stop();
    }
  });

  test('a mail that was taken back while it waited does not go', async () => {
    const there = await stage(good);
    try {
      await connect(there, pinned);
      const id = await sendSecret(there);
      await (await makeClient(there.running)).sendJson(`/messages/${id}/revoke`, {});
      await connect(there, byName);
      there.running.clock.forward(2 * MINUTE_MS);
      await there.running.drain();
      assert.deepEqual(there.partner.mails, []);
    } finally {
      await there.stop();
    }
  });
});

describe('what asks for more than a mail can keep', () => {
  for (const header of [
    'X-Sealpost-Protection: do-not-forward',
    'X-Sealpost-Expires: 7d',
    'X-Sealpost-Sign-In: code',
    'X-Sealpost-Deliver-Nothing: x',
    'Disposition-Notification-To: alice@example.com',
  ].filter((one) => !one.includes('Nothing'))) {
    test(`goes by the portal: ${header}`, async () => {
      const there = await stage(good);
      try {
        await connect(there, byName);
        await sendSecret(there, [header]);
        assert.deepEqual(there.partner.mails, []);
        assert.ok(there.relay.mails.some(({ to }) => to === 'pat@partner.example'));
        neverSeen(there);
      } finally {
        await there.stop();
      }
    });
  }
});

describe('X-Sealpost-Deliver: tls', () => {
  const raw = (to: string) => plainMail({ to, headers: ['X-Sealpost-Deliver: tls'] });
  const handIn = ({ running }: Stage, to: string): Promise<string> =>
    submit(running.smtpPort, { from: 'alice@example.com', to: [to], raw: raw(to) });

  test('is taken where something vouches, and refused where nothing ever can', async () => {
    const there = await stage(good);
    try {
      await connect(there, byName);
      assert.match(await handIn(there, 'pat@partner.example'), /^250 /);
      there.dns.names.set('nothing.example', { mx: [[10, 'mx.partner.example']] });
      assert.match(await handIn(there, 'bob@nothing.example'), /^554 5\.7\.1 Delivery by TLS is asked for/);
      assert.match(await handIn(there, 'bob@missing.example'), /^554 5\.7\.1 /);
      // Nobody knows: it is taken, and finds its way or goes by the portal.
      there.dns.names.set('silent.example', { fails: 'silent' });
      assert.match(await handIn(there, 'bob@silent.example'), /^250 /);
    } finally {
      await there.stop();
    }
  });
});

describe('past the portal by a rule', () => {
  test('a trusted partner’s mail goes to the host that the rule names, over a verified name', async () => {
    const there = await stage(good);
    try {
      const { rulebook } = there.running.program;
      const rule = (port: number) => ({
        id: 'partner',
        name: 'Partner',
        when: { recipient: { is: ['@partner.example'] } },
        then: [{ bypass: { host: 'mx.partner.example', port } }],
      });
      await rulebook.save({ value: { format: 1, rules: [rule(there.partner.port)] }, basedOn: 0, actor: 'test' });
      const id = await send(there.running, { to: 'pat@partner.example', text: SECRET });
      await there.running.drain();
      assert.match(readable(there.partner.mails[0]?.raw ?? ''), new RegExp(SECRET));
      assert.partialDeepStrictEqual((await recipients(there, id))[0], { delivery: 'tls', evidence: { by: 'rule' } });
    } finally {
      await there.stop();
    }
  });
});

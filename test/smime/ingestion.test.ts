// S/MIME mail on its way in: what is encrypted to the organisation is opened before anything is decided, what is signed is checked, and
// what cannot be opened is refused. The mails are OpenSSL's.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadBody } from '../../server/messages/load-body.ts';
import { loadMessage } from '../../server/messages/messages.store.ts';
import { openMessage } from '../../server/messages/open.ts';
import type { OpenMessage } from '../../server/messages/open.ts';
import { rowsOf } from '../roads/stored.ts';
import { administrator, approveFile, inventoryOf } from '../support/certificates-in.ts';
import { makeMailAuthority, makeMailCertificate } from '../support/mail-certificates.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { submit } from '../support/submit.ts';
import { ENTITY, SECRET, encrypted, mailOf, signed } from './wild.ts';

describe('S/MIME mail that comes in', () => {
  const authority = makeMailAuthority();
  const alice = makeMailCertificate({ authority, address: 'alice@example.com' });
  const house = makeMailCertificate({ authority, address: 'secure@example.com' });
  const houseEc = makeMailCertificate({ authority, address: 'secure@example.com', key: 'P-384' });
  const somebody = makeMailCertificate({ authority, address: 'somebody@other.example' });
  let running: Running;

  before(async () => {
    running = await startProgram({});
    const inventory = inventoryOf(running);
    await approveFile(inventory, authority.certPem);
    await approveFile(inventory, house.certPem + house.keyPem);
    await approveFile(inventory, houseEc.certPem + houseEc.keyPem);
  });
  after(() => running.stop());

  const hand = (raw: string): Promise<string> =>
    submit(running.smtpPort, { from: 'alice@example.com', to: ['bob@recipient.example'], raw });

  async function taken(raw: string): Promise<OpenMessage & { readonly text: string }> {
    const reply = await hand(raw);
    assert.match(reply, /^250 /, reply);
    const { db, vault } = running.store;
    const row = await loadMessage(db, reply.split(' ')[2] ?? '');
    assert.ok(row);
    const open = openMessage(vault, row);
    return { ...open, text: (await loadBody(db, vault, open)).text ?? '' };
  }

  function assertWhole({ meta, text }: Awaited<ReturnType<typeof taken>>): void {
    assert.match(text, new RegExp(SECRET));
    assert.deepEqual(
      meta.parts.map(({ filename }) => filename),
      ['plan.pdf'],
    );
    assert.equal(meta.subject, 'Wrapped');
  }

  const inner = (): string => signed(ENTITY, alice);
  const shapes: readonly (readonly [name: string, raw: () => string, smime: object])[] = [
    ['clear-signed', () => signed(ENTITY, alice), { wasEncrypted: false, signature: 'valid' }],
    ['opaque', () => signed(ENTITY, alice, 'opaque'), { wasEncrypted: false, signature: 'valid' }],
    [
      'opaque, by a stream',
      () => signed(ENTITY, alice, 'opaque', '-stream'),
      { wasEncrypted: false, signature: 'valid' },
    ],
    [
      'signed by RSASSA-PSS',
      () => signed(ENTITY, alice, 'clear', '-keyopt', 'rsa_padding_mode:pss'),
      { wasEncrypted: false, signature: 'valid' },
    ],
    [
      'named by its key alone',
      () => signed(ENTITY, alice, 'clear', '-keyid'),
      { wasEncrypted: false, signature: 'valid' },
    ],
    ['encrypted with AES-CBC', () => encrypted(ENTITY, house), { wasEncrypted: true }],
    ['encrypted with AES-GCM', () => encrypted(ENTITY, house, '-aes-256-gcm'), { wasEncrypted: true }],
    ['encrypted by ECDH', () => encrypted(ENTITY, houseEc, '-aes-128-gcm'), { wasEncrypted: true }],
    ['signed and then encrypted', () => encrypted(inner(), house), { wasEncrypted: true, signature: 'valid' }],
    ['triple-wrapped', () => signed(encrypted(inner(), house), alice), { wasEncrypted: true, signature: 'valid' }],
    [
      'under the names that old programs use',
      () =>
        encrypted(ENTITY, house).replace(/application\/pkcs7-mime; smime-type=[\w-]+;/, 'application/x-pkcs7-mime;'),
      { wasEncrypted: true },
    ],
    [
      'opaque under the names that old programs use',
      () =>
        signed(ENTITY, alice, 'opaque').replace(
          /application\/pkcs7-mime; smime-type=[\w-]+;/,
          'application/X-PKCS7-MIME;',
        ),
      { wasEncrypted: false, signature: 'valid' },
    ],
    [
      'signed by somebody whom no trusted authority vouches for',
      () => signed(ENTITY, makeMailCertificate({ address: 'alice@example.com' })),
      { wasEncrypted: false, signature: 'untrusted' },
    ],
    [
      'signed by somebody else than its author',
      () => signed(ENTITY, somebody),
      { wasEncrypted: false, signature: 'untrusted' },
    ],
    [
      'signed with a certificate that has run out',
      () => signed(ENTITY, makeMailCertificate({ authority, address: 'alice@example.com', days: -2 })),
      { wasEncrypted: false, signature: 'untrusted' },
    ],
    [
      'changed after it was signed',
      () => signed(ENTITY, alice).replace('very secret', 'very secret'.toUpperCase()),
      {
        wasEncrypted: false,
        signature: 'broken',
      },
    ],
    [
      'signed by SHA-1',
      () => signed(ENTITY, alice, 'clear', '-md', 'sha1'),
      { wasEncrypted: false, signature: 'broken' },
    ],
    [
      'signed without its certificate',
      () => signed(ENTITY, alice, 'clear', '-nocerts'),
      { wasEncrypted: false, signature: 'broken' },
    ],
  ];
  for (const [name, raw, smime] of shapes) {
    test(`${name} is read, and told as it is`, async () => {
      const message = await taken(mailOf(raw()));
      if (name !== 'changed after it was signed') assertWhole(message);
      assert.deepEqual(message.meta.smime, smime);
    });
  }

  const refused: readonly (readonly [name: string, raw: () => string, reply: RegExp])[] = [
    ['encrypted to somebody else', () => encrypted(ENTITY, somebody), /^554 5\.7\.5 /],
    ['encrypted by triple DES', () => encrypted(ENTITY, house, '-des3'), /^554 5\.7\.5 /],
    [
      'encrypted with AES-GCM and changed on the way',
      () => {
        const mail = encrypted(ENTITY, house, '-aes-256-gcm');
        const lines = mail.trimEnd().split('\n');
        const at = lines.length - 6;
        lines[at] = (lines[at] ?? '').replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
        return `${lines.join('\n')}\n`;
      },
      /^554 5\.7\.5 /,
    ],
    [
      'encrypted inside of a good signature to somebody else',
      () => signed(encrypted(ENTITY, somebody), alice),
      /^554 5\.7\.5 /,
    ],
    ['with a third part beside the two that are signed', () => withThirdPart(signed(ENTITY, alice)), /^554 5\.6\.0 /],
    [
      'wrapped more often than anybody would',
      () => Array.from({ length: 7 }).reduce<string>((mail) => signed(mail, alice, 'opaque'), ENTITY),
      /^554 5\.6\.0 /,
    ],
  ];
  for (const [name, raw, wanted] of refused) {
    test(`${name} is refused, and nothing of it stays`, async () => {
      const before = rowsOf(running.dataDir, 'messages');
      const reply = await hand(mailOf(raw()));
      assert.match(reply, wanted);
      assert.equal(rowsOf(running.dataDir, 'messages'), before);
      assert.doesNotMatch(running.logged(), new RegExp(SECRET));
    });
  }

  test('with a subject of its own inside is shown under that one', async () => {
    const entity = `Subject: The true matter\r\nFrom: mallory@example.com\r\n${ENTITY.replace('"=_inner"', '"=_inner"; hp="cipher"')}`;
    const { meta } = await taken(mailOf(encrypted(entity, house), '[...]'));
    assert.equal(meta.subject, 'The true matter');
    assert.equal(meta.from.address, 'alice@example.com');
  });

  test('with a subject of its own that is not said to be protected keeps the one outside', async () => {
    const { meta } = await taken(mailOf(encrypted(`Subject: Another\r\n${ENTITY}`, house)));
    assert.equal(meta.subject, 'Wrapped');
  });

  test('offers its certificate, which is used for nothing until somebody approves it', async () => {
    const inventory = inventoryOf(running);
    const offered = (await inventory.list({ limit: 50 })).filter(({ card }) => card.origin === 'mail');
    const mine = offered.filter(({ facts }) => facts.der.equals(alice.der));
    assert.deepEqual(
      mine.map(({ row }) => row.state),
      ['offered'],
    );
    // Nothing that was broken, somebody else's, or can be used by nobody.
    assert.ok(offered.every(({ facts }) => facts.addresses.includes('alice@example.com')));
    const [first] = mine;
    assert.ok(first);
    assert.equal((await inventory.approve(first.row.id, administrator)).row.state, 'approved');
  });

  test('signed with a certificate that an administrator refused is not called the author’s', async () => {
    const inventory = inventoryOf(running);
    const [first] = (await inventory.list({ limit: 50 })).filter(({ facts }) => facts.der.equals(alice.der));
    assert.ok(first);
    await inventory.refuse(first.row.id, administrator);
    assert.equal((await taken(mailOf(signed(ENTITY, alice)))).meta.smime?.signature, 'untrusted');
  });
});

function withThirdPart(mail: string): string {
  const boundary = /boundary="([^"]+)"/.exec(mail)?.[1] ?? '';
  return mail.replace(`--${boundary}--`, `--${boundary}\nContent-Type: text/plain\n\nUnsigned.\n--${boundary}--`);
}

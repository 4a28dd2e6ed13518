// The keyring in memory: what it wraps and seals, and what it refuses.

import { strict as assert } from 'node:assert';
import { createDecipheriv, createHmac, createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { sealInto } from '../../server/crypto/aead.ts';
import { wrappedDataKeyLabel, wrappingKeyLabel } from '../../server/crypto/context.ts';
import { hkdfExpand } from '../../server/crypto/hkdf.ts';
import { addKey, createKeyring, parseKeyring, serializeKeyring } from '../../server/crypto/keyring.ts';
import type { Keyring } from '../../server/crypto/keyring.ts';
import { KeyringFault } from '../../server/crypto/keyring-format.ts';
import { SealBroken } from '../../server/crypto/seal-broken.ts';
import { otherMessage, publishedKeyring, thisMessage } from '../vectors/fixed.ts';

const clock = { nowMs: () => Date.UTC(2026, 10, 21, 8) };

describe('a wrapped data key', () => {
  const keyring = createKeyring(clock);
  const dataKey = keyring.newDataKey();

  it('opens for its own message', () => {
    const wrapped = keyring.wrapDataKey(dataKey, thisMessage);
    assert.equal(wrapped.keyId, keyring.currentKeyId);
    assert.equal(wrapped.wrapped.length, 60);
    assert.ok(keyring.unwrapDataKey(wrapped, thisMessage).equals(dataKey));
  });

  it('does not open in the row of another message', () => {
    const mine = keyring.wrapDataKey(dataKey, thisMessage);
    const theirs = keyring.wrapDataKey(keyring.newDataKey(), otherMessage);
    assert.throws(() => keyring.unwrapDataKey(mine, otherMessage), SealBroken);
    assert.throws(() => keyring.unwrapDataKey(theirs, thisMessage), SealBroken);
  });

  it('does not open under another keyring, though the key has the same id', () => {
    const contents = createKeyring(clock).contents();
    const impostor = withKeys(
      contents.keys.map((key) => ({ ...key, id: keyring.currentKeyId })),
      keyring.currentKeyId,
    );
    assert.throws(() => impostor.unwrapDataKey(keyring.wrapDataKey(dataKey, thisMessage), thisMessage), SealBroken);
  });

  it('looks different each time, and each data key is another', () => {
    const [one, two] = [keyring.wrapDataKey(dataKey, thisMessage), keyring.wrapDataKey(dataKey, thisMessage)];
    assert.ok(!one.wrapped.equals(two.wrapped));
    assert.ok(!keyring.newDataKey().equals(keyring.newDataKey()));
  });

  it('is made of 32 bytes only, for a message id only', () => {
    assert.throws(() => keyring.wrapDataKey(Buffer.alloc(16), thisMessage), TypeError);
    assert.throws(() => keyring.wrapDataKey(dataKey, 'another/message'), TypeError);
  });

  // Such bytes can only come from someone who has the keyring, or from a mistake of ours: still no.
  it('holds a key of 32 bytes, however true its tag is', () => {
    const { id, secret } = keyring.contents().keys[0] ?? { id: '', secret: '' };
    const wrappingKey = hkdfExpand(
      Buffer.from(secret, 'base64url'),
      Buffer.from(wrappingKeyLabel(id, thisMessage)),
      32,
    );
    const aad = Buffer.from(wrappedDataKeyLabel(id, thisMessage));
    const open = (bytes: number): Buffer => {
      const wrapped = Buffer.alloc(12 + bytes + 16);
      sealInto(wrapped, 12, createSecretKey(wrappingKey), Buffer.alloc(12), Buffer.alloc(bytes, 1), aad);
      return keyring.unwrapDataKey({ keyId: id, wrapped }, thisMessage);
    };
    assert.ok(open(32).equals(Buffer.alloc(32, 1)));
    for (const bytes of [0, 16, 31, 33]) assert.throws(() => open(bytes), SealBroken);
  });

  // The page alone, with nothing of the program's own code between: so that the page is true.
  it('is what docs/envelope.md says', () => {
    const { keyId, wrapped } = keyring.wrapDataKey(dataKey, thisMessage);
    const secret = keyring.contents().keys[0]?.secret ?? '';
    const info = `sealpost/1/wrapping-key/${keyId}/${thisMessage}`;
    const expanded = createHmac('sha512', Buffer.from(secret, 'base64url')).update(`${info}\u0001`).digest();
    const decipher = createDecipheriv('aes-256-gcm', expanded.subarray(0, 32), wrapped.subarray(0, 12), {
      authTagLength: 16,
    });
    decipher.setAAD(Buffer.from(`sealpost/1/wrapped-data-key/${keyId}/${thisMessage}`));
    decipher.setAuthTag(wrapped.subarray(44));
    const opened = Buffer.concat([decipher.update(wrapped.subarray(12, 44)), decipher.final()]);
    assert.ok(opened.equals(dataKey));
  });
});

describe('a record', () => {
  const keyring = createKeyring(clock);

  it('opens under its own name', () => {
    assert.equal(keyring.openRecord('outbox 17', keyring.sealRecord('outbox 17', 'grüße')).toString(), 'grüße');
    assert.deepEqual(
      keyring.openRecord('outbox 17', keyring.sealRecord('outbox 17', Buffer.of(0, 255))),
      Buffer.of(0, 255),
    );
  });

  it('does not open under another name, changed, or under another keyring', () => {
    const record = keyring.sealRecord('outbox 17', 'x');
    assert.throws(() => keyring.openRecord('outbox 18', record), SealBroken);
    assert.throws(() => keyring.openRecord('outbox 17', record.subarray(1)), SealBroken);
    assert.throws(() => createKeyring(clock).openRecord('outbox 17', record), SealBroken);
  });

  it('takes only names that no two rows can share', () => {
    for (const name of [
      '',
      'outbox',
      'outbox ',
      ' 17',
      'Outbox 17',
      'outbox 1 7',
      'outbox 1/7',
      'outbox 17\n',
      `outbox ${'7'.repeat(65)}`,
    ]) {
      assert.throws(() => keyring.sealRecord(name, 'x'), TypeError, name);
    }
  });
});

describe('a keyring with several keys', () => {
  it('uses a new key at once, and still opens what the older one made', () => {
    const before = createKeyring(clock);
    const dataKey = before.newDataKey();
    const wrapped = before.wrapDataKey(dataKey, thisMessage);
    const record = before.sealRecord('outbox 17', 'x');
    const after = addKey(before, clock);

    assert.notEqual(after.currentKeyId, before.currentKeyId);
    assert.deepEqual(after.keyIds(), [before.currentKeyId, after.currentKeyId]);
    assert.equal(after.wrapDataKey(dataKey, thisMessage).keyId, after.currentKeyId);
    assert.ok(after.unwrapDataKey(wrapped, thisMessage).equals(dataKey));
    assert.equal(after.openRecord('outbox 17', record).toString(), 'x');
    assert.equal(after.blindIndex('recipient', 'x'), before.blindIndex('recipient', 'x'));
  });

  it('opens nothing with a retired key, and says no more than of an unknown one', () => {
    const before = createKeyring(clock);
    const wrapped = before.wrapDataKey(before.newDataKey(), thisMessage);
    const record = before.sealRecord('outbox 17', 'x');
    const { keys, current } = addKey(before, clock).contents();
    const retired = withKeys(
      keys.map((key) => (key.id === current ? key : { ...key, state: 'retired' as const })),
      current,
    );

    assert.ok(retired.keyIds().includes(wrapped.keyId));
    assert.throws(() => retired.unwrapDataKey(wrapped, thisMessage), SealBroken);
    assert.throws(() => retired.openRecord('outbox 17', record), SealBroken);
    assert.throws(() => retired.unwrapDataKey({ ...wrapped, keyId: 'kek99999' }, thisMessage), SealBroken);
    assert.throws(() => retired.unwrapDataKey({ ...wrapped, keyId: retired.currentKeyId }, thisMessage), SealBroken);
  });
});

describe('what is looked up and recognised', () => {
  const keyring = createKeyring(clock);

  it('depends on the value, the purpose and the keyring', () => {
    const index = keyring.blindIndex('recipient', 'bob@example.net');
    assert.match(index, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(keyring.blindIndex('recipient', 'bob@example.net'), index);
    assert.notEqual(keyring.blindIndex('recipient', 'Bob@example.net'), index);
    assert.notEqual(keyring.blindIndex('sender', 'bob@example.net'), index);
    assert.notEqual(createKeyring(clock).blindIndex('recipient', 'bob@example.net'), index);
    assert.notEqual(keyring.macText('recipient', 'bob@example.net'), index);
  });

  it('takes no purpose that could run into the value', () => {
    for (const purpose of ['', 'a\0b', 'A', 'a/b', '1']) {
      assert.throws(() => keyring.blindIndex(purpose, 'x'), TypeError);
      assert.throws(() => keyring.mac(purpose, 'x'), TypeError);
    }
  });

  it('gives each root secret to its own use', () => {
    const secrets = [keyring.sessionKey(), keyring.pepper()].map((secret) => Buffer.from(secret).toString('base64url'));
    assert.deepEqual(secrets, [keyring.contents().secrets.session, keyring.contents().secrets.pepper]);
    assert.equal(keyring.mac('form', 'x').toString('base64url'), keyring.macText('form', 'x'));
  });
});

describe('a keyring that is logged by mistake', () => {
  it('shows no secret', () => {
    const keyring = createKeyring(clock);
    const { keys, secrets } = keyring.contents();
    const shown = `${inspect(keyring, { depth: 9, showHidden: true })} ${JSON.stringify(keyring)} ${String(keyring)}`;
    for (const secret of [...keys.map((key) => key.secret), ...Object.values(secrets)])
      assert.ok(!shown.includes(secret));
  });
});

describe('the text of a keyring', () => {
  const text = serializeKeyring(createKeyring(clock));

  it('comes back as it was', () => {
    assert.equal(serializeKeyring(parseKeyring(text)), text);
    assert.match(text, /"createdAt": "2026-11-21T08:00:00\.000Z"/);
  });

  const secretOf = (contents: Contents, n: number): string => Object.values(contents.secrets)[n] ?? '';
  const malformed: Record<string, (contents: Contents) => unknown> = {
    'a list': (contents) => [contents],
    null: () => null,
    'another format': (contents) => ({ ...contents, format: 'other' }),
    'another version': (contents) => ({ ...contents, version: 2 }),
    'a version in text': (contents) => ({ ...contents, version: '1' }),
    'an unknown member': (contents) => ({ ...contents, comment: 'mine' }),
    'no secrets': (contents) => ({ ...contents, secrets: undefined }),
    'a missing secret': (contents) => ({ ...contents, secrets: { ...contents.secrets, mac: undefined } }),
    'an unknown secret': (contents) => ({ ...contents, secrets: { ...contents.secrets, more: 'x' } }),
    'a secret too short': (contents) => withSecret(contents, secretOf(contents, 0).slice(1)),
    'a secret too long': (contents) => withSecret(contents, `${secretOf(contents, 0)}A`),
    'a secret with padding': (contents) => withSecret(contents, `${secretOf(contents, 0)}=`),
    'a secret in plain base64': (contents) => withSecret(contents, `+/${secretOf(contents, 0).slice(2)}`),
    'a secret with spare bits': (contents) => withSecret(contents, `${secretOf(contents, 0).slice(0, -1)}B`),
    'a secret used twice': (contents) => withSecret(contents, secretOf(contents, 1)),
    'a secret that is a key': (contents) => withSecret(contents, contents.keys[0]?.secret ?? ''),
    'no key': (contents) => ({ ...contents, keys: [] }),
    'keys that are no list': (contents) => ({ ...contents, keys: { ...contents.keys } }),
    'a key with an unknown member': (contents) => withKey(contents, { use: 'all' }),
    'a key of an unknown state': (contents) => withKey(contents, { state: 'paused' }),
    'a key id of another shape': (contents) => ({ ...withKey(contents, { id: 'KEY00000' }), current: 'KEY00000' }),
    'a key id too long': (contents) => ({ ...withKey(contents, { id: 'kek000000' }), current: 'kek000000' }),
    'a time of another shape': (contents) => withKey(contents, { createdAt: '2026-11-21' }),
    'a time in another zone': (contents) => withKey(contents, { createdAt: '2026-11-21T08:00:00.000+01:00' }),
    'a key id twice': (contents) => ({
      ...contents,
      keys: [...contents.keys, { ...contents.keys[0], secret: secretOf(publishedKeyring, 0) }],
    }),
    'a current key that is not there': (contents) => ({ ...contents, current: 'kek99999' }),
    'a current key that is retired': (contents) => withKey(contents, { state: 'retired' }),
  };
  for (const [fault, change] of Object.entries(malformed)) {
    it(`is refused with ${fault}`, () => refuses(JSON.stringify(change(parseKeyring(text).contents()))));
  }

  const misspelt: Record<string, string> = {
    'nothing in it': '',
    'half of it missing': text.slice(0, text.length / 2),
    'something after it': `${text}{}`,
    'a byte order mark': `\ufeff${text}`,
    'a repeated member': text.replace('"version": 1,', '"version": 1, "version": 1,'),
    'a repeated secret': text.replace('"mac":', `"mac": "${'A'.repeat(43)}", "mac":`),
    'an escaped member': text.replace('"version"', '"versio\\u006e"'),
    'another spelling of a number': text.replace('"version": 1', '"version": 1.0'),
  };
  for (const [fault, changed] of Object.entries(misspelt)) {
    it(`is refused with ${fault}`, () => {
      assert.notEqual(changed, text);
      refuses(changed);
    });
  }

  // The message goes to the log: it names the place and never quotes the file.
  function refuses(changed: string): void {
    assert.throws(
      () => parseKeyring(changed),
      (error) => {
        assert.ok(error instanceof KeyringFault);
        assert.match(error.message, /^The keyring cannot be used: .+\.$/);
        assert.equal(error.cause, undefined);
        const secrets = changed.match(/[A-Za-z0-9_-]{20,}/g) ?? [];
        assert.ok(
          secrets.every((secret) => !error.message.includes(secret)),
          error.message,
        );
        return true;
      },
    );
  }
});

type Contents = ReturnType<Keyring['contents']>;

function withKeys(keys: Contents['keys'], current: string): Keyring {
  return parseKeyring(JSON.stringify({ ...publishedKeyring, current, keys }));
}

function withSecret(contents: Contents, index: string): Contents {
  return { ...contents, secrets: { ...contents.secrets, index } };
}

function withKey(contents: Contents, change: object): object {
  return { ...contents, keys: contents.keys.map((key) => ({ ...key, ...change })) };
}

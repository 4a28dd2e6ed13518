// Owns our vectors of wrapped data keys, records, blind indexes and macs, under a published keyring, each with the
// outcome it must have.

import { KeyEncryptionKey } from '../../server/crypto/key-encryption-key.ts';
import { Keyring } from '../../server/crypto/keyring.ts';
import type { HashCase, RecordCase, VectorFile, WrappedCase } from '../crypto/vector-files.ts';
import {
  currentKeyId,
  fixedBytes,
  oldKeyId,
  otherMessage,
  publishedKeyBytes,
  publishedKeyring,
  retiredKeyId,
  thisMessage,
} from './fixed.ts';

type Untold<Case> = Omit<Case, 'tcId'>;

export function makeKeyringFile(): VectorFile {
  const [wrapped, records, hashes] = [wrappedCases(), recordCases(), hashCases()];
  let tcId = 0;
  const numbered = <Case>(tests: Case[]): (Case & { tcId: number })[] =>
    tests.map((test) => ({ tcId: (tcId += 1), ...test }));
  return {
    algorithm: 'Sealpost keyring 1',
    header: ['What a keyring wraps, seals and hashes, as docs/envelope.md describes it, sections 2 and 4.'],
    notes,
    numberOfTests: wrapped.length + records.length + hashes.length,
    testGroups: [
      { type: 'WrappedDataKey', keyring: publishedKeyring, tests: numbered(wrapped) },
      { type: 'SealedRecord', keyring: publishedKeyring, tests: numbered(records) },
      { type: 'KeyedHash', keyring: publishedKeyring, tests: numbered(hashes) },
    ],
  };
}

const notes = {
  ModifiedCiphertext: note('AUTH_BYPASS', 'One bit of nonce, ciphertext, tag, salt or commitment was changed.'),
  Moved: note('MISSING_STEP', 'True bytes, filed under another message or another name.'),
  RetiredKey: note('MISSING_STEP', 'True bytes of a key that is retired and must open nothing.'),
  ShortTag: note('AUTH_BYPASS', 'A true tag cut short.'),
  TrailingData: note('AUTH_BYPASS', 'Something follows the end.'),
  Truncation: note('AUTH_BYPASS', 'The end is missing.'),
  UnknownKey: note('BASIC', 'The key id is not in the keyring.'),
  UnknownVersion: note('BASIC', 'The first byte of the record names a version that does not exist.'),
  WrongKey: note('MISSING_STEP', 'True bytes, filed under the id of another key of the keyring.'),
};

const dataKey = fixedBytes('data key', 32);

function wrappedCases(): Untold<WrappedCase>[] {
  const wrapped = wrap(currentKeyId);
  const here = { keyId: currentKeyId, messageId: thisMessage };
  const longer = Buffer.concat([wrapped, Buffer.of(0)]);
  return [
    { comment: 'by the current key', ...here, ...opens(wrapped) },
    { comment: 'by an older key', ...here, keyId: oldKeyId, ...opens(wrap(oldKeyId)) },
    { comment: 'in the row of another message', ...here, messageId: otherMessage, ...refused(wrapped, 'Moved') },
    { comment: 'filed under an older key', ...here, keyId: oldKeyId, ...refused(wrapped, 'WrongKey') },
    { comment: 'filed under no key', ...here, keyId: '', ...refused(wrapped, 'UnknownKey') },
    { comment: 'by a key that was removed', ...here, keyId: 'kek99999', ...refused(wrap('kek99999'), 'UnknownKey') },
    { comment: 'by a retired key', ...here, keyId: retiredKeyId, ...refused(wrap(retiredKeyId), 'RetiredKey') },
    { comment: 'nonce changed', ...here, ...refused(change(wrapped, 0), 'ModifiedCiphertext') },
    { comment: 'key changed', ...here, ...refused(change(wrapped, 12), 'ModifiedCiphertext') },
    { comment: 'tag changed', ...here, ...refused(change(wrapped, 59), 'ModifiedCiphertext') },
    { comment: 'tag of 4 bytes', ...here, ...refused(wrapped.subarray(0, 48), 'ShortTag', 'Truncation') },
    { comment: 'last byte missing', ...here, ...refused(wrapped.subarray(0, -1), 'ShortTag', 'Truncation') },
    { comment: 'nothing at all', ...here, ...refused(Buffer.alloc(0), 'Truncation') },
    { comment: 'overwritten with zeros', ...here, ...refused(Buffer.alloc(60), 'ModifiedCiphertext') },
    { comment: 'one byte more', ...here, ...refused(longer, 'TrailingData') },
  ];

  function opens(bytes: Buffer): Pick<WrappedCase, 'wrapped' | 'dataKey' | 'result' | 'flags'> {
    return { wrapped: bytes.toString('hex'), dataKey: dataKey.toString('hex'), result: 'valid', flags: [] };
  }

  function refused(bytes: Buffer, ...flags: string[]): Pick<WrappedCase, 'wrapped' | 'result' | 'flags'> {
    return { wrapped: bytes.toString('hex'), result: 'invalid', flags };
  }
}

function recordCases(): Untold<RecordCase>[] {
  const name = 'outbox 17';
  const plaintext = Buffer.from('{"to":"bob@example.net"}');
  const record = sealRecord(currentKeyId);
  const renamed = Buffer.concat([record.subarray(0, 1), Buffer.from(oldKeyId), record.subarray(9)]);
  const longer = Buffer.concat([record, Buffer.of(0)]);
  const empty = new KeyEncryptionKey(currentKeyId, publishedKeyBytes(currentKeyId));
  return [
    { comment: 'by the current key', name, ...opens(record, plaintext) },
    { comment: 'by an older key', name, ...opens(sealRecord(oldKeyId), plaintext) },
    {
      comment: 'empty',
      name,
      ...opens(empty.sealRecord(name, Buffer.alloc(0), fixedBytes('empty', 24)), Buffer.alloc(0)),
    },
    { comment: 'in another row', name: 'outbox 18', ...refused(record, 'Moved') },
    { comment: 'in another table', name: 'audit 17', ...refused(record, 'Moved') },
    { comment: 'names another key', name, ...refused(renamed, 'WrongKey') },
    { comment: 'by a key that was removed', name, ...refused(sealRecord('kek99999'), 'UnknownKey') },
    { comment: 'by a retired key', name, ...refused(sealRecord(retiredKeyId), 'RetiredKey') },
    { comment: 'of version 0', name, ...refused(change(record, 0), 'UnknownVersion') },
    { comment: 'salt changed', name, ...refused(change(record, 9), 'ModifiedCiphertext') },
    { comment: 'commitment changed', name, ...refused(change(record, 33), 'ModifiedCiphertext') },
    { comment: 'ciphertext changed', name, ...refused(change(record, 65), 'ModifiedCiphertext') },
    { comment: 'last byte missing', name, ...refused(record.subarray(0, -1), 'Truncation') },
    { comment: 'key id alone', name, ...refused(record.subarray(0, 9), 'Truncation') },
    { comment: 'key id cut', name, ...refused(record.subarray(0, 5), 'Truncation') },
    { comment: 'nothing at all', name, ...refused(Buffer.alloc(0), 'Truncation') },
    { comment: 'one byte more', name, ...refused(longer, 'TrailingData') },
  ];

  function sealRecord(keyId: string): Buffer {
    return new KeyEncryptionKey(keyId, publishedKeyBytes(keyId)).sealRecord(
      name,
      plaintext,
      fixedBytes(`record ${keyId}`, 24),
    );
  }

  function opens(bytes: Buffer, told: Buffer): Pick<RecordCase, 'record' | 'plaintext' | 'result' | 'flags'> {
    return { record: bytes.toString('hex'), plaintext: told.toString('hex'), result: 'valid', flags: [] };
  }

  function refused(bytes: Buffer, ...flags: string[]): Pick<RecordCase, 'record' | 'result' | 'flags'> {
    return { record: bytes.toString('hex'), result: 'invalid', flags };
  }
}

function hashCases(): Untold<HashCase>[] {
  const keyring = new Keyring(publishedKeyring);
  const address = 'bob@example.net';
  return [
    index('an address', 'recipient', address),
    index('the same address for another purpose', 'sender', address),
    index('nothing', 'recipient', ''),
    index('not ASCII', 'recipient', 'jürgen@example.net'),
    mac('the same under the mac secret', 'recipient', address),
    mac('a purpose of two words', 'audit chain', '{}'),
  ];

  function index(comment: string, purpose: string, value: string): Untold<HashCase> {
    return {
      comment,
      kind: 'index',
      purpose,
      value,
      output: keyring.blindIndex(purpose, value),
      result: 'valid',
      flags: [],
    };
  }

  function mac(comment: string, purpose: string, value: string): Untold<HashCase> {
    return {
      comment,
      kind: 'mac',
      purpose,
      value,
      output: keyring.macText(purpose, value),
      result: 'valid',
      flags: [],
    };
  }
}

function wrap(keyId: string): Buffer {
  return new KeyEncryptionKey(keyId, publishedKeyBytes(keyId)).wrap(
    dataKey,
    thisMessage,
    fixedBytes(`nonce ${keyId}`, 12),
  );
}

function change(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}

function note(bugType: string, description: string): { bugType: string; description: string } {
  return { bugType, description };
}

// Owns the fixed values of our vectors: bytes that look random and are known to everyone. Nothing here may ever
// protect anything.

import { createHash } from 'node:crypto';
import type { KeyringContents } from '../../server/crypto/keyring-format.ts';

export const thisMessage = '01k000000000000000000there';
export const otherMessage = '01k000000000000000000where';

export const oldKeyId = 'kek00000';
export const currentKeyId = 'kek11111';
export const retiredKeyId = 'kek22222';

/** The same bytes for the same label, always. */
export function fixedBytes(label: string, count: number): Buffer {
  const blocks: Buffer[] = [];
  for (let n = 0; blocks.length * 64 < count; n += 1) {
    blocks.push(createHash('sha512').update(`sealpost vectors 1, ${label}, ${n}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, count);
}

/** A keyring with an older, a current and a retired key. */
export const publishedKeyring: KeyringContents = {
  format: 'sealpost-keyring',
  version: 1,
  current: currentKeyId,
  keys: [publishedKey(oldKeyId, 'active'), publishedKey(currentKeyId, 'active'), publishedKey(retiredKeyId, 'retired')],
  secrets: {
    index: secret('index secret'),
    pepper: secret('pepper secret'),
    session: secret('session secret'),
    mac: secret('mac secret'),
  },
};

/** The secret of one key of the published keyring. */
export function publishedKeyBytes(id: string): Buffer {
  return fixedBytes(`key ${id}`, 32);
}

function publishedKey(id: string, state: 'active' | 'retired'): KeyringContents['keys'][number] {
  return { id, state, createdAt: '2026-01-01T00:00:00.000Z', secret: publishedKeyBytes(id).toString('base64url') };
}

function secret(label: string): string {
  return fixedBytes(label, 32).toString('base64url');
}

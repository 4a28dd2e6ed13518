// Owns finding out whether everything of a message opens: its key, its meta, its recipients, and every part to its
// last byte. What does not is named by its place; nothing of what opens is kept or shown.

import { S3Fault } from '../blobs/s3-fault.ts';
import { SealBroken } from '../crypto/seal-broken.ts';
import type { Db } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { loadMessage, loadPart } from './messages.store.ts';
import { openDelivery, openMessage, openPart, openRecipient } from './open.ts';
import type { OpenMessage } from './open.ts';
import { listAllRecipients } from './holds.store.ts';
import { BODY_PART } from './seal.ts';
import type { Vault } from './seal.ts';

export interface MessageVerdict {
  /** Bytes of plaintext that were opened. */
  readonly bytes: number;
  readonly parts: number;
  /** Such as 'part 3 is missing'; empty when all opens. */
  readonly faults: readonly string[];
}

export interface VerifyDeps {
  readonly db: Db;
  readonly vault: Vault;
}

/** Opens all of a message that is not destroyed. Weather of the network passes through. */
export async function verifyMessage(deps: VerifyDeps, row: MessagesTable): Promise<MessageVerdict> {
  const verdict = await tryAll(deps, row);
  if (verdict.faults.length === 0) return verdict;
  const now = await loadMessage(deps.db, row.id);
  // Destroyed while we looked: nothing is missing.
  return now === undefined || now.destroyed_at !== null ? { ...verdict, faults: [] } : verdict;
}

async function tryAll({ db, vault }: VerifyDeps, row: MessagesTable): Promise<MessageVerdict> {
  const faults: string[] = [];
  let [bytes, parts] = [0, 0];
  const attempt = async (what: string, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      faults.push(`${what} ${faultWords(error)}`);
    }
  };

  let message: OpenMessage | undefined;
  await attempt('key or meta', () => {
    message = openMessage(vault, row);
  });
  if (message === undefined) return { bytes, parts, faults };
  const open = message;
  for (const recipient of await listAllRecipients(db, row.id)) {
    await attempt(`recipient ${recipient.position}`, () => {
      openRecipient(open, recipient);
      openDelivery(open, recipient);
    });
  }
  for (const n of [BODY_PART, ...open.meta.parts.map((part) => part.n)]) {
    await attempt(`part ${n}`, async () => {
      bytes += await readWhole({ db, vault }, open, n);
      parts += 1;
    });
  }
  return { bytes, parts, faults };
}

async function readWhole({ db, vault }: VerifyDeps, message: OpenMessage, n: number): Promise<number> {
  const part = await loadPart(db, message.row.id, n);
  if (part === undefined) throw new Damage('has no row');
  let bytes = 0;
  for await (const piece of openPart(vault, message, part)) bytes += piece.length;
  if (bytes !== part.size_bytes) throw new Damage('has another size');
  return bytes;
}

/** What is wrong with stored bytes, in words. */
class Damage extends Error {}

function faultWords(error: unknown): string {
  if (error instanceof Damage) return error.message;
  if (error instanceof SealBroken) return 'does not open';
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === 'ENOENT') return 'is missing';
  // The disk's word on this one file; a store that does not answer has nothing to say about the part.
  if (code === undefined || error instanceof S3Fault) throw error;
  return `cannot be read (${code})`;
}

// Owns finding out whether the blobs that parts name are there, by their size alone: that of the sealed bytes follows
// from that of the plaintext.

import type { Blobs } from '../blobs/blobs.ts';
import { sealedSize } from '../crypto/cobblestone.ts';
import type { Db } from '../db/engine.ts';
import type { NamedBlob } from './parts.store.ts';
import { isStillNamed } from './verify.store.ts';

export interface PartFault {
  readonly messageId: string;
  readonly n: number;
  /** Such as 'is missing'. */
  readonly what: string;
}

export interface VerifyBlobsDeps {
  readonly db: Db;
  readonly blobs: Blobs;
}

// A store far away answers many as fast as one.
const LOOKS_AT_ONCE = 16;

/** Those of the parts whose blob is missing or has another size than it should. */
export async function blobFaults(deps: VerifyBlobsDeps, parts: readonly NamedBlob[]): Promise<PartFault[]> {
  const faults: PartFault[] = [];
  for (let at = 0; at < parts.length; at += LOOKS_AT_ONCE) {
    const some = parts.slice(at, at + LOOKS_AT_ONCE);
    faults.push(...(await Promise.all(some.map((part) => faultOf(deps, part)))).flat());
  }
  return faults;
}

async function faultOf({ db, blobs }: VerifyBlobsDeps, part: NamedBlob): Promise<PartFault[]> {
  const facts = await blobs.look(part.blobId);
  const what = facts === undefined ? 'is missing' : 'has another size';
  if (facts?.sizeBytes === sealedSize(part.sizeBytes)) return [];
  // Destroyed while we looked: nothing is missing.
  return (await isStillNamed(db, part)) ? [{ messageId: part.messageId, n: part.n, what }] : [];
}

// Owns the digests of a backup's entries: made while an entry goes by, written as text, held against that text.

import { createSha256 } from '../crypto/digest.ts';
import type { ArchiveEntry } from './archive.ts';
import { BackupFault } from './backup-fault.ts';

/** Hexadecimal SHA-256 by the name of the entry. */
export type Digests = Map<string, string>;

/** The entry's content as it is; when it has gone by, its digest is among the others. */
export async function* digested({ name, content }: ArchiveEntry, digests: Digests): AsyncGenerator<Uint8Array> {
  const digest = createSha256();
  for await (const piece of content) {
    digest.update(piece);
    yield piece;
  }
  digests.set(name, digest.digest().toString('hex'));
}

export function formatDigests(digests: Digests): string {
  return [...digests].map(([name, digest]) => `${digest}  ${name}\n`).join('');
}

/** @throws {BackupFault} unless the text is exactly what these digests are written as. */
export function checkDigests(text: string, digests: Digests): void {
  if (text === formatDigests(digests)) return;
  const said = new Map(text.split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
  const changed = [...digests].find(([name, digest]) => said.get(name) !== digest)?.[0];
  throw new BackupFault(
    changed === undefined
      ? 'Something that this backup should hold is missing.'
      : `This backup is damaged: ${changed} is not what was backed up.`,
  );
}

// Owns reading a part's bytes for somebody: the right to them is asked for again as they go.

import type { ByteRange } from '../crypto/cobblestone-range.ts';
import type { Db } from '../db/engine.ts';
import type { PartsTable } from '../db/tables/messages.ts';
import { loadPart } from '../messages/messages.store.ts';
import { openPart, openPartRange } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import type { Vault } from '../messages/seal.ts';
import { noSuchPage } from './nothing-here.ts';

/** The part's row, or request/not-found. */
export async function getPart(db: Db, message: OpenMessage, n: number): Promise<PartsTable> {
  const part = await loadPart(db, message.row.id, n);
  if (part === undefined) throw noSuchPage();
  return part;
}

// Asking for each 16 KiB would double the time of a fast download; this costs nothing that can be measured.
const BYTES_BETWEEN_CHECKS = 64 * 1024;

/** The part's bytes, or a range of them. `check` is called before every 64 KiB; when it throws, nothing more comes. */
export async function* readPartWhile(
  vault: Vault,
  message: OpenMessage,
  part: PartsTable,
  check: () => Promise<void>,
  range?: ByteRange,
): AsyncGenerator<Buffer> {
  const content = range === undefined ? openPart(vault, message, part) : openPartRange(vault, message, part, range);
  let sinceCheck = BYTES_BETWEEN_CHECKS;
  for await (const piece of content) {
    if (sinceCheck + piece.length > BYTES_BETWEEN_CHECKS) {
      await check();
      sinceCheck = 0;
    }
    sinceCheck += piece.length;
    yield piece;
  }
}

// Owns mail that comes to our own address: a report finds its recipient, an answer that somebody wrote to a notice is sealed for the
// message's sender, what programs write ends here. Nothing of it leaves in the open, and no program is answered.

import type { Address } from '../core/address.ts';
import type { Log } from '../core/log.ts';
import { newId } from '../crypto/random.ts';
import { findHeaderEnd, parseHeaderLines } from '../mail/header-lines.ts';
import { unreadable } from '../mail/unreadable.ts';
import { limits } from '../core/limits.ts';
import { kindOfReturn } from './return-head.ts';
import { spool } from './spool.ts';
import type { Spooled } from './spool.ts';
import { takeAnswer } from './take-answer.ts';
import type { AnswerDeps } from './take-answer.ts';
import { takeReport } from './take-report.ts';
import { takeTlsReport } from './take-tls-report.ts';
import type { TlsReportDeps } from './take-tls-report.ts';

export interface ReturnDeps extends AnswerDeps, TlsReportDeps {
  readonly spoolDir: string;
  readonly log: Log;
}

export interface ReturnedMail {
  readonly envelope: { readonly from: Address | ''; readonly to: readonly Address[] };
  readonly content: AsyncIterable<Buffer>;
}

/** Throws policy/refused where somebody wrote what can reach nobody, so that they hear of it; request/too-many; mail/unreadable. */
export async function takeReturn(deps: ReturnDeps, { envelope, content }: ReturnedMail): Promise<{ id: string }> {
  const spooled = await spool(deps.spoolDir, deps.vault.clock, content);
  try {
    const begin = await beginOf(spooled);
    const end = findHeaderEnd(begin, 0);
    if (end === undefined) throw unreadable('its header has no end');
    const headers = parseHeaderLines(begin.subarray(0, end));
    const found = kindOfReturn({ ...envelope, headers }, deps);
    if (found.kind === 'answer') return await takeAnswer(deps, spooled, envelope, headers, found);
    if (found.kind === 'report') await takeReport(deps, found.recipientId, begin.toString('latin1'));
    if (found.kind === 'tls-report') await takeTlsReport(deps, spooled, headers);
    deps.log.info('mail.returned', { reason: found.kind });
    return { id: newId(deps.vault.clock) };
  } finally {
    await spooled.close();
  }
}

/** What of a report counts stands at its beginning; a header is no longer. */
const BEGIN_BYTES = 512 * 1024;

async function beginOf(spooled: Spooled): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of spooled.read()) {
    // The spool fills one buffer again and again.
    pieces.push(Buffer.from(piece));
    bytes += piece.length;
    if (bytes >= Math.max(BEGIN_BYTES, limits.headerBytesMax)) break;
  }
  return Buffer.concat(pieces);
}

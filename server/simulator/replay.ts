// Owns trying a policy on what was taken in within the last days: one message after the other, a page of rows at a time,
// each judged as at the moment it came. It changes nothing.

import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusal } from '../core/errors.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { listHolds } from '../messages/holds.store.ts';
import { firstIdAt } from '../core/ids.ts';
import { listRuleHits } from '../messages/rule-hits.store.ts';
import { listMessagesAfter } from '../messages/verify.store.ts';
import type { PolicyFrame } from '../policy/asks.ts';
import { tryOut } from '../policy/decide.ts';
import { parseRights } from '../policy/protection.ts';
import { loadKeptMail } from './kept-mail.ts';
import type { KeptMailDeps } from './kept-mail.ts';
import type { MailToDecide } from '../policy/mail-to-decide.ts';
import { Tally } from '../policy/replay-report.ts';
import type { NotOpened, ReplayReport, Standing } from '../policy/replay-report.ts';

export interface ReplayAsk {
  /** What has been told so far: nothing. */
  readonly start: ReplayReport;
  readonly frame: PolicyFrame;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
  /** Called after each message. */
  readonly progress: (report: () => ReplayReport) => Promise<void>;
}

const PAGE_ROWS = 50;
const BUSY_WAIT_MS = 1_000;
const BUSY_WAITS_MAX = 60;

/** @returns the whole report. Throws what the signal was aborted with; weather passes through. */
export async function replay(deps: KeptMailDeps, ask: ReplayAsk): Promise<ReplayReport> {
  const { start, frame, signal, progress } = ask;
  const tally = new Tally(start, frame.policy.document.rules);
  let after = firstIdAt(Date.parse(start.from));
  for (;;) {
    const page = await listMessagesAfter(deps.db, after, PAGE_ROWS);
    const rows = page.filter(({ created_at: at }) => at <= start.to);
    const before = await beforeOf(deps, rows);
    for (const row of rows) {
      signal.throwIfAborted();
      const mail = await waitForTurn(() => loadKeptMail(deps, row, frame.policy), signal);
      if (isMail(mail)) {
        // As it was then: what a rule says of times, and an end that has passed by now, are of that moment.
        const trial = tryOut(mail, { ...frame, nowMs: Date.parse(row.created_at) });
        tally.add({ id: row.id, ...before(row), trial });
      } else tally.leave(mail);
      tally.reach(row.created_at);
      await progress(() => tally.report());
    }
    const last = page.at(-1);
    if (last === undefined || rows.length < page.length || page.length < PAGE_ROWS) break;
    after = last.id;
  }
  tally.reach(start.to);
  return tally.report();
}

function isMail(mail: MailToDecide | NotOpened): mail is MailToDecide {
  return typeof mail !== 'string';
}

async function beforeOf({ db }: KeptMailDeps, rows: readonly MessagesTable[]) {
  const ids = rows.map(({ id }) => id);
  const held = new Set((await listHolds(db, ids)).map((hold) => hold.message_id));
  const hits = Map.groupBy(await listRuleHits(db, ids), ({ messageId }) => messageId);
  return (row: MessagesTable): { readonly before: Standing; readonly metBefore: readonly string[] } => ({
    before: {
      outcome: held.has(row.id) ? 'held' : 'granted',
      protection: row.protection,
      rights: parseRights(row.rights.split(' ')),
    },
    metBefore: (hits.get(row.id) ?? []).map(({ rule }) => rule),
  });
}

// Mail that comes in goes first.
async function waitForTurn<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let waits = 0; ; waits += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isRefusal(error, 'server/busy') || waits >= BUSY_WAITS_MAX) throw error;
      await sleep(BUSY_WAIT_MS, undefined, { signal });
    }
  }
}

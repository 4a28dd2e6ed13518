// Owns beginning, following and ending the trial of a policy on earlier mails, the one road for the page, the API and the
// command line. That somebody has mails opened in bulk is in the audit log before the first one is.

import { appendAudit } from '../audit/audit.store.ts';
import { DAY_MS, SECOND_MS, isoTime, ticksMs } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { newId } from '../crypto/random.ts';
import { inTransaction } from '../db/engine.ts';
import type { PolicyFrame } from '../policy/asks.ts';
import type { Policy } from '../policy/policy.ts';
import { policyLimits } from '../policy/policy-limits.ts';
import type { KeptMailDeps } from './kept-mail.ts';
import { replay } from './replay.ts';
import { insertReplay, listReplays, loadReplay, updateReplay } from './replays.store.ts';
import type { ReplayState, StoredReplay } from './replays.store.ts';
import { emptyReport } from '../policy/replay-report.ts';
import type { ReplayReport } from '../policy/replay-report.ts';

export interface ReplaysDeps extends KeptMailDeps {
  readonly log: Log;
  /** What the policy goes by now; with a policy other than the one in force. */
  readonly frame: (policy: Policy | undefined) => PolicyFrame;
  /** Of the policy in force. */
  readonly version: () => Promise<number>;
}

export interface ReplayWish {
  readonly days: number;
  /** Instead of the policy in force. */
  readonly draft?: Policy | undefined;
  readonly actor: string;
  readonly network?: string;
  /** Called with what is known about every second. */
  readonly progress?: (report: ReplayReport) => void;
}

export interface Begun {
  readonly id: string;
  /** Never rejects: what became of it is its state. */
  readonly ended: Promise<StoredReplay>;
}

export interface Replays {
  /** Throws request/malformed for a number of days that cannot be, request/conflict while another is under way. */
  begin(wish: ReplayWish): Promise<Begun>;
  /** Throws request/not-found. */
  get(id: string): Promise<StoredReplay>;
  list(): Promise<StoredReplay[]>;
  /** Breaks off what is under way here, and waits for it. */
  stop(): Promise<void>;
}

const SAVED_EVERY_MS = SECOND_MS;

export function bindReplays(deps: ReplaysDeps): Replays {
  const { db, vault } = deps;
  const stopping = new AbortController();
  let underWay: Promise<unknown> = Promise.resolve();

  async function begin({ days, draft, actor, network, progress }: ReplayWish): Promise<Begun> {
    if (!Number.isInteger(days) || days < 1 || days > policyLimits.replayDaysMax) {
      throw new AppError('request/malformed', `days has to be a whole number from 1 to ${policyLimits.replayDaysMax}.`);
    }
    const frame = deps.frame(draft);
    const { nowMs } = frame;
    const policy = draft === undefined ? await deps.version() : 'draft';
    const start = emptyReport({ days, policy, from: isoTime(nowMs - days * DAY_MS), to: isoTime(nowMs) });
    const id = newId(vault.clock);
    const who = { actor, ...(network === undefined ? {} : { network }), replay: id };
    await inTransaction(db, async (tx) => {
      if (!(await insertReplay(vault, tx, id, start))) {
        throw new AppError('request/conflict', 'Another replay is under way. Wait until it has ended.');
      }
      await appendAudit(vault, tx, { event: 'mails-replayed', details: { ...who, days, policy: String(policy) } });
    });
    const ended = run(id, start, frame, who, progress);
    underWay = ended;
    return { id, ended };
  }

  async function run(
    id: string,
    start: ReplayReport,
    frame: PolicyFrame,
    who: Readonly<Record<string, string>>,
    tell: ReplayWish['progress'],
  ): Promise<StoredReplay> {
    let latest = start;
    let savedMs = ticksMs();
    const progress = async (report: () => ReplayReport): Promise<void> => {
      if (ticksMs() - savedMs < SAVED_EVERY_MS) return;
      savedMs = ticksMs();
      latest = report();
      tell?.(latest);
      await updateReplay(vault, db, { id, state: 'running', report: latest });
    };
    try {
      const report = await replay(deps, { start, frame, signal: stopping.signal, progress });
      return await end({ id, state: 'done', report }, who);
    } catch (error) {
      const state: ReplayState = stopping.signal.aborted ? 'broken-off' : 'failed';
      if (state === 'failed') deps.log.error('replay.failed', { id, err: error });
      // Where not even this can be written, its silence says it later.
      return end({ id, state, report: latest }, who).catch(() => ({ id, state, report: latest }));
    }
  }

  async function end(replayed: StoredReplay, who: Readonly<Record<string, string>>): Promise<StoredReplay> {
    const { judged, notOpened } = replayed.report;
    const { shredded, damaged, unknown } = notOpened;
    await inTransaction(db, async (tx) => {
      await updateReplay(vault, tx, replayed);
      await appendAudit(vault, tx, {
        event: 'replay-ended',
        details: { ...who, state: replayed.state, judged, notOpened: shredded + damaged + unknown },
      });
    });
    return replayed;
  }

  return {
    begin,
    get: async (id) => {
      const found = isId(id) ? await loadReplay(vault, db, id) : undefined;
      if (found !== undefined) return found;
      throw new AppError('request/not-found', 'There is no such replay.');
    },
    list: () => listReplays(vault, db),
    stop: async () => {
      stopping.abort(new Error('the program ends'));
      await underWay;
    },
  };
}

// Owns the list of what time brings by itself: what runs out and is removed for good, and what is reminded of before.
// Each sweep takes a bounded batch at a time, so that a
// year's leavings hold up neither writers nor readers; the worker comes back for the rest.

import { OVER_SHOWN_MS } from '../alerts/alert.ts';
import { sweepAlerts } from '../alerts/alerts.store.ts';
import { keepCheckpoint } from '../audit/checkpoints.store.ts';
import { trimAudit } from '../audit/trim.store.ts';
import { DAY_MS, HOUR_MS, isoNow } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { sweepCounters } from '../db/counters.ts';
import type { Signer } from '../crypto/signing-key.ts';
import { inTransaction } from '../db/engine.ts';
import { sweepShown } from '../delivery/inbound-seen.store.ts';
import { sweepStsPolicies } from '../delivery/sts-policies.store.ts';
import { sweepReports } from '../delivery/tls-reports.store.ts';
import { sweepDrafts } from '../messages/drafts.store.ts';
import { sweepKeptLetters } from '../messages/kept-letters.store.ts';
import { sweepOutbox } from '../outbox/outbox.store.ts';
import { sweepCeremonies } from '../signin/ceremonies.store.ts';
import { sweepChallenges } from '../signin/codes.store.ts';
import { sweepSessions } from '../signin/sessions.store.ts';
import { sweepKeptForms } from '../staff/kept-forms.store.ts';
import { orderDigests } from './news.ts';
import { sweepDeliveries } from '../webhooks/deliveries.store.ts';
import { orderReminders } from './remind.ts';
import { askAuthorities, tellOfEnds } from './watch-certificates.ts';
import type { WatchDeps } from './watch-certificates.ts';
import type { Shredder } from '../shredding/shred.ts';
import type { Witness } from '../shredding/witness.ts';

export interface SweepDeps extends WatchDeps {
  readonly shredder: Pick<Shredder, 'shredExpired'>;
  readonly log: Log;
  readonly signer: Signer;
  readonly witness: Pick<Witness, 'markedSeq'>;
  /** Undefined: entries of the audit log stay. */
  readonly auditKeepDays: number | undefined;
  /** Counts entries of the audit log into daily figures, each once. */
  readonly countFigures: (most: number) => Promise<number>;
  /** Tries out what partners' mail servers prove, where that is due. */
  readonly testConnectors: (most: number) => Promise<number>;
  /** Tells other domains how TLS with their servers went, on days that are over. */
  readonly reportTls: (most: number) => Promise<number>;
}

/** Sees to up to `most`. @returns how many; fewer than `most` means that nothing is left for now. */
export type Sweep = (deps: SweepDeps, most: number) => Promise<number>;

const BATCH_ROWS = 500;
/** So long an answer that comes too late is kept for whose session it was. */
const ENDED_SESSION_KEPT_MS = HOUR_MS;
const CHECKPOINT_EVERY_MS = HOUR_MS;
const SETTLED_KEPT_MS = 7 * DAY_MS;
const TLS_REPORTS_KEPT_MS = 90 * DAY_MS;
/** Longer than the watcher looks back. */
const INBOUND_SEEN_KEPT_MS = 150 * DAY_MS;
const DELIVERIES_KEPT_MS = 30 * DAY_MS;

/** By the name that stands in the log. */
export const sweeps: Readonly<Record<string, Sweep>> = {
  challenges: ({ db, vault }, most) => sweepChallenges(db, isoNow(vault.clock), most),
  ceremonies: ({ db, vault }, most) => sweepCeremonies(db, isoNow(vault.clock), most),
  sessions: ({ db, vault }, most) => sweepSessions(db, isoNow(vault.clock, -ENDED_SESSION_KEPT_MS), most),
  counters: ({ db, vault }, most) => sweepCounters(db, isoNow(vault.clock), most),
  drafts: ({ db, vault }, most) => sweepDrafts(db, isoNow(vault.clock), most),
  letters: ({ db, vault }, most) => sweepKeptLetters(db, isoNow(vault.clock), most),
  forms: ({ db, vault }, most) => sweepKeptForms(db, isoNow(vault.clock), most),
  messages: ({ shredder }, most) => shredder.shredExpired(most),
  reminders: ({ db, vault }, most) => orderReminders({ db, vault }, most),
  'sts-policies': ({ db, vault }, most) => sweepStsPolicies({ db, clock: vault.clock }, most),
  digests: ({ db, vault }, most) => orderDigests({ db, vault }, most),
  outbox: ({ db, vault }, most) => sweepOutbox(db, isoNow(vault.clock, -SETTLED_KEPT_MS), most),
  alerts: ({ db, vault }, most) => sweepAlerts(db, isoNow(vault.clock, -OVER_SHOWN_MS), most),
  'webhook-deliveries': ({ db, vault }, most) =>
    inTransaction(db, (tx) => sweepDeliveries(tx, isoNow(vault.clock, -DELIVERIES_KEPT_MS), most)),
  // Before entries go.
  figures: ({ countFigures }, most) => countFigures(most),
  'audit-checkpoint': async ({ db, vault, signer }) => {
    await keepCheckpoint(signer, db, isoNow(vault.clock, -CHECKPOINT_EVERY_MS));
    return 0;
  },
  audit: async ({ db, vault, signer, witness, auditKeepDays }, most) => {
    if (auditKeepDays === undefined) return 0;
    const deps = { db, vault, signer, markedSeq: witness.markedSeq() };
    return trimAudit(deps, isoNow(vault.clock, -auditKeepDays * DAY_MS), most);
  },
  'certificates-end': tellOfEnds,
  // Last: others' servers may be slow.
  'certificates-asked': askAuthorities,
  'inbound-seen': ({ db, vault }, most) =>
    sweepShown(db, isoNow(vault.clock, -INBOUND_SEEN_KEPT_MS - DAY_MS).slice(0, 10), most),
  'tls-reports-kept': ({ db, vault }, most) =>
    sweepReports(db, isoNow(vault.clock, -TLS_REPORTS_KEPT_MS - DAY_MS).slice(0, 10), most),
  'tls-reports': ({ reportTls }, most) => reportTls(most),
  'connectors-tested': ({ testConnectors }, most) => testConnectors(most),
};

/** One batch of each. @returns whether any of them may have more to do. */
export async function sweepRound(deps: SweepDeps, list = sweeps): Promise<boolean> {
  let more = false;
  for (const [name, sweep] of Object.entries(list)) {
    try {
      if ((await sweep(deps, BATCH_ROWS)) >= BATCH_ROWS) more = true;
    } catch (error) {
      // One that fails waits for its next turn and does not keep the others from theirs.
      deps.log.error('sweep.failed', { job: name, err: error });
    }
  }
  return more;
}

// Owns what is told of trying a policy on the mails of the last days: counts, and ids of messages with rules and labels.
// Never an address, a subject or anything of a content.

import type { Trial } from './decide.ts';
import { parseRights } from './protection.ts';
import type { Right } from './protection.ts';

/**
 * Why a message is not judged again: its key is gone; something of it does not open; it is of a time when what it was judged
 * by was not kept.
 */
export type NotOpened = 'shredded' | 'damaged' | 'unknown';

/** What holds of a message, or would. */
export interface Standing {
  /** `held`: as it says, once an approver lets it go. */
  readonly outcome: 'granted' | 'held' | 'refused';
  /** Absent when it is refused. */
  readonly protection?: string;
  readonly rights?: readonly Right[];
}

export interface ReplayReport {
  readonly days: number;
  /** A version of the policy, or a draft that is none yet. */
  readonly policy: number | 'draft';
  /** ISO 8601 UTC: mails taken in from then until then … */
  readonly from: string;
  readonly to: string;
  /** … of which those until then have been looked at. */
  readonly upTo: string;
  readonly judged: number;
  readonly notOpened: Readonly<Record<NotOpened, number>>;
  /** Judged, and as before. */
  readonly same: number;
  /** Protection by protection, the most frequent first. */
  readonly changes: readonly { readonly from: Standing; readonly to: Standing; readonly count: number }[];
  /** Every rule of the policy, in their order. */
  readonly rules: readonly RuleCount[];
  /** The first that would change. */
  readonly messages: readonly ChangedMessage[];
}

export interface RuleCount {
  readonly rule: string;
  readonly name: string;
  readonly state: 'on' | 'off' | 'shadow';
  readonly hits: number;
  /** Of those, the ones that a rule of this id met when they were taken in. */
  readonly before: number;
}

export interface ChangedMessage {
  readonly id: string;
  readonly from: Standing;
  readonly to: Standing;
  /** Ids of the rules that are on and match. */
  readonly rules: readonly string[];
  /** GUID of the sensitivity label that counts. */
  readonly label?: string;
}

const MESSAGES_TOLD_MAX = 200;

export function emptyReport(ask: Pick<ReplayReport, 'days' | 'policy' | 'from' | 'to'>): ReplayReport {
  const notOpened = { shredded: 0, damaged: 0, unknown: 0 };
  return { ...ask, upTo: ask.from, judged: 0, notOpened, same: 0, changes: [], rules: [], messages: [] };
}

/** One message's share of the report. */
export interface Judged {
  readonly id: string;
  readonly before: Standing;
  /** Ids of the rules that met it then. */
  readonly metBefore: readonly string[];
  readonly trial: Trial;
}

/** A report while it grows. */
export class Tally {
  readonly #start: ReplayReport;
  readonly #notOpened = { shredded: 0, damaged: 0, unknown: 0 };
  readonly #rules: Map<string, { hits: number; before: number } & Pick<RuleCount, 'name' | 'state'>>;
  readonly #changes = new Map<string, { from: Standing; to: Standing; count: number }>();
  readonly #messages: ChangedMessage[] = [];
  #judged = 0;
  #same = 0;
  #upTo: string;

  constructor(start: ReplayReport, rules: readonly Pick<RuleCount & { id: string }, 'id' | 'name' | 'state'>[]) {
    this.#start = start;
    this.#upTo = start.upTo;
    this.#rules = new Map(rules.map(({ id, name, state }) => [id, { name, state, hits: 0, before: 0 }]));
  }

  /** Everything until then has been looked at. */
  reach(upTo: string): void {
    this.#upTo = upTo;
  }

  leave(why: NotOpened): void {
    this.#notOpened[why] += 1;
  }

  add({ id, before: from, metBefore, trial }: Judged): void {
    this.#judged += 1;
    for (const { rule } of trial.rules.filter(({ matched }) => matched)) {
      const count = this.#rules.get(rule.id);
      if (count === undefined) continue;
      count.hits += 1;
      if (metBefore.includes(rule.id)) count.before += 1;
    }
    const to = standingOf(trial);
    if (keyOf(from) === keyOf(to)) {
      this.#same += 1;
      return;
    }
    const key = `${keyOf(from)} > ${keyOf(to)}`;
    const change = this.#changes.get(key) ?? { from, to, count: 0 };
    change.count += 1;
    this.#changes.set(key, change);
    if (this.#messages.length < MESSAGES_TOLD_MAX) this.#messages.push({ id, from, to, ...whyOf(trial) });
  }

  report(): ReplayReport {
    return {
      ...this.#start,
      upTo: this.#upTo,
      judged: this.#judged,
      notOpened: { ...this.#notOpened },
      same: this.#same,
      changes: [...this.#changes.values()].toSorted((a, b) => b.count - a.count).map((change) => ({ ...change })),
      rules: [...this.#rules].map(([rule, count]) => ({ rule, ...count })),
      messages: [...this.#messages],
    };
  }
}

function whyOf({ rules, label }: Trial): Pick<ChangedMessage, 'rules' | 'label'> {
  const met = rules.filter(({ rule, matched }) => matched && rule.state === 'on').map(({ rule }) => rule.id);
  return { rules: met, ...(label === undefined ? {} : { label }) };
}

function standingOf({ decision }: Trial): Standing {
  if (decision === undefined) return { outcome: 'refused' };
  const { protection, holds } = decision;
  // In the one order of rights, so that two can be compared.
  const rights = parseRights(protection.rights);
  return { outcome: holds.length > 0 ? 'held' : 'granted', protection: protection.name, rights };
}

function keyOf({ outcome, protection = '', rights = [] }: Standing): string {
  return [outcome, protection, ...rights].join(' ');
}

/** "do-not-forward", "held for approval, then encrypt-only", "refused". */
export function standingWords({ outcome, protection = '' }: Standing): string {
  if (outcome === 'refused') return 'refused';
  return outcome === 'held' ? `held for approval, then ${protection}` : protection;
}

/** "would become do-not-forward", also where only the rights are others. */
export function changeWords(from: Standing, to: Standing): string {
  const [before, after] = [standingWords(from), standingWords(to)];
  if (to.outcome === 'refused') return `would be refused (was ${before})`;
  if (before !== after) return `would become ${after} (was ${before})`;
  return `would stay ${after}, with the rights ${to.rights?.join(', ') || 'to read alone'}`;
}

/** How much of the time asked for has been gone through, 0 to 100. */
export function percentOf({ from, to, upTo }: Pick<ReplayReport, 'from' | 'to' | 'upTo'>): number {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return toMs <= fromMs ? 100 : Math.floor((100 * (Date.parse(upTo) - fromMs)) / (toMs - fromMs));
}

// Owns comparing what a partner's mail servers prove with what they proved before: whether it became less, in which words, and when
// they are to be tried out again. Pure.

import { DAY_MS, HOUR_MS } from '../core/clock.ts';
import type { DomainTest, HostTest } from './test-domain.ts';

/**
 * good: no less than before. weakened: mail goes, and less is proved than before. failing: mail does not go. unsure: it could not be
 * connected to, once. untested: not since the connector was made or changed.
 */
export type TestState = 'good' | 'weakened' | 'failing' | 'unsure' | 'untested';

export interface TestAt {
  /** ISO 8601 UTC */
  readonly at: string;
  readonly test: DomainTest;
}

export interface TestCard {
  readonly last: TestAt;
  /** With what the next are compared; undefined: mail never went. */
  readonly reference?: TestAt;
  /** In whole sentences without their dots: what is less than it was. */
  readonly weaker: readonly string[];
  /** What is other than it was, and no less. */
  readonly changes: readonly string[];
}

export interface Judged {
  readonly card: TestCard;
  readonly state: TestState;
  /** Until the next. */
  readonly againMs: number;
}

const YEAR_MS = 365 * DAY_MS;

export function judgeTest(
  before: { readonly card: TestCard; readonly state: TestState } | undefined,
  last: TestAt,
): Judged {
  const reference = before?.card.reference;
  const { test } = last;
  const weaker = test.goes ? lessThan(reference?.test, test) : whyNot(test);
  const changes = reference === undefined ? [] : otherKeys(reference.test, test);
  const isUnsure = isWeather(test) && (before === undefined || before.state === 'good' || before.state === 'weakened');
  const state = isUnsure ? 'unsure' : test.goes ? (weaker.length === 0 ? 'good' : 'weakened') : 'failing';
  const kept = state === 'good' ? last : reference;
  return {
    card: { last, ...(kept === undefined ? {} : { reference: kept }), weaker, changes },
    state,
    againMs: againAfterMs[state],
  };
}

/** An administrator knows of it: from now on the last one is what the next are compared with. */
export function acceptTest({ last }: TestCard): Judged {
  const { goes } = last.test;
  const state = goes ? 'good' : 'failing';
  const card = { last, ...(goes ? { reference: last } : {}), weaker: goes ? [] : whyNot(last.test), changes: [] };
  return { card, state, againMs: againAfterMs[state] };
}

const againAfterMs: Readonly<Record<TestState, number>> = {
  good: YEAR_MS,
  // So that it is known soon when it is over.
  weakened: DAY_MS,
  failing: DAY_MS,
  unsure: HOUR_MS,
  untested: 0,
};

function lessThan(before: DomainTest | undefined, now: DomainTest): string[] {
  return proving(before).flatMap((was) => {
    const is = now.hosts.find((host) => isSame(host, was));
    // Who takes the mail is the partner's to say; what the others prove is looked at by itself.
    if (is === undefined) return [];
    if (!is.goes) return [`${nameOf(is)} does not prove itself any more (${plain(is.why)})`];
    const [old = '', fresh = ''] = [was.protocol, is.protocol];
    return fresh < old ? [`${nameOf(is)} speaks ${fresh} and no longer ${old}`] : [];
  });
}

function whyNot({ hosts, outcome }: DomainTest): string[] {
  return hosts.length === 0 ? [plain(outcome)] : hosts.map((host) => `${nameOf(host)}: ${plain(host.why)}`);
}

// Who renews a certificate mostly makes a key for it. Where keys are pinned, another one does not go at all.
function otherKeys(before: DomainTest, now: DomainTest): string[] {
  return proving(before).flatMap((was) => {
    const is = now.hosts.find((host) => isSame(host, was));
    const [old, fresh] = [was.chain[0]?.pin, is?.chain[0]?.pin];
    return is === undefined || old === undefined || fresh === undefined || fresh === old
      ? []
      : [`${nameOf(is)} has another key than before`];
  });
}

/** Nobody answers, which passes mostly. */
function isWeather({ goes, hosts }: DomainTest): boolean {
  return !goes && hosts.every(({ isReached }) => !isReached);
}

function proving(test: DomainTest | undefined): readonly HostTest[] {
  return test?.hosts.filter(({ goes }) => goes) ?? [];
}

function isSame(a: HostTest, b: HostTest): boolean {
  return a.host === b.host && a.port === b.port;
}

function nameOf({ host, port }: HostTest): string {
  return port === 25 ? host : `${host}:${port}`;
}

function plain(sentence: string): string {
  return sentence.replace(/\.$/, '');
}

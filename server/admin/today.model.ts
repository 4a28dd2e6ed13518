// Owns what the page of today's figures is given.

import { alertWords } from '../alerts/alert-words.ts';
import type { Alert } from '../alerts/alert.ts';
import { partWords } from '../alerts/health-words.ts';
import type { PartWords } from '../alerts/health-words.ts';
import { DAY_MS, isoTime } from '../core/clock.ts';
import type { CountedFigure } from '../figures/figures.store.ts';
import type { FigureName } from '../figures/figure.ts';
import type { Readiness, ReadinessName } from '../http/readiness.ts';
import { layOutChart } from '../render/chart.ts';
import type { ChartView } from '../render/chart.ts';
import { moment } from '../render/moment.ts';
import type { TodayPage } from '../render/page-models/today.ts';

export const DAYS_SHOWN = 30;

/** The days that are shown, oldest first, the last of them today. */
export function shownDays(nowMs: number): string[] {
  return Array.from({ length: DAYS_SHOWN }, (_, n) => isoTime(nowMs - (DAYS_SHOWN - 1 - n) * DAY_MS).slice(0, 10));
}

interface ChartDefinition {
  readonly name: FigureName;
  readonly title: string;
  readonly says: (total: number) => string;
  /** In the audit log. */
  readonly event: string;
  readonly labels: Readonly<Record<string, string>>;
}

const steps = {
  '10 s': 'within 10 seconds',
  '1 min': 'within a minute',
  '10 min': 'within 10 minutes',
  '1 h': 'within an hour',
  '24 h': 'within a day',
  longer: 'later',
};
const ways = { code: 'mailed code', federated: 'account', passkey: 'passkey' };

const charts: readonly ChartDefinition[] = [
  {
    name: 'taken-in',
    title: 'Messages taken in',
    says: (total) => `${total} in ${DAYS_SHOWN} days, by the road they came`,
    event: 'message-accepted',
    labels: {
      smtp: 'mail server',
      api: 'API',
      compose: 'written in the portal',
      portal: 'answers and letters from outside',
    },
  },
  {
    name: 'notices',
    title: 'Notices out',
    says: (total) => `${total} in ${DAYS_SHOWN} days, by how their way to the relay was secured`,
    event: 'notice-sent',
    labels: { verified: 'verified TLS', unverified: 'TLS, not verified', none: 'no TLS' },
  },
  {
    name: 'notice-after',
    title: 'Time to notice',
    says: (total) => `${total} ${total === 1 ? 'notice' : 'notices'}, from the promise to the relay’s yes`,
    event: 'notice-sent',
    labels: steps,
  },
  {
    name: 'read-after',
    title: 'First readings',
    says: (total) => `${total} ${total === 1 ? 'reader' : 'readers'} read first, by how long after the notice`,
    event: 'message-read',
    labels: steps,
  },
  {
    name: 'signed-in',
    title: 'Sign-ins',
    says: (total) => `${total} in ${DAYS_SHOWN} days`,
    event: 'signed-in',
    labels: ways,
  },
  {
    name: 'sign-ins-refused',
    title: 'Sign-ins refused',
    says: (total) => `${total} in ${DAYS_SHOWN} days; most are codes that were mistyped`,
    event: 'sign-in-refused',
    labels: ways,
  },
  {
    name: 'failed',
    title: 'Notices that failed for good',
    says: (total) => `${total} in ${DAYS_SHOWN} days, by the step of the dialogue; their senders were told`,
    event: 'notice-failed',
    labels: { CONNECT: 'connecting', RCPT: 'recipient refused', BOUNCE: 'bounced', WRITE: 'could not be written' },
  },
];

export function chartsOf(figures: readonly CountedFigure[], days: readonly string[], auditUrl: string): ChartView[] {
  return charts.map(({ name, title, says, event, labels }) => {
    const own = figures.filter((figure) => figure.name === name);
    const inOrder = [...Object.keys(labels), ...own.map(({ label }) => label)];
    const series = [...new Set(inOrder)].map((label) => ({
      words: labels[label] ?? label,
      values: days.map((day) => sum(own.filter((figure) => figure.label === label && figure.day === day))),
    }));
    return layOutChart({ id: name, title, summary: says(sum(own)), url: `${auditUrl}?event=${event}`, days, series });
  });
}

function sum(figures: readonly CountedFigure[]): number {
  return figures.reduce((total, { count }) => total + count, 0);
}

const QUEUE_LATE_SECONDS = 300;

const parts: Readonly<Record<ReadinessName, PartWords>> = {
  database: partWords.database,
  keyring: partWords.keyring,
  blobs: partWords.blobs,
  policy: partWords.policy,
  queueAgeSeconds: {
    words: 'Queue',
    good: 'Nothing waits longer than it should',
    bad: 'Work waits that is due',
    cure: 'Look at the queue for what the relay answers, and whether RELAY_URL can be reached: on the command line, mail test.',
  },
};

export function healthOf(answer: Readiness): TodayPage['health'] {
  return (Object.keys(parts) as ReadinessName[]).map((name) => {
    const { words, good, bad, cure } = parts[name];
    const value = answer[name];
    const isGood = typeof value === 'number' ? value <= QUEUE_LATE_SECONDS : value === 'ok';
    return isGood
      ? { words, state: { words: good, tone: 'good' as const } }
      : { words, state: { words: bad, tone: 'bad' as const }, cure };
  });
}

/** Those that stand, and those that were over of late. */
export function alertsOf(
  standing: readonly Alert[],
  over: readonly Alert[],
  { base, nowMs }: { readonly base: string; readonly nowMs: number },
): Pick<TodayPage, 'alerts' | 'alertsOver'> {
  return {
    alerts: standing.map((alert) => {
      const { says, cure, path } = alertWords(alert);
      return { says, cure, url: `${base}${path}`, since: moment(alert.since, nowMs) };
    }),
    alertsOver: over.map((alert) => ({
      says: alertWords(alert).says,
      since: moment(alert.since, nowMs),
      over: moment(alert.overAt ?? alert.seenAt, nowMs),
    })),
  };
}

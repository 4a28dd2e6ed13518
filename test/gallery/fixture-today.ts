// Owns the pieces of which the pages of today's figures and of the queue are made.

import type { Alert } from '../../server/alerts/alert.ts';
import { alertsOf, chartsOf, healthOf, shownDays } from '../../server/admin/today.model.ts';
import type { CountedFigure } from '../../server/figures/figures.store.ts';
import type { QueuePage, QueueRow, TodayPage } from '../../server/render/page-models/today.ts';
import { hostile, longWord } from './fixture-people.ts';

const days = shownDays(Date.parse('2026-11-28T12:00:00Z'));
const figures: CountedFigure[] = days.flatMap((day, n) => [
  { day, name: 'taken-in', label: 'smtp', count: 20 + ((n * 37) % 90) },
  { day, name: 'taken-in', label: 'api', count: (n * 13) % 30 },
  { day, name: 'taken-in', label: 'portal', count: n % 5 },
  { day, name: 'notices', label: 'verified', count: 25 + ((n * 31) % 90) },
  { day, name: 'notices', label: 'none', count: n === 9 ? 14 : 0 },
  { day, name: 'notice-after', label: '10 s', count: 20 + ((n * 17) % 60) },
  { day, name: 'notice-after', label: '10 min', count: n % 4 },
  { day, name: 'read-after', label: '1 h', count: 10 + ((n * 7) % 20) },
  { day, name: 'read-after', label: '24 h', count: (n * 5) % 20 },
  { day, name: 'read-after', label: 'longer', count: n % 6 },
  { day, name: 'signed-in', label: 'code', count: 30 + (n % 11) },
  { day, name: 'signed-in', label: 'passkey', count: n % 7 },
  { day, name: 'sign-ins-refused', label: 'code', count: n === 20 ? 60 : n % 3 },
]);

const good = { database: 'ok', keyring: 'ok', blobs: 'ok', policy: 'ok', queueAgeSeconds: 0 } as const;

const since = { iso: '2026-11-28T09:40:00Z', words: 'Saturday 28 November 2026, 09:40 UTC', relative: '2 hours ago' };

export const today: TodayPage = {
  alerts: [],
  alertsOver: [{ says: 'The relay takes no mail (CONNECT).', since, over: { ...since, relative: 'an hour ago' } }],
  health: healthOf(good),
  tiles: [
    { words: 'messages taken in today (UTC)', value: '82', url: '/admin/audit' },
    { words: 'notices out today', value: '117', url: '/admin/audit' },
    { words: 'jobs that wait', value: '3', url: '/admin/queue' },
    { words: 'given up in the last week', value: '1', url: '/admin/queue' },
    { words: 'free where the data is', value: '48.2 GB' },
    { words: 'days old: the key that seals', value: '112' },
  ],
  charts: chartsOf(figures, days, '/admin/audit'),
  bounces: [
    { domain: 'full.example', count: 12, last: 'RCPT 552 5.2.2' },
    { domain: `${longWord.slice(0, 60)}.example`, count: 2, last: 'RCPT 550 5.1.1' },
  ],
  bouncesUrl: '/admin/audit',
  readyUrl: '/readyz',
};

export const todayEmpty: TodayPage = {
  ...today,
  charts: chartsOf([], days, '/admin/audit'),
  bounces: [],
  alertsOver: [],
};

export const todayUnfinished: TodayPage = {
  ...todayEmpty,
  setup: { missing: 'Relay, Your mail server, Test message', url: '/admin/setup' },
};

export const todayIll: TodayPage = {
  ...todayEmpty,
  ...alertsOf(
    [
      { kind: 'health', about: 'blobs' },
      { kind: 'relay-refuses', about: '', detail: 'AUTH 535 5.7.8' },
      {
        kind: 'tls-weakened',
        about: 'partner.example',
        detail: 'mx1.partner.example speaks TLSv1.2 instead of TLSv1.3',
      },
      { kind: 'domain-failing', about: `${longWord.slice(0, 60)}.example`, detail: hostile },
    ].map((one, n) => ({ ...one, key: String(n), since: since.iso, seenAt: since.iso, overAt: undefined }) as Alert),
    [],
    { base: '', nowMs: Date.parse('2026-11-28T12:00:00Z') },
  ),
  health: healthOf({ database: 'ok', keyring: 'ok', blobs: 'failed', policy: 'failed', queueAgeSeconds: 7_200 }),
};

const at = { iso: '2026-11-21T17:00:00Z', words: 'Saturday 21 November 2026, 17:00 UTC', relative: '2 hours ago' };
const job: QueueRow = {
  id: '01h9xvqk3m5n7p9r1t3v5w7y9z',
  words: 'Notice to a recipient',
  state: { words: 'Waits', tone: 'waiting' },
  attempts: 4,
  error: 'RCPT 450 4.2.1',
  created: at,
  next: { ...at, relative: 'in 20 minutes' },
  messageUrl: '/admin/audit',
  mayRetry: true,
  mayGiveUp: true,
};

export const queue: QueuePage = {
  rows: [
    job,
    { ...job, words: 'Sign-in code', attempts: 0, error: '', mayGiveUp: false },
    {
      ...job,
      words: 'Answer to a sender',
      state: { words: 'Given up', tone: 'bad' },
      error: hostile,
      mayRetry: false,
      mayGiveUp: false,
    },
  ],
  more: true,
  retryAction: '/admin/queue/retry',
  giveUpAction: '/admin/queue/give-up',
  retryAllAction: '/admin/queue/retry-all',
  waiting: 2,
};

export const queueEmpty: QueuePage = { ...queue, rows: [], more: false, waiting: 0 };

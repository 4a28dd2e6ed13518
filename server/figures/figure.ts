// Owns which figures are kept for each day, and which of them an entry of the audit log adds one to. Pure. No address,
// domain or id is part of a figure, and each label is one of our own words.

import type { ReadEntry } from '../audit/audit-entry.ts';
import { detailOf } from '../audit/formats.ts';

/** Each with its labels, in the order in which they are shown. */
export const figureLabels = {
  'taken-in': ['smtp', 'api', 'compose', 'portal'],
  notices: ['verified', 'unverified', 'none'],
  'notice-after': ['10 s', '1 min', '10 min', '1 h', 'longer'],
  failed: ['CONNECT', 'TLS', 'GREETING', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'END', 'WRITE', 'BOUNCE'],
  'read-after': ['1 h', '24 h', 'longer'],
  'signed-in': ['code', 'federated', 'passkey'],
  'sign-ins-refused': ['code', 'federated', 'passkey'],
} as const;

export type FigureName = keyof typeof figureLabels;

export const figureNames = Object.keys(figureLabels) as readonly FigureName[]; // the keys of the object just above

export interface Figure {
  /** `2026-11-28`, in UTC. */
  readonly day: string;
  readonly name: FigureName;
  readonly label: string;
}

/** What the log says that another version wrote. */
export const OTHER = 'other';

const SECONDS: Readonly<Record<string, number>> = {
  '10 s': 10,
  '1 min': 60,
  '10 min': 600,
  '1 h': 3_600,
  '24 h': 86_400,
};

export function figuresOf(entry: ReadEntry): Figure[] {
  const figure = (name: FigureName, label: string | undefined): Figure => ({
    day: entry.at.slice(0, 10),
    name,
    label: figureLabels[name].find((known) => known === label) ?? OTHER,
  });
  switch (entry.event) {
    case 'message-accepted':
      return [figure('taken-in', detailOf(entry, 'road'))];
    case 'notice-sent':
      return [figure('notices', detailOf(entry, 'tls')), ...after('notice-after')];
    case 'notice-failed':
      return [figure('failed', detailOf(entry, 'failure')?.split(' ')[0])];
    case 'message-read':
      return after('read-after');
    case 'signed-in':
      return [figure('signed-in', detailOf(entry, 'method'))];
    case 'sign-in-refused':
      return [figure('sign-ins-refused', detailOf(entry, 'method'))];
    default:
      return [];
  }

  /** Entries say how long it took where that means something: a first reading, a notice. */
  function after(name: 'notice-after' | 'read-after'): Figure[] {
    const seconds = detailOf(entry, 'afterSeconds');
    if (seconds === undefined) return [];
    const step = figureLabels[name].find((label) => Number(seconds) <= (SECONDS[label] ?? Number.POSITIVE_INFINITY));
    return [figure(name, step)];
  }
}

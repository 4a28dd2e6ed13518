// Owns what the page of the audit log is given.

import { auditEvents } from '../audit/audit-event.ts';
import type { ReadEntry } from '../audit/audit-entry.ts';
import { detailOf, formatNames, otherDetails, whoOf } from '../audit/formats.ts';
import type { FormatName } from '../audit/formats.ts';
import type { Site } from '../http/site.ts';
import { moment } from '../render/moment.ts';
import type { Pager } from '../render/page-models/parts.ts';
import type { AuditPage, AuditRow } from '../render/page-models/audit.ts';
import type { Choice } from './audit-filter.ts';
import { queryOf } from './audit-filter.ts';
import { eventWords, wordsOf } from './audit-words.ts';

export interface AuditShown {
  readonly choice: Choice;
  readonly entries: readonly ReadEntry[];
  readonly pager: Pager;
  readonly checkpoint: { readonly seq: number; readonly at: string } | undefined;
  readonly error?: string;
}

export function auditPage(site: Site, path: string, shown: AuditShown): AuditPage {
  const { choice, entries, pager, checkpoint, error } = shown;
  const nowMs = site.clock.nowMs();
  return {
    rows: entries.map((entry) => auditRow(site, path, entry)),
    pager,
    findAction: `${path}/find`,
    exportAction: `${path}/export`,
    allUrl: path,
    events: auditEvents
      .map((name) => ({ name, words: eventWords[name], chosen: name === choice.event }))
      .toSorted((a, b) => a.words.localeCompare(b.words, 'en')),
    formats: formatNames.map((name) => ({ name, words: formatWords[name] })),
    chosen: {
      any: queryOf(choice) !== '',
      event: choice.event ?? '',
      person: choice.person ?? '',
      personWords: choice.person === undefined ? '' : personWords(entries),
      message: choice.message ?? '',
      from: choice.from ?? '',
      until: choice.until ?? '',
    },
    isNewest: pager.newerUrl === undefined,
    ...(error === undefined ? {} : { error }),
    ...(checkpoint === undefined ? {} : { checkpoint: { seq: checkpoint.seq, at: moment(checkpoint.at, nowMs) } }),
  };
}

const formatWords: Readonly<Record<FormatName, string>> = {
  csv: 'CSV, for a spreadsheet',
  jsonl: 'JSON lines',
  cef: 'CEF, for a log collector',
};

const REFUSED = /refused|failed|back-in-time|loss/;

function auditRow(site: Site, path: string, entry: ReadEntry): AuditRow {
  return {
    seq: entry.seq,
    at: moment(entry.at, site.clock.nowMs()),
    words: wordsOf(entry.event),
    who: whoOf(entry),
    network: detailOf(entry, 'network') ?? '',
    tone: REFUSED.test(entry.event) ? 'bad' : 'plain',
    details: otherDetails(entry).map(([name, value]) => ({ name, value })),
    broken: entry.details === undefined,
    ...(entry.messageId === null
      ? {}
      : { message: { id: entry.messageId, url: `${path}?message=${entry.messageId}` } }),
  };
}

// The choice knows the person by a blind index only; the entries know the address.
function personWords(entries: readonly ReadEntry[]): string {
  const [first] = entries;
  return (first === undefined ? '' : whoOf(first)) || 'one person';
}

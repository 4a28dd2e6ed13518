// Owns the forms in which entries of the audit log leave the program: JSON lines, CSV and CEF. One entry is one line, and
// nothing in an entry can begin another line, another field, or a formula.

import type { ReadEntry } from './audit-entry.ts';

export const formatNames = ['jsonl', 'csv', 'cef'] as const;
export type FormatName = (typeof formatNames)[number];

export interface Format {
  readonly contentType: string;
  readonly lineEnd: string;
  /** Comes before all entries, with its line end; '' for none. */
  readonly head: string;
  /** Without a line end. */
  line(entry: ReadEntry): string;
}

export const formats: Readonly<Record<FormatName, Format>> = {
  jsonl: { contentType: 'application/jsonl', lineEnd: '\n', head: '', line: (entry) => JSON.stringify(entry) },
  // RFC 4180.
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    lineEnd: '\r\n',
    head: 'seq,at,event,who,network,message,recipient,details\r\n',
    line: (entry) => csvCells(entry).map(csvCell).join(','),
  },
  // ArcSight Common Event Format, version 0.
  cef: { contentType: 'text/plain; charset=utf-8', lineEnd: '\n', head: '', line: cefLine },
};

/** In whose name, as far as the entry says. */
export function whoOf(entry: ReadEntry): string {
  return detailOf(entry, 'actor') ?? detailOf(entry, 'address') ?? detailOf(entry, 'by') ?? '';
}

export function detailOf({ details }: ReadEntry, name: string): string | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const found: unknown = Object.entries(details).find(([key]) => key === name)?.[1];
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}

const SHOWN_APART = new Set(['actor', 'address', 'by', 'network']);

/** The particulars besides who and from where, as they were written. */
export function otherDetails({ details }: ReadEntry): (readonly [name: string, value: string])[] {
  if (typeof details !== 'object' || details === null) return [];
  return Object.entries(details)
    .filter(([name]) => !SHOWN_APART.has(name))
    .map(([name, value]: [string, unknown]) => [name, Array.isArray(value) ? value.join('; ') : String(value)]);
}

function csvCells(entry: ReadEntry): string[] {
  return [
    String(entry.seq),
    entry.at,
    entry.event,
    whoOf(entry),
    detailOf(entry, 'network') ?? '',
    entry.messageId ?? '',
    entry.recipientId ?? '',
    entry.details === undefined
      ? NOT_OPENED
      : otherDetails(entry)
          .map(([name, value]) => `${name}=${value}`)
          .join(' | '),
  ];
}

const NOT_OPENED = 'does not open';

// What begins with one of these a spreadsheet may run as a formula, also behind blanks.
const FORMULA = /^[\s'"]*[=+\-@|%\t\r]/;

function csvCell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const REFUSALS = /refused|failed|broken|back-in-time|loss/;

function cefLine(entry: ReadEntry): string {
  const severity = REFUSALS.test(entry.event) ? 6 : 3;
  const fields: [string, string | undefined][] = [
    ['rt', String(Date.parse(entry.at))],
    ['externalId', String(entry.seq)],
    ['suser', whoOf(entry) || undefined],
    ['src', ipOf(entry)],
    ['cs1Label', entry.messageId === null ? undefined : 'message'],
    ['cs1', entry.messageId ?? undefined],
    ['cs2Label', entry.recipientId === null ? undefined : 'recipient'],
    ['cs2', entry.recipientId ?? undefined],
    ['msg', entry.details === undefined ? NOT_OPENED : JSON.stringify(Object.fromEntries(otherDetails(entry)))],
  ];
  const extension = fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${cefValue(value)}`]));
  return `CEF:0|Sealpost|Sealpost|1|${cefHead(entry.event)}|${cefHead(entry.event)}|${severity}|${extension.join(' ')}`;
}

// `src` is an address; a network stands for more than one.
function ipOf(entry: ReadEntry): string | undefined {
  const network = detailOf(entry, 'network');
  return network === undefined || network.includes('/') ? undefined : network;
}

function cefHead(text: string): string {
  return oneLine(text).replaceAll('\\', '\\\\').replaceAll('|', '\\|');
}

function cefValue(text: string): string {
  return oneLine(text).replaceAll('\\', '\\\\').replaceAll('=', '\\=');
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

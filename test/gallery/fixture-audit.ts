// Owns the pieces of which the page of the audit log is made.

import type { AuditPage, AuditRow } from '../../server/render/page-models/audit.ts';
import { eventWords } from '../../server/admin/audit-words.ts';
import { auditEvents } from '../../server/audit/audit-event.ts';
import type { AuditEvent } from '../../server/audit/audit-event.ts';
import { admin, alice, bob, hostile, longAddress, longWord } from './fixture-people.ts';

const at = { iso: '2026-11-21T17:00:00Z', words: 'Saturday 21 November 2026, 17:00 UTC', relative: '2 hours ago' };
const message = { id: '01h9xvqk3m5n7p9r1t3v5w7y9z', url: '/admin/audit?message=01h9xvqk3m5n7p9r1t3v5w7y9z' };

const row = (seq: number, event: AuditEvent, more: Partial<AuditRow>): AuditRow => ({
  seq,
  at,
  words: eventWords[event],
  who: '',
  network: '',
  tone: 'plain',
  details: [],
  broken: false,
  ...more,
});

const rows: readonly AuditRow[] = [
  row(1_204, 'audit-exported', {
    who: admin.address,
    network: '192.0.2.44',
    details: [{ name: 'format', value: 'csv' }],
  }),
  row(1_203, 'message-read', { who: bob.address, network: '2001:db8:1:2::/64', message }),
  row(1_202, 'sign-in-refused', {
    who: bob.address,
    network: '198.51.100.7',
    tone: 'bad',
    details: [
      { name: 'purpose', value: 'link' },
      { name: 'method', value: 'code' },
    ],
  }),
  row(1_201, 'notice-sent', { message, details: [{ name: 'response', value: '250 2.0.0 Ok: queued as 4F1C2' }] }),
  row(1_200, 'message-accepted', {
    who: alice.address,
    message,
    details: [
      { name: 'road', value: 'smtp' },
      { name: 'recipients', value: '2' },
      { name: 'reasons', value: 'rule cards: at least 3 payment cards; template legal-view-only' },
    ],
  }),
];

const none = { any: false, event: '', person: '', personWords: '', message: '', from: '', until: '' };

export const audit: AuditPage = {
  rows,
  pager: { olderUrl: '/admin/audit?before=1200' },
  findAction: '/admin/audit/find',
  exportAction: '/admin/audit/export',
  allUrl: '/admin/audit',
  events: auditEvents.map((name) => ({ name, words: eventWords[name], chosen: false })),
  formats: [
    { name: 'csv', words: 'CSV, for a spreadsheet' },
    { name: 'jsonl', words: 'JSON lines' },
    { name: 'cef', words: 'CEF, for a log collector' },
  ],
  chosen: none,
  isNewest: true,
  checkpoint: { seq: 1_180, at },
};

export const auditEmpty: AuditPage = { ...audit, rows: [], pager: {} };

export const auditFound: AuditPage = {
  ...audit,
  rows: rows.filter(({ who }) => who === bob.address),
  pager: {},
  chosen: { ...none, any: true, person: 'x'.repeat(43), personWords: bob.address, from: '2026-11-01' },
};

export const auditHostile: AuditPage = {
  ...audit,
  error: 'That is no mail address.',
  rows: [
    row(3, 'message-forwarded', {
      who: hostile,
      network: '192.0.2.1',
      details: [
        { name: hostile, value: hostile },
        { name: 'to', value: longWord.repeat(4) },
      ],
      message,
    }),
    row(2, 'signed-in', { who: longAddress, broken: true }),
  ],
};

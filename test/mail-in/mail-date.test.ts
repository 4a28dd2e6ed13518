import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMailDate } from '../../server/mail/mail-date.ts';

for (const [text, iso] of [
  ['Tue, 24 Nov 2026 18:00:00 +0100', '2026-11-24T17:00:00.000Z'],
  ['24 Nov 2026 18:00 -0330', '2026-11-24T21:30:00.000Z'],
  ['Tue, 24 Nov 26 18:00:00 GMT', '2026-11-24T18:00:00.000Z'],
  ['Tue,  1 Dec 2026 08:00:00 EST (Eastern)', '2026-12-01T13:00:00.000Z'],
  ['Tue, 24 Nov 99 18:00:00 Z', '1999-11-24T18:00:00.000Z'],
  ['29 Feb 2028 00:00:00 +0000', '2028-02-29T00:00:00.000Z'],
] as const) {
  test(`a date is read: ${text}`, () => assert.equal(parseMailDate(text), iso));
}

for (const text of [
  '',
  'yesterday',
  '1',
  '2026-11-24T18:00:00Z',
  '31 Feb 2026 00:00:00 +0000',
  '24 Nov 2026 25:00:00 +0000',
  '24 Nov 2026 18:61:00 +0000',
  '24 Foo 2026 18:00:00 +0000',
  '24 Nov 2026 18:00:00',
  '24 Nov 2026 18:00:00 +9999',
  '1 Jan 1900 00:00:00 +0000',
  'x Tue, 24 Nov 2026 18:00:00 +0100',
]) {
  test(`a date that is none gives none: ${JSON.stringify(text)}`, () => assert.equal(parseMailDate(text), undefined));
}

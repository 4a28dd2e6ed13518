// Entries of the audit log as they leave the program: one line each, whatever is in them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formats } from '../../server/audit/formats.ts';

const entry = (details: unknown) => ({
  seq: 7,
  at: '2026-11-28T08:00:00.000Z',
  event: 'sign-in-refused',
  messageId: null,
  recipientId: null,
  ...(details === undefined ? {} : { details }),
});

describe('an entry of the audit log', () => {
  test('is a row of CSV in which no cell is a formula, a row or another cell', () => {
    const hostile = ['=cmd|calc', '+1', '-1', '@sum(a1)', '\t=1', '  =1', '"=1', '%0A=1', '|x'];
    for (const name of hostile) {
      const line = formats.csv.line(entry({ actor: name, network: '192.0.2.1' }));
      const [, cell = ''] = /refused,("(?:[^"]|"")*"|[^,]*),192\.0\.2\.1,/.exec(line) ?? [];
      assert.match(cell, /^"?'/, name);
    }
    const line = formats.csv.line(entry({ address: 'a@b.example', reason: 'one, "two"\r\nthree' }));
    assert.equal(line, '7,2026-11-28T08:00:00.000Z,sign-in-refused,a@b.example,,,,"reason=one, ""two""\r\nthree"');
  });

  test('is a line of CEF in which no field ends another', () => {
    const line = formats.cef.line(entry({ actor: 'x=1 | y\\z\nCEF:0|', network: '192.0.2.1', words: 'a=b' }));
    assert.equal(
      line,
      'CEF:0|Sealpost|Sealpost|1|sign-in-refused|sign-in-refused|6|rt=1795852800000 externalId=7 ' +
        'suser=x\\=1 | y\\\\z CEF:0| src=192.0.2.1 msg={"words":"a\\=b"}',
    );
    assert.doesNotMatch(formats.cef.line(entry({ network: '198.51.100.0/24' })), / src=/, 'a network is no address');
  });

  test('says so when its particulars do not open', () => {
    assert.match(formats.csv.line(entry(undefined)), /does not open$/);
    assert.match(formats.cef.line(entry(undefined)), /msg=does not open$/);
    assert.equal('details' in (JSON.parse(formats.jsonl.line(entry(undefined))) as object), false);
  });
});

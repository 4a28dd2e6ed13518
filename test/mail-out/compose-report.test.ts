// Owns the proof that a mail which tells of a failure is a report that programs read (RFC 3464), and that nothing another server said
// becomes more than text in it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { composeMail } from '../../server/mail/compose.ts';
import type { OutgoingMail } from '../../server/mail/compose.ts';
import { readFailedDelivery } from '../../server/mail/delivery-status.ts';
import { writeDeliveryStatus } from '../../server/mail/write-delivery-status.ts';
import type { GivenUp } from '../../server/mail/write-delivery-status.ts';
import { failureStatus } from '../../server/messages/failure-status.ts';
import { address } from './courier-bench.ts';

const given: GivenUp = {
  reportingHost: 'example.com',
  arrivedAt: new Date('2026-11-24T10:00:00Z'),
  recipient: address('gone@recipient.example'),
  status: '5.1.1',
  answer: '550 5.1.1 <gone@recipient.example>: no such mailbox',
  remoteHost: 'mx.recipient.example',
};
const mail: OutgoingMail = {
  from: { address: address('secure@example.com'), name: 'Example Ltd' },
  to: { address: address('alice@example.com'), name: '' },
  subject: 'Not delivered',
  text: 'Grüße: it was not delivered.',
  html: '<p>It was not delivered. <img src="cid:logo"></p>',
  inline: [{ cid: 'logo', filename: 'logo.png', contentType: 'image/png', content: Buffer.from('png') }],
  mailId: '<1.failure@example.com>',
  date: new Date('2026-11-24T10:00:00Z'),
  loopMark: 'example.com',
  report: { status: writeDeliveryStatus(given), about: '<original@alice.example>' },
};

const composed = async (report: OutgoingMail['report']): Promise<string> => {
  const { report: _, ...plain } = mail;
  return (await composeMail(report === undefined ? plain : { ...plain, report })).toString('latin1');
};

describe('a report of a failure', () => {
  test('has the words first, as text and HTML, then the fields, then the id of what it is about and no more', async () => {
    const raw = await composed(mail.report);
    const [head = '', ...rest] = raw.split('\r\n\r\n');
    const unfolded = head.replace(/\r\n[ \t]+/g, ' ');
    const [, boundary = ''] =
      /^Content-Type: multipart\/report; report-type=delivery-status; boundary="([^"]+)"$/m.exec(unfolded) ?? [];
    assert.notEqual(boundary, '');
    const parts = rest.join('\r\n\r\n').split(`--${boundary}`);
    assert.equal(parts.length, 5);
    assert.match(
      parts[1] ?? '',
      /multipart\/alternative;[^]+text\/plain[^]+multipart\/related;[^]+text\/html[^]+image\/png/,
    );
    const [statusHead = '', ofReport = '', ofRecipient = ''] = (parts[2] ?? '').split('\r\n\r\n');
    assert.match(statusHead, /^\r\nContent-Type: message\/delivery-status\r\n/);
    assert.match(statusHead, /Content-Transfer-Encoding: 7bit/);
    assert.equal(ofReport, 'Reporting-MTA: dns; example.com\r\nArrival-Date: Tue, 24 Nov 2026 10:00:00 +0000');
    assert.equal(
      ofRecipient.trimEnd().replace(/\r\n /g, ' '),
      [
        'Final-Recipient: rfc822; gone@recipient.example',
        'Action: failed',
        'Status: 5.1.1',
        'Remote-MTA: dns; mx.recipient.example',
        'Diagnostic-Code: smtp; 550 5.1.1 <gone@recipient.example>: no such mailbox',
      ].join('\r\n'),
    );
    const [headersHead = '', headers = ''] = (parts[3] ?? '').split('\r\n\r\n');
    assert.match(headersHead, /Content-Type: text\/rfc822-headers\r\n/);
    assert.equal(headers.trimEnd(), 'Message-ID: <original@alice.example>');
    assert.match(parts[4] ?? '', /^--\s*$/);
    assert.deepEqual(readFailedDelivery(raw), { codes: '550 5.1.1' });
  });

  test('leaves out an id that is odd, and takes none that holds another field', async () => {
    for (const about of [undefined, '', 'no id at all']) {
      assert.doesNotMatch(await composed({ status: writeDeliveryStatus(given), about }), /rfc822-headers/);
    }
    await assert.rejects(composed({ status: writeDeliveryStatus(given), about: '<a@b.example>\r\nSubject: x' }));
  });

  test('is no report where there is nothing to report', async () => {
    assert.doesNotMatch(await composed(undefined), /multipart\/report|delivery-status/);
  });
});

describe('what another server said', () => {
  const hostile = [
    '550 5.1.1 no\r\nAction: delivered\r\nStatus: 2.0.0',
    '550 5.1.1 no\n\nFinal-Recipient: rfc822; eve@example.com\nAction: failed',
    '550 5.1.1 no\r\n.\r\nMAIL FROM:<eve@example.com>',
    '550 5.1.1 \u0000\u001b[31m caf\u00e9 \u202e \u2028Status: 2.0.0 \u0085x',
    `550 5.1.1 ${'x'.repeat(100_000)}`,
    `550 5.1.1 ${'many words '.repeat(10_000)}`,
    `550 5.1.1 ${'\r\n'.repeat(10_000)}Action: relayed`,
    '550 5.1.1 =?utf-8?q?=0D=0ABcc:_eve@example.com?= \r\n--boundary--',
  ];

  test('stays one field of plain, short lines', async () => {
    for (const answer of hostile) {
      const status = writeDeliveryStatus({ ...given, answer });
      assertInert(status);
      assert.deepEqual(readFailedDelivery(await composed({ status })), { codes: '550 5.1.1' });
    }
  });

  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (answer) => {
        assertInert(writeDeliveryStatus({ ...given, answer }));
      }),
    );
  });

  test('of itself as its name is left out where it is none', () => {
    for (const remoteHost of ['mx', '127.0.0.1', 'mx.example.com\r\nStatus: 2.0.0', 'mx.example.com; x', '']) {
      assert.doesNotMatch(writeDeliveryStatus({ ...given, remoteHost }), /Remote-MTA/);
    }
  });

  function assertInert(status: string): void {
    assert.match(status, /^(?:[\x20-\x7e]{0,78}\r\n)+$/);
    const names = status.split('\r\n').filter((line) => !/^[ \t]/.test(line));
    assert.deepEqual(
      names.map((line) => line.replace(/:.*/, '')).filter((name) => name !== 'Diagnostic-Code'),
      ['Reporting-MTA', 'Arrival-Date', '', 'Final-Recipient', 'Action', 'Status', 'Remote-MTA', ''],
    );
    assert.ok(names.filter((line) => line.startsWith('Diagnostic-Code: smtp; ')).length <= 1);
    assert.ok(status.length < 1_000);
    // A line of blanks alone would end the fields for some programs (RFC 5322 section 4.2).
    assert.doesNotMatch(status, /^[ \t]+\r$/m);
  }
});

test('the numbers fit what happened', () => {
  const numbers: [failure: string, status: string, answer: string | undefined][] = [
    ['RCPT 550 5.1.1', '5.1.1', '550 5.1.1'],
    ['RCPT 550', '5.0.0', '550'],
    ['END 451 4.3.0', '4.3.0', '451 4.3.0'],
    ['TLS', '4.4.7', undefined],
    ['RCPT 451', '4.4.7', '451'],
    ['CONNECT', '4.4.1', undefined],
    ['WRITE', '5.3.0', undefined],
    ['RETURNED 550 5.1.1', '5.1.1', '550 5.1.1'],
    ['RETURNED 5.2.2', '5.2.2', undefined],
    ['RETURNED', '5.0.0', undefined],
    ['RCPT 250 2.0.0', '4.4.7', undefined],
  ];
  for (const [failure, status, answer] of numbers) {
    assert.deepEqual({ answer: undefined, ...failureStatus(failure) }, { status, answer }, failure);
  }
});

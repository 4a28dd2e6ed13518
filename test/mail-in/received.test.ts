// Received fields as real servers write them, and as nobody should: what each says of its hop, and what is kept of all.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readHop, readTransit, transitLimits } from '../../server/mail/received.ts';
import type { Hop } from '../../server/mail/received.ts';

const real: readonly (readonly [who: string, value: string, hop: Hop | undefined])[] = [
  [
    'Postfix with TLS',
    'from app7.example.com (app7.example.com [192.0.2.7]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature ECDSA (P-256) server-digest SHA256) (No client certificate requested) by mail.example.com (Postfix) with ESMTPS id 4XyZ for <bob@recipient.example>; Sat, 28 Nov 2026 10:00:00 +0000 (UTC)',
    { from: 'app7.example.com', by: 'mail.example.com', tls: 'tls' },
  ],
  [
    'Postfix without TLS',
    'from app7.example.com (unknown [192.0.2.7]) by mail.example.com (Postfix) with ESMTP id 4XyZ; Sat, 28 Nov 2026 10:00:00 +0000 (UTC)',
    { from: 'app7.example.com', by: 'mail.example.com', tls: 'clear' },
  ],
  [
    'Postfix to a filter of its own',
    'from localhost (localhost [127.0.0.1]) by mail.example.com (Postfix) with ESMTP id 4XyZ; Sat, 28 Nov 2026 10:00:00 +0000',
    { from: 'localhost', by: 'mail.example.com', tls: 'local' },
  ],
  [
    'Postfix for a mail of its own machine',
    'by mail.example.com (Postfix, from userid 1000) id 4XyZ; Sat, 28 Nov 2026 10:00:00 +0000',
    undefined,
  ],
  [
    'Exim with TLS',
    'from [192.0.2.9] (helo=laptop) by mx.example.net with esmtpsa (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96) (envelope-from <a@example.net>) id 1r7abc-0001; Sat, 28 Nov 2026 10:00:00 +0000',
    { from: '[192.0.2.9]', by: 'mx.example.net', tls: 'tls' },
  ],
  [
    'Exim without TLS',
    'from host.example.net ([192.0.2.9]) by mx.example.net with esmtp (Exim 4.96) id 1r7abc; Sat, 28 Nov 2026 10:00:00 +0000',
    { from: 'host.example.net', by: 'mx.example.net', tls: 'clear' },
  ],
  [
    'Exchange Online',
    'from AM0PR01MB1.eurprd01.prod.exchangelabs.com (2603:10a6:208::1) by DB9PR01MB2.eurprd01.prod.exchangelabs.com (2603:10a6:10::2) with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.7000.1; Sat, 28 Nov 2026 10:00:00 +0000',
    {
      from: 'am0pr01mb1.eurprd01.prod.exchangelabs.com',
      by: 'db9pr01mb2.eurprd01.prod.exchangelabs.com',
      tls: 'tls',
    },
  ],
  [
    'Exchange within itself',
    'from EX1.corp.example (10.0.0.5) by EX1.corp.example (10.0.0.5) with mapi id 15.01.2507.1; Sat, 28 Nov 2026 10:00:00 +0000',
    { from: 'ex1.corp.example', by: 'ex1.corp.example', tls: 'unsaid' },
  ],
  [
    'an older Exchange with TLS',
    'from EX1.corp.example (10.0.0.5) by EX2.corp.example (10.0.0.6) with Microsoft SMTP Server (TLS) id 15.0.1497.2; Sat, 28 Nov 2026',
    { from: 'ex1.corp.example', by: 'ex2.corp.example', tls: 'tls' },
  ],
  [
    'Gmail',
    'from mail-lf1.example.com (mail-lf1.example.com. [2001:db8::8]) by mx.google.com with ESMTPS id 2adb for <x@example.com> (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256); Sat, 28 Nov 2026 02:00:00 -0800 (PST)',
    { from: 'mail-lf1.example.com', by: 'mx.google.com', tls: 'tls' },
  ],
  ['Gmail within itself', 'by 2002:a05:6402:1 with SMTP id k1; Sat, 28 Nov 2026 02:00:00 -0800 (PST)', undefined],
  [
    'Sendmail',
    'from relay.example (relay.example [192.0.2.1] (may be forged)) by mx.example (8.17.1/8.17.1) with ESMTPS id 3AS (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NOT); Sat, 28 Nov 2026',
    { from: 'relay.example', by: 'mx.example', tls: 'tls' },
  ],
  [
    'Dovecot by LMTP',
    'from mx.example ([192.0.2.2]) (using TLSv1.3 with cipher X) by store.example with LMTPS id abc; Sat, 28 Nov 2026',
    { from: 'mx.example', by: 'store.example', tls: 'tls' },
  ],
  ['qmail', '(qmail 4711 invoked from network); 28 Nov 2026 10:00:00 -0000', undefined],
  [
    'qmail from a host',
    'from unknown (HELO host.example) (192.0.2.3) by mx.example with SMTP; 28 Nov 2026',
    { from: 'unknown', by: 'mx.example', tls: 'clear' },
  ],
];

const hostile: readonly (readonly [what: string, value: string, hop: Hop | undefined])[] = [
  ['nothing', '', undefined],
  ['a from alone', 'from', { from: '', by: '', tls: 'unsaid' }],
  [
    'no protocol',
    'from a.example (a.example [192.0.2.1]) by b.example; Sat',
    { from: 'a.example', by: 'b.example', tls: 'unsaid' },
  ],
  [
    'a protocol nobody knows',
    'from a.example ([192.0.2.1]) by b.example with QMTPS; Sat',
    { from: 'a.example', by: 'b.example', tls: 'unsaid' },
  ],
  [
    'a host that calls itself TLS',
    'from TLSv1.3 (TLS1.3 [192.0.2.1]) by b.example with SMTP; Sat',
    { from: 'tlsv1.3', by: 'b.example', tls: 'clear' },
  ],
  [
    'a host called with and by',
    'from by (with [192.0.2.1]) by b.example with ESMTP; Sat',
    { from: 'by', by: 'b.example', tls: 'clear' },
  ],
  [
    'TLS in Exim’s helo',
    'from [192.0.2.1] (helo=version=TLS1_3) by b.example with smtp; Sat',
    { from: '[192.0.2.1]', by: 'b.example', tls: 'clear' },
  ],
  [
    'a helo that claims this machine',
    'from [192.0.2.1] (helo=[127.0.0.1]) by b.example with smtp; Sat',
    { from: '[192.0.2.1]', by: 'b.example', tls: 'clear' },
  ],
  [
    'a name that claims this machine',
    'from [127.0.0.1] (unknown [192.0.2.1]) by b.example with ESMTP; Sat',
    { from: '[127.0.0.1]', by: 'b.example', tls: 'clear' },
  ],
  [
    'TLS after the date',
    'from a.example ([192.0.2.1]) by b.example with SMTP; Sat (using TLSv1.3 with cipher X)',
    { from: 'a.example', by: 'b.example', tls: 'clear' },
  ],
  [
    'a comment without end',
    'from a.example (using TLSv1.3 by b.example with ESMTPS',
    { from: 'a.example', by: '', tls: 'unsaid' },
  ],
  [
    'comments in comments',
    `from a.example ${'('.repeat(500)}using TLS${')'.repeat(500)} by b.example with SMTP`,
    { from: 'a.example', by: 'b.example', tls: 'clear' },
  ],
  ['markup and encoded words', 'from <script> by =?utf-8?q?b?= with SMTP', { from: '', by: '', tls: 'clear' }],
  [
    'a name without end',
    `from ${'a'.repeat(1_000)} by b.example with SMTP`,
    { from: '', by: 'b.example', tls: 'clear' },
  ],
  [
    'directions of writing',
    'from a\u202eb.example by b.example with ESMTP',
    { from: '', by: 'b.example', tls: 'clear' },
  ],
];

describe('a Received field', () => {
  for (const [who, value, hop] of [...real, ...hostile]) {
    test(`of ${who} says what it says`, () => assert.deepEqual(readHop(value), hop));
  }
});

describe('the way of a mail', () => {
  const received = (value: string) => ({ name: 'received', value });
  const clear = (from: string) => received(`from ${from} ([192.0.2.1]) by b.example with SMTP; Sat`);

  test('is counted, with the hops in clear from the first on', () => {
    const headers = [...real.map(([, value]) => received(value)), { name: 'subject', value: 'from x by y with SMTP' }];
    assert.deepEqual(readTransit(headers), {
      hops: 11,
      withTls: 7,
      withoutTls: 3,
      unsaid: 1,
      without: [
        { from: 'unknown', by: 'mx.example' },
        { from: 'host.example.net', by: 'mx.example.net' },
        { from: 'app7.example.com', by: 'mail.example.com' },
      ],
    });
  });

  test('is nothing where nothing is said', () => {
    assert.equal(readTransit([]), undefined);
    assert.equal(readTransit([received('by a.example (Postfix, from userid 0) id 1')]), undefined);
    assert.equal(readTransit([received('from localhost ([127.0.0.1]) by a.example with SMTP')]), undefined);
  });

  test('stays small, whatever there is', () => {
    const flood = Array.from({ length: 10_000 }, (_, n) => clear(`h${n}.example`));
    const kept = readTransit(flood);
    assert.deepEqual([kept?.hops, kept?.without.length], [50, transitLimits.shown]);
    // The newest fifty, the earliest of them first.
    assert.equal(kept?.without[0]?.from, 'h49.example');
    const long = readTransit([received(`from a.example by b.example with SMTP ${'('.repeat(100_000)}`)]);
    assert.deepEqual([long?.hops, long?.withoutTls], [1, 1]);
    assert.ok(JSON.stringify(kept).length < 1_500);
  });
});

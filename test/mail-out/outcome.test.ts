// Owns the proof of how a server's answer is read: its numbers, and whether they are final.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, isPermanent, replyCodes, sent, unverified } from '../../server/mail/outcome.ts';

test('only the numbers of a reply are read', () => {
  assert.deepEqual(replyCodes('550 5.1.1 <bob@example.net> unknown'), { code: 550, enhanced: '5.1.1' });
  assert.deepEqual(replyCodes('550-5.7.26 first\n550 5.7.26 second'), { code: 550, enhanced: '5.7.26' });
  assert.deepEqual(replyCodes('250'), { code: 250 });
  assert.deepEqual(replyCodes('550 5.1.1'), { code: 550, enhanced: '5.1.1' });
});

test('what is no reply code is not taken for one', () => {
  assert.deepEqual(replyCodes(''), {});
  assert.deepEqual(replyCodes('55'), {});
  assert.deepEqual(replyCodes('5500 too long'), {});
  assert.deepEqual(replyCodes('650 no such class'), {});
  assert.deepEqual(replyCodes('550 4.1.1 another class'), { code: 550 });
  assert.deepEqual(replyCodes('550 5.1.1.1 an address?'), { code: 550 });
  assert.deepEqual(replyCodes('550 user 5.1.1'), { code: 550 });
});

test('a refusal is final only from MAIL on, only with 5xx, and only when it is not about our login', () => {
  for (const stage of ['MAIL', 'RCPT', 'DATA', 'END'] as const) {
    assert.ok(isPermanent(stage, 550));
    for (const code of [undefined, 250, 421, 451, 503, 530, 535, 538]) assert.ok(!isPermanent(stage, code));
  }
  for (const stage of ['CONNECT', 'TLS', 'GREETING', 'EHLO', 'AUTH'] as const) assert.ok(!isPermanent(stage, 550));
});

test('an outcome carries no words of the server', () => {
  assert.deepEqual(sent('250 2.0.0 ok bob@example.net', 'verified'), {
    kind: 'sent',
    response: '250 2.0.0',
    tls: 'verified',
  });
  assert.deepEqual(failed('RCPT', '550 5.1.1 bob@example.net'), {
    kind: 'failed',
    permanent: true,
    stage: 'RCPT',
    code: 550,
    enhanced: '5.1.1',
  });
  assert.deepEqual(failed('END'), { kind: 'failed', permanent: false, stage: 'END' });
  assert.deepEqual(unverified(), { kind: 'failed', permanent: false, stage: 'TLS', unverified: true });
});

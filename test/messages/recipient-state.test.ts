// The one word for what became of a message with one recipient, and the sentence for a failure.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { wordsIn } from '../../server/language/words.ts';
import { failureWords } from '../../server/messages/failure-words.ts';
import { recipientStatus } from '../../server/messages/recipient-state.ts';
import type { RecipientStatus, StatusFacts } from '../../server/messages/recipient-state.ts';

const NOW = '2026-11-21T10:00:00.000Z';
const english = wordsIn('en');
const none: StatusFacts = {
  revoked_at: null,
  own_expires_at: null,
  replied_at: null,
  opened_at: null,
  failed_at: null,
  notified_at: null,
};
const open = { expires_at: '2026-12-21T10:00:00.000Z', destroyed_at: null };

describe('what became of a message with a recipient', () => {
  // Each line adds a fact to those above it, and the newer fact wins over all of them.
  const facts: readonly (readonly [fact: Partial<StatusFacts>, status: RecipientStatus])[] = [
    [{}, 'queued'],
    [{ notified_at: NOW }, 'notified'],
    [{ failed_at: NOW }, 'bounced'],
    [{ opened_at: NOW }, 'opened'],
    [{ replied_at: NOW }, 'replied'],
    [{ revoked_at: NOW }, 'revoked'],
  ];
  test('is told by the last thing that counts', () => {
    let so: StatusFacts = none;
    for (const [fact, status] of facts) {
      so = { ...so, ...fact };
      assert.equal(recipientStatus(so, open, NOW), status);
    }
  });

  test('is over when the message is, except that an answer was given', () => {
    const expired = { ...open, expires_at: NOW };
    assert.equal(recipientStatus({ ...none, opened_at: NOW }, expired, NOW), 'expired');
    assert.equal(recipientStatus({ ...none, replied_at: NOW }, expired, NOW), 'replied');
    assert.equal(recipientStatus({ ...none, replied_at: NOW }, { ...open, destroyed_at: NOW }, NOW), 'revoked');
    assert.equal(recipientStatus(none, { ...open, expires_at: null }, NOW), 'queued');
  });
});

describe('a failure in words', () => {
  test('names the domain, what its server did and the numbers it gave', () => {
    assert.equal(
      failureWords(english, 'RCPT 550 5.1.1', 'example.net'),
      'Our mail server did not take mail for example.net. Its answer: 550 5.1.1.',
    );
    assert.equal(failureWords(english, 'CONNECT', 'example.net'), 'Our mail server could not be reached.');
  });

  test('never blames the server for what was our own fault', () => {
    assert.doesNotMatch(failureWords(english, 'WRITE', 'example.net'), /example\.net/);
  });
});

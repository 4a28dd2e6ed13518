// What is filled into a sentence keeps its own order, and so does what is put together of such pieces.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isolated } from '../../server/language/isolate.ts';
import { momentAt } from '../../server/language/told.ts';
import { wordsIn } from '../../server/language/words.ts';

const ISO = '2026-11-30T23:59:59.999Z';

describe('isolating', () => {
  test('leaves alone what turns nothing, and holds together what would', () => {
    assert.equal(isolated('Alice', 'ltr'), 'Alice');
    assert.equal(isolated('…', 'rtl'), '…');
    assert.equal(isolated('יעל', 'ltr'), '\u2068יעל\u2069');
    assert.equal(isolated('Alice', 'rtl'), '\u2068Alice\u2069');
    assert.equal(isolated('+1 555', 'rtl'), '\u2068+1 555\u2069');
  });

  test('puts a day before its time, as the sentence around them goes', () => {
    for (const language of ['ar', 'he'] as const) {
      const words = wordsIn(language);
      const said = words.say('mail.labelled', { label: 'x', value: words.moment(new Date(ISO)) });
      assert.match(said, /\u2067\u2068[^\u2069]+2026\u2069[،,]? ?\u2068[^\u2069]*23:59[^\u2069]*\u2069\u2069/);
      const piece = words.tell('reading.message-when', { moment: momentAt(ISO), relative: 'x' }).find(({ iso }) => iso);
      assert.equal(piece?.text, `\u2067${words.moment(new Date(ISO))}\u2069`);
    }
    assert.match(wordsIn('en').moment(new Date(ISO)), /^Monday,? 30 November 2026, 23:59 UTC$/);
  });
});

describe('a text in pieces', () => {
  test('says what the whole text says, and gives each time once', () => {
    const words = wordsIn('en');
    const pieces = words.tell('reading.message-when', { moment: momentAt(ISO), relative: 'in 3 days' });
    assert.deepEqual(pieces, [{ text: words.moment(new Date(ISO)), iso: ISO, as: 'moment' }, { text: ', in 3 days' }]);
    assert.equal(
      pieces.map(({ text }) => text).join(''),
      words.say('reading.message-when', { moment: momentAt(ISO), relative: 'in 3 days' }),
    );
  });

  test('is not taken apart by what somebody is called', () => {
    const pieces = wordsIn('en').tell('account.event-message-forwarded', { to: '\u00005\u0000' });
    assert.ok(pieces.every(({ iso }) => iso === undefined));
  });

  test('says sizes in its language', () => {
    assert.match(wordsIn('fr').say('problem.files-too-large', { size: { bytes: 340 * 1024 } }), /340\s?ko/);
    assert.match(wordsIn('en').say('problem.files-too-large', { size: { bytes: 340 * 1024 } }), /340 kB/);
  });
});

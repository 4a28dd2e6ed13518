import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError, type RefusalCode } from '../../server/core/errors.ts';
import { LabelRefusal, unknownHeader } from '../../server/policy/refusals.ts';
import { answerLine, answerTo, answers } from '../../server/ingest/smtp-answers.ts';

describe('SMTP answers', () => {
  it('are those of the contract', () => {
    const promised: readonly [RefusalCode, string][] = [
      ['mail/unreadable', '554 5.6.0'],
      ['mail/too-large', '552 5.3.4'],
      ['mail/rights-protected', '550 5.6.1'],
      ['mail/author', '550 5.7.1'],
      ['policy/unknown-value', '554 5.6.0'],
      ['policy/refused', '554 5.7.1'],
      ['server/busy', '451 4.3.2'],
      ['server/storage-full', '452 4.3.1'],
    ];
    for (const [code, expected] of promised) {
      const answer = answerTo(new AppError(code, 'a sentence', { detail: 'a detail' }));
      assert.equal(`${answer.code} ${answer.enhanced}`, expected);
    }
  });

  it('show neither the sentence nor the detail of a refusal', () => {
    const line = answerLine(
      answerTo(new AppError('mail/unreadable', 'part 3 of secret.pdf', { detail: 'at byte 17' })),
    );
    assert.equal(line, '5.6.0 This is not a mail that can be read');
  });

  it('name the rule that refuses, as printable ASCII of bounded length', () => {
    const line = answerLine(answerTo(new AppError('policy/refused', `Rule “x”\r\n250 2.0.0 ok ${'y'.repeat(1000)}`)));
    assert.match(line, /^5\.7\.1 Rule "x" 250 2\.0\.0 ok y+$/);
    assert.ok(line.length < 500);
    assert.equal(
      answerLine(answerTo(new AppError('policy/refused', ''))),
      '5.7.1 A rule of this organisation refuses the mail',
    );
  });

  it('say nothing about what is no refusal, and ask to try again', () => {
    for (const thrown of [new Error('SQLITE_FULL: /var/lib/db'), 'text', undefined, { code: 'mail/author' }]) {
      assert.equal(answerTo(thrown), answers.weather);
    }
    assert.equal(answers.weather.code, 451);
    assert.equal(answers.weather.enhanced, '4.3.0');
  });

  it('carry an enhanced code of their own class', () => {
    for (const answer of Object.values(answers)) {
      assert.equal(answer.enhanced.slice(0, 1), String(answer.code).slice(0, 1), answer.text);
      assert.match(answerLine(answer), /^[\x20-\x7e]{1,200}$/);
    }
  });

  it('name the header that asks for something unknown, and a label that encrypts has words of its own', () => {
    const misspelt = answerLine(answerTo(unknownHeader('x-sealpost-expire')));
    assert.equal(misspelt, '5.6.0 The header X-Sealpost-Expire is unknown; its name may be misspelt.');
    assert.match(answerLine(answerTo(unknownHeader(`x-sealpost-${'y'.repeat(900)}`))), /^.{1,130}$/);
    const label = answerLine(answerTo(new LabelRefusal()));
    assert.equal(label, '5.6.1 The mail bears a label that encrypts, and no template stands for it.');
    const sealed = answerLine(answerTo(new AppError('mail/rights-protected', 'x')));
    assert.equal(sealed, '5.6.1 The mail is already rights-protected (message.rpmsg)');
  });
});

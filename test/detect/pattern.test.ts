import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '../../server/core/errors.ts';
import { lookThrough } from '../../server/detect/look.ts';
import { checkPattern } from '../../server/detect/pattern.ts';

describe("an administrator's own pattern", () => {
  const taken = [
    ['an account number', String.raw`[A-Z]{2}\d{2}[A-Z0-9]{10,30}`],
    ['the same as a whole word', String.raw`\b[A-Z]{2}\d{2}[A-Z0-9]{10,30}\b`],
    ['a project of ours', '(?i)project (?:alpha|beta|gamma)'],
    ['a staff number', String.raw`^staff no\.? ?\d{6,8}$`],
    ['a card in groups', String.raw`\b(?:\d[ -]?){13,19}\b`],
    ['an address', String.raw`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`],
    ['two words near each other', '(?:confidential|secret).{0,80}(?:merger|takeover)'],
    ['a long token', '[A-Za-z0-9_-]{20,200}'],
    ['words of any script', String.raw`\pL{1,200} vertraulich`],
    ['what others backtrack over', '(x+x+)+y'],
    ['what leads into many states', '(a|b)*a(a|b){12}'],
    ['what may begin anywhere', 'a.{60}b'],
  ] as const;
  for (const [what, pattern] of taken) {
    it(`may be ${what}: ${pattern}`, () => {
      checkPattern(pattern);
    });
  }

  const refused = [
    ['an empty one', '  ', /is empty/],
    ['one that is too long', 'a'.repeat(1_001), /longer than 1000 characters/],
    ['one that is too large', '(?:.{1,50}a){20}', /too large/],
    ['one with one large repetition', '[a-z]{999}', /too large/],
    ['one whose repetitions multiply', '(?:(?:a{1,30}){1,30}){1,30}', /too large|cannot be read/],
    ['one that matches nothing at all as well', String.raw`\d*`, /match everywhere/],
    ['one of which every part is optional', '(?:a|b?)', /match everywhere/],
    ['one that is a place only', String.raw`\b`, /match everywhere/],
    ['one that is open', '[a-z', /cannot be read/],
    ['one that looks around', '(?<!a)b(?=c)', /looking around/],
    ['one that goes back to a group', String.raw`(a)\1`, /going back to a group/],
    ['one with a character that texts are freed of', 'secret\u200bword', /U\+200B/],
  ] as const;
  for (const [what, pattern, why] of refused) {
    it(`is refused with the reason: ${what}`, () => {
      assert.throws(
        () => {
          checkPattern(pattern);
        },
        (error) => error instanceof AppError && error.code === 'request/malformed' && why.test(error.message),
      );
    });
  }

  it('is found in a text, each distinct match counted once', () => {
    const text = 'GB82WEST12345698765432, again GB82WEST12345698765432 and NL91ABNA0417164300; not GB82WEST';
    assert.equal(countOf(String.raw`[A-Z]{2}\d{2}[A-Z0-9]{10,30}`, text), 2);
    assert.equal(countOf(String.raw`[A-Z]{2}\d{2}[A-Z0-9]{10,30}`, 'gb82west12345698765432'), 0);
  });

  it('has the ends of a line in ^ and $', () => {
    assert.equal(countOf('^staff$', 'our\nstaff\nis here'), 1);
    assert.equal(countOf('^staff$', 'our staff is here'), 0);
  });

  it('ends on a text made against it', () => {
    assert.equal(countOf('(x+x+)+y', 'x'.repeat(200_000)), 0);
    assert.equal(countOf('(?:.{1,50}a){4}z', 'ab'.repeat(10_000)), 0);
  });
});

function countOf(pattern: string, text: string): number {
  const looks = [{ id: 'own', what: { kind: 'pattern', pattern, ignoreCase: false } }] as const;
  return lookThrough(looks, [{ source: 'body', part: 0, path: [], text }])[0]?.count ?? 0;
}

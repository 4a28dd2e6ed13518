import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linkRuns, textLinks } from '../../server/mail/safe-text.ts';

test('text without links is one run', () => {
  assert.deepEqual(linkRuns('hello\nworld', '/out/'), [{ text: 'hello\nworld' }]);
  assert.deepEqual(linkRuns('', '/out/'), []);
});

test('links become runs of their own, numbered in order', () => {
  const text =
    'See https://One.example/a, and <http://two.example/b>.\nWrite to mailto:a@b.example or https://three.example';
  assert.deepEqual(linkRuns(text, '/out/'), [
    { text: 'See ' },
    { text: 'https://One.example/a', url: '/out/0' },
    { text: ', and <' },
    { text: 'http://two.example/b', url: '/out/1' },
    { text: '>.\nWrite to ' },
    { text: 'mailto:a@b.example', url: 'mailto:a@b.example' },
    { text: ' or ' },
    { text: 'https://three.example', url: '/out/2' },
  ]);
  assert.deepEqual(textLinks(text), [
    { url: 'https://one.example/a', text: 'https://One.example/a' },
    { url: 'http://two.example/b', text: 'http://two.example/b' },
    { url: 'https://three.example/', text: 'https://three.example' },
  ]);
});

test('without a prefix a link leads where it says', () => {
  assert.equal(linkRuns('https://x.example/a', undefined)[0]?.url, 'https://x.example/a');
});

for (const [text, link] of [
  ['(https://x.example/a)', 'https://x.example/a'],
  ['https://x.example/a_(b)', 'https://x.example/a_(b)'],
  ['(see https://x.example/a_(b)).', 'https://x.example/a_(b)'],
  ['https://x.example/?a=1&b=2!', 'https://x.example/?a=1&b=2'],
  ['"https://x.example/"', 'https://x.example/'],
  ['*https://x.example/*', 'https://x.example/'],
  ['HTTPS://X.EXAMPLE/', 'HTTPS://X.EXAMPLE/'],
  ['https://x.example/\u202Egpj.exe', 'https://x.example/'],
] as const) {
  test(`the link in ${JSON.stringify(text)} ends where it should`, () =>
    assert.deepEqual(
      textLinks(text).map((found) => found.text),
      [link],
    ));
}

for (const text of [
  'javascript:alert(1)',
  'xhttps://x.example',
  'https://',
  'http://.',
  'ftp://x.example',
  'www.x.example',
  'mailto:nobody',
  'mailto:a@b.example,c',
  'https:x.example',
  'data:text/html,x',
  'http://[',
  'https://x.example:99999/',
]) {
  test(`no link is made of ${text}`, () =>
    assert.deepEqual(
      linkRuns(text, '/out/').filter((run) => run.url !== undefined),
      [],
    ));
}

test('joined together the runs are the text, whatever it was', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'https://',
      'http://x.example/',
      'mailto:',
      'a@b.example',
      '(',
      ')',
      '.',
      ' ',
      '\n',
      '<',
      '"',
      '\u202e',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      assert.equal(
        linkRuns(text, '/out/')
          .map((run) => run.text)
          .join(''),
        text,
      );
    }),
  );
});

test('of very many links only so many are links', () => {
  const runs = linkRuns('https://x.example/ '.repeat(5_000), '/out/');
  assert.equal(runs.filter((run) => run.url !== undefined).length, 1_000);
  assert.equal(linkRuns(`https://x.example/${'('.repeat(500_000)}`, '/out/').length > 0, true);
});

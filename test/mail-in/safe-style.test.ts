import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { filterStyle } from '../../server/mail/safe-style.ts';

for (const [style, expected] of [
  [
    'margin:0cm;margin-bottom:.0001pt;font-size:11.0pt;font-family:"Calibri",sans-serif',
    'margin:0cm;margin-bottom:.0001pt;font-size:11.0pt;font-family:"Calibri",sans-serif',
  ],
  [
    'border:solid windowtext 1.0pt;padding:0cm 5.4pt 0cm 5.4pt',
    'border:solid windowtext 1.0pt;padding:0cm 5.4pt 0cm 5.4pt',
  ],
  ['mso-fareast-language:EN-US;color:#1F497D;mso-style-type:personal', 'color:#1F497D'],
  ['text-indent:-18.0pt;margin-left:36.0pt', 'text-indent:-18.0pt;margin-left:36.0pt'],
  ['COLOR: RED; Font-Family: Arial', 'color:RED;font-family:Arial'],
  ['background:white', 'background-color:white'],
  ['background:#fff url(https://x.example/a.png) no-repeat', 'background-color:#fff'],
  ['background: url("data:image/png;base64,AAAA") #123456', ''],
  ['background-color:rgba(0, 0, 0, .5)', 'background-color:rgba(0, 0, 0, .5)'],
  ['color:hsl(120, 50%, 50%)', 'color:hsl(120, 50%, 50%)'],
  ['font:bold 12px/1.5 "Helvetica Neue", Arial, sans-serif', 'font:bold 12px/1.5 "Helvetica Neue", Arial, sans-serif'],
  ["font-family:'ＭＳ Ｐゴシック', Meiryo", "font-family:'ＭＳ Ｐゴシック', Meiryo"],
  ['width:600px !important;max-width: 100% ! important', 'width:600px !important;max-width:100% !important'],
  [
    'display:inline-block;vertical-align:-2px;line-height:105%',
    'display:inline-block;vertical-align:-2px;line-height:105%',
  ],
  ['margin:0 auto', 'margin:0 auto'],
  ['text-decoration:underline;letter-spacing:-.5pt', 'text-decoration:underline;letter-spacing:-.5pt'],
  [' ; ;color : red ;; ', 'color:red'],
] as const) {
  test(`style is kept as far as it is harmless: ${style}`, () => assert.equal(filterStyle(style).style, expected));
}

for (const style of [
  'position:fixed',
  'z-index:99999',
  'width:expression(alert(1))',
  'width:expression(1)',
  'color:expression(1)',
  'width:calc(1px + 1px)',
  'color:var(--x)',
  '--x:red',
  'color:re\\64',
  'c\\6flor:red',
  'background:\\75rl(x)',
  'background-color:url(x)',
  'background-image:url(x)',
  'background-image:linear-gradient(red,blue)',
  'list-style:url(x)',
  'list-style-image:url(x)',
  'border-image:url(x)',
  'content:"x"',
  'cursor:url(x)',
  'filter:blur(1px)',
  'behavior:url(x)',
  '-moz-binding:url(x)',
  'transform:scale(100)',
  'animation:x 1s',
  'transition:all 1s',
  'color:red/**/',
  '/**/color:red',
  'color:/**/red',
  'color:red}body{color:red',
  'color:{red',
  'font-family:"a;b"',
  'font-family:"a\nb\\',
  'font-family:"</style><script>"',
  'font-family:\'x" onload="y\'',
  'font-family:url(x)',
  'font-family:a,,b',
  'font:1px url(x)',
  'color:rgb(1,2,url(x))',
  'color:rgb(1,2)',
  'width:-1px',
  'width:1e9px',
  'width:999999px',
  'padding:-5px',
  'color:\u212Aelvin(1)',
  'color:\u212Aelvin',
  'text-align:ju\u017Ftify',
  'margin:1px 2px 3px 4px 5px',
  'display:flex(1)',
  'constructor:red',
  '__proto__:red',
  'toString:red',
  'color',
  'color:',
  ':red',
  'color:red !important !important',
  'color:red !',
  '@import url(x)',
]) {
  test(`style is dropped whole: ${JSON.stringify(style)}`, () => assert.equal(filterStyle(style).style, ''));
}

test('whatever goes in, only harmless characters come out', () => {
  const piece = fc.constantFrom(
    'color',
    'background',
    'font-family',
    ':',
    ';',
    ' ',
    'red',
    '#fff',
    'url(',
    ')',
    '"',
    "'",
    '\\',
    '/*',
    '*/',
    '{',
    '}',
    '@',
    '<',
    '!important',
    'x',
    '1px',
    ',',
    'expression(',
    '\n',
    '\0',
    'http://x',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const { style } = filterStyle(pieces.join(''));
      assert.doesNotMatch(style, /[\\{}<>@\0\n]|url|expression|\/\*|http/);
      assert.equal(filterStyle(style).style, style, 'and a second time nothing changes');
    }),
    { numRuns: 3_000 },
  );
});

test('what would be fetched is noticed', () => {
  for (const style of [
    'background:url(http://x/)',
    'background:URL( "//x/")',
    "background-image:image-set('https://x' 1x)",
    '@import "x"',
    'background:\\75 rl(x)',
  ])
    assert.ok(filterStyle(style).remote, style);
  for (const style of [
    'color:red',
    'background:url(cid:x)',
    'background:url(data:image/png;base64,AAAA)',
    'font-family:url',
  ])
    assert.ok(!filterStyle(style).remote, style);
});

test('a style that is too long or has too many declarations is cut off, not searched', () => {
  assert.equal(filterStyle(`color:red;${' '.repeat(100_000)}`).style, '');
  assert.equal(filterStyle('color:red;'.repeat(500)).style.split(';').length, 200);
});

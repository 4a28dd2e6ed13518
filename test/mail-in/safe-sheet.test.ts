// What of a mail's style sheets may stand: rules of its own elements that say how they look, and nothing else.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sanitize } from '../../server/mail/sanitize.ts';
import { safeSheet } from '../../server/mail/safe-sheet.ts';
import type { Scheme } from '../../server/mail/safe-sheet.ts';
import { checkHarmless, checkHarmlessSheet } from './canonical-html.ts';

const TAGS = new Set(['p', 'a', 'td', 'table', 'div', 'h1', 'span']);
const sheet = (css: string, scheme: Scheme = 'light', media?: string) =>
  safeSheet([{ css, media }], scheme, { isTag: (tag) => TAGS.has(tag), elements: 100 });
const css = (text: string, scheme?: Scheme): string => sheet(text, scheme).css;

describe('a rule is kept', () => {
  for (const [rule, expected] of [
    ['p{margin:0}', '#mail p{margin:0}'],
    [
      'p.MsoNormal, li.MsoNormal\n{margin:0cm;mso-x:y;font-size:11.0pt}',
      '#mail p.c-MsoNormal{margin:0cm;font-size:11.0pt}',
    ],
    ['P{margin-top:0}', '#mail p{margin-top:0}'],
    ['*{margin:0}', '#mail *{margin:0}'],
    ['#a .b>td:first-child{color:red}', '#mail .i-a .c-b>td:first-child{color:red}'],
    ['h1 > p , div a:hover{color:red}', '#mail h1>p,#mail div a:hover{color:red}'],
    [
      'body,#bodyTable{background-color:#FAFAFA!important}',
      '#mail .mail-body,#mail .i-bodyTable{background-color:#FAFAFA !important}',
    ],
    ['html body.x{color:red}', '#mail .mail-body.c-x{color:red}'],
    ['table[class=wide],td[id="x"]{width:100%}', '#mail table.c-wide,#mail td.i-x{width:100%}'],
    ['<!-- p{color:red} -->', '#mail p{color:red}'],
    ['p{color:red', '#mail p{color:red}'],
    ['p{/*@editable*/color:red;;}', '#mail p{color:red}'],
    ['@media only screen and (max-width:480px){p{margin:0}}', '@media screen and (max-width:480px){#mail p{margin:0}}'],
    [
      '@media (min-width: 480px) AND (orientation : portrait){p{margin:0}}',
      '@media (min-width:480px) and (orientation:portrait){#mail p{margin:0}}',
    ],
    ['@media screen, (-x-y:0){p{margin:0}}', '@media screen{#mail p{margin:0}}'],
    ['@media all{p{margin:0}}', '#mail p{margin:0}'],
    ['@media print{.ad{display:none}}', '@media print{#mail .c-ad{display:none}}'],
  ] as const) {
    test(rule, () => assert.equal(css(rule), expected));
  }

  test('with the media of its element', () => {
    assert.equal(
      sheet('p{margin:0}', 'light', 'screen and (min-width:480px)').css,
      '@media screen and (min-width:480px){#mail p{margin:0}}',
    );
    assert.equal(
      sheet('@media (max-width:9px){p{margin:0}}', 'light', 'screen').css,
      '@media screen and (max-width:9px){#mail p{margin:0}}',
    );
    assert.equal(sheet('@media print{p{margin:0}}', 'light', 'screen').css, '');
    assert.equal(sheet('p{margin:0}', 'light', 'speech').css, '');
  });
});

describe('nothing is left of', () => {
  for (const rule of [
    'p{position:fixed;z-index:9}',
    'p{content:"x"}',
    'p::before{color:red}',
    'p:before{color:red}',
    'p:not(.x){color:red}',
    'p:has(a){color:red}',
    'p:is(a){color:red}',
    'p[style*="x"]{color:red}',
    'p[title^=a]{color:red}',
    'a[href="x"]{color:red}',
    'a[class*=x]{color:red}',
    ':root{color:red}',
    'html{color:red}',
    'html.x p{color:red}',
    'details{display:none}',
    'summary{display:none}',
    'style{display:block}',
    'v\\:*{color:red}',
    '.a\\,b{color:red}',
    '.ä{color:red}',
    '& p{color:red}',
    'p &{color:red}',
    '.x/**/y{color:red}',
    'p p p p p p{color:red}',
    `.${'x'.repeat(400)}{color:red}`,
    '>p{color:red}',
    'p>{color:red}',
    'p > > a{color:red}',
    'p + p{color:red}',
    'p ~ p{color:red}',
    'p:nth-child(odd){color:red}',
    'p||a{color:red}',
    '*|p{color:red}',
    '@import "x";',
    '@font-face{font-family:x;src:url(y)}',
    '@page{margin:0}',
    '@keyframes x{from{color:red}}',
    '@layer x{p{color:red}}',
    '@supports (color:red){p{color:red}}',
    '@container (width>1px){p{color:red}}',
    '@scope (p){a{color:red}}',
    '@media not screen{p{color:red}}',
    '@media speech{p{color:red}}',
    '@media (min-width:calc(1px)){p{color:red}}',
    '@media (width>400px){p{color:red}}',
    '@media screen and (x:url(y)){p{color:red}}',
    '@media screen{@media print{p{color:red}}}',
    'p{color:red}}</style><script>x'.replace('p{color:red}', 'q{}'),
  ]) {
    test(rule.slice(0, 60), () => assert.equal(css(rule), ''));
  }

  test('rules in rules', () => {
    assert.equal(css('p{color:red;a{color:blue}&:hover{color:green}}'), '#mail p{color:red}');
  });

  test('more than a browser gets done with', () => {
    assert.ok(css('p{color:red}'.repeat(10_000)).split('}').length <= 2_001);
    assert.equal(css(`${Array.from({ length: 5_000 }, () => 'p').join(',')}{color:red}`), '');
    const often = `@media ${'screen,'.repeat(140)}screen{p{${'color:red;'.repeat(200)}}}`;
    assert.ok(css(often.repeat(20)).length < 500_000);
    const { css: few } = sanitize({
      html: `<style>${'b{color:red}'.repeat(1_000)}</style>${'<b>x</b>'.repeat(50_000)}`,
      images: new Map(),
      linkPrefix: '/l/',
    });
    assert.ok(few.split('}').length < 250);
    assert.equal(css(`p{color:red}${' '.repeat(500_000)}`), '');
  });
});

test('whatever a sheet says, only harmless rules come out', () => {
  const piece = fc.constantFrom(
    ...['p', '.a', '#b', 'body', '*', ' ', '>', ',', '{', '}', 'color:red', 'background:url(http://x)', ';', '"', "'"],
    ...['@media ', 'screen', '(max-width:9px)', ' and ', '(prefers-color-scheme:dark)', '@import ', '\\', '/*', '*/'],
    ...[
      '</style>',
      '<',
      '<!--',
      '-->',
      '[class=a]',
      ':hover',
      '::after',
      '&',
      '!important',
      '\n',
      '(',
      ')',
      'width:1px',
    ],
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.constantFrom<Scheme>('written', 'light', 'dark', 'device'),
      (text, scheme) => {
        const { css: out } = sheet(text.join(''), scheme);
        assert.doesNotMatch(out, /[\\<"'&]|url|import|http/);
        checkHarmlessSheet(out);
      },
    ),
    { numRuns: 5_000 },
  );
});

describe('a look for the dark', () => {
  const DARK = 'body{background:#fff}@media (prefers-color-scheme:dark){body{background:#000}p{color:#fff!important}}';

  test('is shown when it is asked for, and never on paper', () => {
    assert.equal(css(DARK, 'light'), '#mail .mail-body{background-color:#fff}');
    assert.equal(
      css(DARK, 'dark'),
      '#mail .mail-body{background-color:#fff}@media screen{#mail .mail-body{background-color:#000}}@media screen{#mail p{color:#fff !important}}',
    );
    assert.match(
      css(DARK, 'device'),
      /@media screen and \(prefers-color-scheme:dark\)\{#mail p\{color:#fff !important\}\}$/,
    );
    assert.match(css(DARK, 'written'), /@media \(prefers-color-scheme:dark\)\{#mail p\{color:#fff !important\}\}$/);
    assert.deepEqual(sheet(DARK, 'dark').page, { light: '#fff', dark: '#000' });
  });

  test('is left out when it says half: only the letters, only the ground, or a picture', () => {
    for (const half of ['p{color:#fff}', 'p{background:#000}', '.logo{display:none}']) {
      const found = sheet(`@media (prefers-color-scheme:dark){${half}}`, 'dark');
      assert.deepEqual([found.css, found.hasDark], ['', false], half);
    }
  });
});

test('what would be fetched is counted', () => {
  assert.equal(
    sheet(
      '@import url(https://x.example/a.css);@import "//x.example/b.css";@font-face{src:url("https://x.example/c")}p{background:url(https://x.example/d)}td{background:url(cid:e)}',
    ).remote,
    4,
  );
});

describe('in a mail', () => {
  const clean = (html: string) => sanitize({ html, images: new Map(), linkPrefix: '/l/' });

  test('elements keep the names that its sheets ask for, under names of ours', () => {
    const { html, css: kept } = clean(
      '<style>.a{color:red}#b{color:red}body{margin:0}</style><body id=c class="a x"><p class="x A a" id="b">1</p></body>',
    );
    assert.equal(kept, '#mail .c-a{color:red}#mail .i-b{color:red}#mail .mail-body{margin:0}');
    assert.equal(html, '<div class="mail-body c-a"><p class="c-a i-b">1</p></div>');
    checkHarmless(html, '/l/');
  });

  test('sheets are found where browsers find them', () => {
    assert.equal(clean('<p>x<style>p{margin:0}</style></p>').css, '#mail p{margin:0}');
    for (const html of [
      '<!--[if mso]><style>p{margin:0}</style><![endif]-->',
      '<!-- <style>p{margin:0}</style> -->',
      '<noscript><style>p{margin:0}</style></noscript>',
      '<svg><style>p{margin:0}</style></svg>',
      '<template><style>p{margin:0}</style></template>',
      '<p title="<style>p{margin:0}</style>">x</p>',
      '<textarea><style>p{margin:0}</style></textarea>',
      '&lt;style>p{margin:0}&lt;/style>',
    ])
      assert.equal(clean(html).css, '', html);
  });

  test('whatever stands in one, what comes out is harmless', () => {
    const piece = fc.constantFrom(
      ...['<style>', '</style>', '<style media="', '">', 'p{color:red}', '.a{color:red}', '<p class="a">', '</p>'],
      ...[
        '<body class=a>',
        '<blockquote>',
        '</blockquote>',
        '<!--',
        '-->',
        'x',
        '<details>',
        '<quote-div>',
        '"',
        "'",
        '<b',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const out = clean(pieces.join(''));
        checkHarmless(out.html, '/l/');
        checkHarmlessSheet(out.css);
      }),
      { numRuns: 2_000 },
    );
  });

  test('the colour of the whole page is told: the body’s own word last', () => {
    const sheetAlone = clean('<style>body{background:#eee}</style><body>x</body>');
    assert.equal(sheetAlone.page.light, '#eee');
    assert.equal(clean('<style>body{background:#eee}</style><body bgcolor=ddd000>x</body>').page.light, '#ddd000');
    assert.equal(clean('<body bgcolor="red;x" style="color:red">x</body>').page.light, undefined);
  });
});

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { limits } from '../../server/core/limits.ts';
import { createHtmlCleaner } from '../../server/mail/safe-html.ts';
import { checkHarmless } from './canonical-html.ts';
import { refusedAs } from './mails.ts';

const cleaner = createHtmlCleaner();
after(() => cleaner.close());

const PNG = 'data:image/png;base64,iVBORw0KGgo=';
const clean = (html: string, images: Readonly<Record<string, string>> = {}) =>
  cleaner.clean({ html, images: new Map(Object.entries(images)), linkPrefix: '/messages/x/links/' });
const OUT = 'target="_blank" rel="noopener noreferrer nofollow"';

test('tables, fonts and inline styles of real mail stay', async () => {
  const { html } = await clean(
    `<html xmlns:o="urn:x"><head><title>T</title><style>p{color:red}</style></head><body bgcolor="ffeeaa" style="margin:0"><center><table width=600 border=0 cellpadding="0" cellspacing=0 align=center bgcolor="#FFFFFF">
<tr><td colspan=2 valign=top nowrap style="mso-x:1;padding:0cm 5.4pt"><font face="Arial, Helvetica" size="+1" color=red>Hi</font><o:p></o:p></td></tr></table></center></body></html>`,
  );
  assert.equal(
    html.replace(/\n/g, ''),
    '<div style="background-color:#ffeeaa;margin:0"><center><table width="600" border="0" cellpadding="0" cellspacing="0" align="center" bgcolor="#FFFFFF"><tr><td colspan="2" valign="top" nowrap style="padding:0cm 5.4pt"><font face="Arial, Helvetica" size="+1" color="red">Hi</font></td></tr></table></center></div>',
  );
});

test('what only Outlook should see is not shown, and what others should see is', async () => {
  const { html } = await clean(
    '<!--[if mso]><p>mso</p><![endif]--><!--[if !mso]><!--><p>others</p><!--<![endif]--><![if !vml]><p>also</p><![endif]>',
  );
  assert.equal(html, '<p>others</p><p>also</p>');
});

test('ids, names, classes and attributes with odd values go', async () => {
  const { html } = await clean(
    `<p id=a name=b class=c onclick=d data-x=e width=calc(1px) align="left&quot;x" tabindex=1 contenteditable dir=up lang='"><b>'>x</p>`,
  );
  assert.equal(html, '<p>x</p>');
});

test('colours in attributes are colours', async () => {
  const { html } = await clean(
    '<table><tr><td bgcolor="red;x">1</td><td bgcolor="url(x)">2</td><td bgcolor=abcdef><font color="expression(1)">3</font></td></tr></table>',
  );
  assert.equal(html, '<table><tr><td>1</td><td>2</td><td bgcolor="abcdef"><font>3</font></td></tr></table>');
});

test('control characters go before anything is read', async () => {
  assert.equal((await clean('a\0b\x1bc<p\0>d\x7f</p>')).html, 'abc<p>d</p>');
});

test('of very many links only so many lead anywhere', async () => {
  const { html, links } = await clean('<a href="https://x.example/">x</a>'.repeat(2_001));
  assert.equal(links.length, 2_000);
  assert.ok(html.endsWith('<a>x</a>'));
});

test('pictures of the mail are shown, whichever way their Content-ID is written', async () => {
  const result = await clean(
    '<img src="cid:a@b" width=10 alt="A"><img src="CID:c%40d"><img src="cid:missing" alt="M"><img src=" cid:a@b ">',
    { 'a@b': PNG, 'c@d': PNG, unused: PNG },
  );
  assert.equal(
    result.html,
    `<img width="10" alt="A" src="${PNG}" /><img alt="" src="${PNG}" /><img alt="M" /><img alt="" src="${PNG}" />`,
  );
  assert.deepEqual(result.usedImages, ['a@b', 'c@d']);
  assert.equal(result.blockedRemote, 0);
});

test('only pictures that are data of a raster format are put in', async () => {
  for (const bad of [
    'https://x.example/a.png',
    'data:image/svg+xml;base64,AAAA',
    'data:text/html;base64,AAAA',
    'data:image/png,<b>',
    `${PNG}" onload="x`,
    'javascript:1',
    '',
  ]) {
    assert.equal((await clean('<img src="cid:a">', { a: bad })).html, '<img alt="" />', bad);
  }
  assert.equal((await clean(`<img src="${PNG}">`)).html, '<img alt="" />', 'nor data that the mail wrote itself');
});

test('one picture many times does not make a huge document', async () => {
  const picture = `data:image/png;base64,${'A'.repeat(1024 * 1024)}`;
  const { html } = await clean('<img src="cid:a">'.repeat(1_000), { a: picture });
  assert.ok(html.length < limits.inlineImageBytesMax * 1.5);
  assert.equal(html.split(picture).length - 1, 10);
});

test('links lead out by number, and are told in order', async () => {
  const result = await clean(
    '<a href="https://One.example/a b?x=1&amp;y=2">first <b>link</b></a> <a href=" HTTP://two.example ">https://bank.example</a> <a href="https://bücher.example/">\n  three\n </a>',
  );
  assert.equal(
    result.html,
    `<a href="/messages/x/links/0" ${OUT}>first <b>link</b></a> <a href="/messages/x/links/1" ${OUT}>https://bank.example</a> <a href="/messages/x/links/2" ${OUT}>\n  three\n </a>`,
  );
  assert.deepEqual(result.links, [
    { url: 'https://one.example/a%20b?x=1&y=2', text: 'first link' },
    { url: 'http://two.example/', text: 'https://bank.example' },
    { url: 'https://xn--bcher-kva.example/', text: 'three' },
  ]);
});

for (const href of [
  'javascript:1',
  'JaVa\tScRiPt:1',
  ' javascript:1',
  '\u0001javascript:1',
  'data:text/html,x',
  'vbscript:1',
  'file:///etc/passwd',
  'ftp://x.example/',
  'tel:1',
  'cid:x',
  '#top',
  '/relative',
  'relative',
  '?x',
  '//x.example/',
  '',
  'https://',
  'http:///',
  'blob:https://x.example/1',
  'about:blank',
  'ms-excel:ofe|u|https://x.example',
  `https://x.example/${'a'.repeat(10_000)}`,
]) {
  test(`no link is left of ${JSON.stringify(href.slice(0, 40))}`, async () => {
    const result = await clean(`<a href="${href}">x</a>`);
    assert.equal(result.html, '<a>x</a>');
    assert.deepEqual(result.links, []);
  });
}

test('a link to a mail address keeps the address alone', async () => {
  const result = await clean(
    '<a href="mailto:a@b.example?subject=x&body=y&bcc=z@evil.example">m</a><a href="MAILTO:a%2Bb@c.example,d@e.example">n</a>',
  );
  assert.equal(
    result.html,
    `<a href="mailto:a@b.example" ${OUT}>m</a><a href="mailto:a%2Bb@c.example,d@e.example" ${OUT}>n</a>`,
  );
  assert.deepEqual(result.links, []);
  for (const bad of [
    'mailto:',
    'mailto:nobody',
    'mailto:?bcc=a@b.example',
    'mailto:a@b.example,x',
    'mailto:a@b.example%0ABcc:c@d.example',
    'mailto:"a b"@c.example',
  ]) {
    assert.equal((await clean(`<a href='${bad}'>m</a>`)).html, '<a>m</a>', bad);
  }
});

test('a mail cannot write links that look like ours', async () => {
  const result = await clean(
    '<a href="/messages/x/links/7">x</a><a href="https://x.example/" target="_top" rel="opener">y</a>',
  );
  assert.equal(result.html, `<a>x</a><a href="/messages/x/links/0" ${OUT}>y</a>`);
});

test('text stays text, whatever it looks like', async () => {
  const { html, textLength } = await clean('a < b & c &lt;script&gt; &amp;lt; "quoted" &nbsp;&#x1F600;');
  const { text, elements } = checkHarmless(html, '/');
  assert.equal(text, 'a < b & c <script> &lt; "quoted" \u00a0😀');
  assert.deepEqual(elements, []);
  assert.ok(textLength > 30);
});

test('an empty or odd document gives an empty or plain fragment', async () => {
  for (const html of [
    '',
    ' ',
    '<',
    '<>',
    '</',
    '<!',
    '<!--',
    '<?xml',
    '<a',
    '</p>',
    '<p',
    '<style>',
    '<title>x',
    '<svg>x',
  ])
    checkHarmless((await clean(html)).html, '/');
});

// How long each takes is bounded by the pool; what is tested is that each ends, harmless or refused.
const row = `<tr><td style="border:solid windowtext 1.0pt;padding:0cm 5.4pt" width=100><p style="margin:0cm;font-size:11.0pt">Hello <a href="https://x.example/">you</a></p></td></tr>`;
for (const [name, html] of [
  ['20,000 nested elements', `${'<div>'.repeat(20_000)}x${'</div>'.repeat(20_000)}`],
  ['20,000 elements that are never closed', `${'<b>'.repeat(20_000)}x`],
  ['1,000,000 nested elements', '<b>'.repeat(1_000_000)],
  ['3 MB of table', `<table>${row.repeat(3_000_000 / row.length)}</table>`],
  ['3 MB of entities', '&#65;'.repeat(600_000)],
  ['3 MB of less-than signs', '<'.repeat(3_000_000)],
  ['1,000,000 tags that are never ended', '<a '.repeat(1_000_000)],
  ['300,000 attributes', `<p ${Array.from({ length: 300_000 }, (_, n) => `a${n}=1`).join(' ')}>x`],
  ['one style of 3 MB', `<p style="background:url(${' '.repeat(3_000_000)}">x</p>`],
  ['40,000 styles made to back-track', `<p style="font-family:${'a ,'.repeat(16)}!">`.repeat(40_000)],
  ['400,000 end tags of nothing', '</div>'.repeat(400_000)],
  ['3 MB of open comments', '<!--'.repeat(750_000)],
] as const) {
  test(`ends, harmless or refused: ${name}`, async () => {
    const result = await clean(html).catch((error: unknown) => {
      assert.ok(refusedAs('mail/unreadable')(error), String(error));
    });
    if (result) checkHarmless(result.html, '/messages/x/links/');
    assert.equal((await clean('<p>next</p>')).html, '<p>next</p>');
  });
}

test('HTML over the limit is refused without being looked at', async () => {
  await assert.rejects(clean('x'.repeat(limits.bodyTextBytesMax + 1)), refusedAs('mail/unreadable'));
});

test('no element stands so deep that a browser gives up', async () => {
  const { html } = await clean(`${'<div>'.repeat(2_000)}deep${'</div>'.repeat(2_000)}`);
  assert.ok(html.includes('deep'));
  assert.ok(html.split('<div>').length <= 300);
});

for (const [name, html] of [
  ['3 MB of tables in tables', `${'<div><table><tr><td>'.repeat(150_000)}deep`],
  ['3 MB of quotes in quotes', `${'<blockquote>'.repeat(130_000)}deep${'</blockquote>'.repeat(130_000)}`],
  ['30,000 quotes one after the other', `${'<blockquote type="cite">quoted</blockquote>'.repeat(30_000)}deep`],
] as const) {
  test(`what it says is shown: ${name}`, async () => {
    const { html: shown } = await cleaner.clean({ html, images: new Map(), linkPrefix: '/', foldedWords: 'Quoted' });
    assert.ok(shown.includes('deep'));
    checkHarmless(shown.replace(/<summary>Quoted<\/summary>|<\/?details[^>]*>/g, ''), '/');
  });
}

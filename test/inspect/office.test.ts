// Texts of Office files: wherever one can stand in them, seen or not.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pptx } from '../viewing/samples.ts';
import { docx, openDocument, openXml, part, runs, xlsx } from './office-samples.ts';
import { read } from './read.ts';
import { zip } from './zip.ts';

const NUMBER = '4111 1111 1111 1111';

describe('a document', () => {
  const boxed = `<w:p><w:r><w:t>before </w:t></w:r><w:r><mc:AlternateContent><mc:Choice><wp:txbxContent>${runs(NUMBER)}</wp:txbxContent></mc:Choice></mc:AlternateContent></w:r><w:r><w:t>after</w:t></w:r></w:p>`;
  const body = part('w:body', runs(NUMBER));
  const places: readonly (readonly [string, Buffer])[] = [
    ['a paragraph', docx(runs(NUMBER))],
    ['pieces of a line', docx(runs('4111 1', '111 11', '11 1111'))],
    ['hidden letters', docx(`<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>${NUMBER}</w:t></w:r></w:p>`)],
    ['a table', docx(`<w:tbl><w:tr><w:tc>${runs('Card')}</w:tc><w:tc>${runs(NUMBER)}</w:tc></w:tr></w:tbl>`)],
    ['a text box', docx(boxed)],
    ['a field', docx(`<w:p><w:r><w:instrText>HYPERLINK "tel:${NUMBER}"</w:instrText></w:r></w:p>`)],
    ['a simple field', docx(`<w:p><w:fldSimple w:instr="QUOTE ${NUMBER}"/></w:p>`)],
    ['deleted letters', docx(`<w:p><w:del><w:r><w:delText>${NUMBER}</w:delText></w:r></w:del></w:p>`)],
    ['an alternative text', docx(`<w:p><w:r><w:drawing><wp:docPr descr="${NUMBER}"/></w:drawing></w:r></w:p>`)],
    ['a watermark', docx('', { 'word/header2.xml': part('w:hdr', `<v:textpath string="${NUMBER}"/>`) })],
    ['a list to choose from', docx(`<w:sdt><w:listItem w:displayText="${NUMBER}" w:value="1"/></w:sdt>`)],
    ['letters by their number', docx(runs('&#52;111 1111 1111 111&#x31;'))],
    ['a header', docx('', { 'word/header1.xml': body })],
    ['a footer', docx('', { 'word/footer1.xml': body })],
    ['a comment', docx('', { 'word/comments.xml': body })],
    ['a footnote', docx('', { 'word/footnotes.xml': body })],
    ['an endnote', docx('', { 'word/endnotes.xml': body })],
    ['a building block', docx('', { 'word/glossary/document.xml': body })],
    ['a variable', docx('', { 'word/settings.xml': part('w:settings', `<w:docVar w:name="x" w:val="${NUMBER}"/>`) })],
    ['a property', docx('', { 'docProps/core.xml': part('cp', `<dc:title>${NUMBER}</dc:title>`) })],
    ['a property of their own', docx('', { 'docProps/custom.xml': part('p', `<vt:lpwstr>${NUMBER}</vt:lpwstr>`) })],
    ['data that is kept along', docx('', { 'customXml/item1.xml': part('x', `<card number="${NUMBER}"/>`) })],
    ['a chart', docx('', { 'word/charts/chart1.xml': part('c:chart', `<c:v>${NUMBER}</c:v>`) })],
    [
      'an embedded workbook',
      docx('', {
        'word/embeddings/a.xlsx': xlsx([{ rows: `<row><c t="inlineStr"><is><t>${NUMBER}</t></is></c></row>` }]),
      }),
    ],
    ['a piece of HTML', docx('', { 'word/afchunk.htm': `<html><p>${NUMBER}</p></html>` })],
    ['a main part with another name', openXml({ 'word/document2.xml': part('w:document', runs(NUMBER)) })],
    [
      'another prefix for the same',
      openXml({ 'word/document.xml': part('x:document', `<x:p><x:t>${NUMBER}</x:t></x:p>`) }),
    ],
    [
      'two bytes a letter',
      openXml({ 'word/document.xml': Buffer.from(`\uFEFF<d><p><t>${NUMBER}</t></p></d>`, 'utf16le') }),
    ],
  ];
  for (const [place, file] of places) {
    test(`is read in ${place}`, async () => {
      const { text, unreadable } = await read(file);
      assert.ok(text.includes(NUMBER), text);
      assert.deepEqual(unreadable, []);
    });
  }

  test('keeps cells, paragraphs and boxes apart, and what was deleted out of what stands', async () => {
    const { text } = await read(
      docx(
        `<w:tbl><w:tr><w:tc>${runs('4111')}</w:tc><w:tc>${runs('1111')}</w:tc></w:tr></w:tbl>${runs('11')}${runs('11')}` +
          '<w:p><w:r><w:t>41</w:t></w:r><w:del><w:r><w:delText>99</w:delText></w:r></w:del><w:r><w:t>12</w:t></w:r></w:p>' +
          boxed,
      ),
    );
    assert.match(text, /4111 \t1111 \t\n11\n11\n4112\nbefore \n\n4111 1111 1111 1111\nafter\n/);
    assert.match(text, /99/);
  });

  test('says nothing of where its pictures stand', async () => {
    const { text } = await read(
      docx('<w:p><w:r><wp:posOffset>4111111111111111</wp:posOffset><w:t>x</w:t></w:r></w:p>'),
    );
    assert.equal(text.trim(), 'x');
  });

  test('with a part that is broken is read as far as it can be, and named', async () => {
    const { text, unreadable } = await read(
      docx(runs(NUMBER), { 'word/header1.xml': '<w:hdr><w:p>', 'word/footer1.xml': part('w:ftr', runs('The end')) }),
    );
    assert.ok(text.includes(NUMBER) && text.includes('The end'));
    assert.deepEqual(unreadable, ['broken']);
  });

  test('that carries what nobody reads is named with it', async () => {
    const { unreadable } = await read(docx(runs('x'), { 'word/embeddings/oleObject1.bin': Buffer.alloc(100, 1) }));
    assert.deepEqual(unreadable, ['unknown-kind word/embeddings/oleObject1.bin']);
    assert.deepEqual((await read(docx(runs('x'), { 'word/media/image1.png': Buffer.alloc(100, 1) }))).unreadable, []);
  });
});

describe('a workbook', () => {
  const cell = (value: string, more = ''): string => `<c ${more}><v>${value}</v></c>`;
  const row = (...cells: readonly string[]): string => `<row>${cells.join('')}</row>`;
  const places: readonly (readonly [string, Buffer, string?])[] = [
    ['a shared string', xlsx([{ rows: row(cell('0', 't="s"')) }], { strings: [NUMBER] })],
    [
      'a string in pieces',
      xlsx([{ rows: row(cell('0', 't="s"')) }], { strings: ['<r><t>4111 1111 </t></r><r><t>1111 1111</t></r>'] }),
    ],
    ['a string that no cell names', xlsx([{}], { strings: [NUMBER] })],
    ['an inline string', xlsx([{ rows: row(`<c t="inlineStr"><is><t>${NUMBER}</t></is></c>`) }])],
    ['a formula’s string', xlsx([{ rows: row(cell(NUMBER, 't="str"')) }])],
    ['a formula', xlsx([{ rows: row(`<c><f>"${NUMBER}"</f><v>0</v></c>`) }])],
    ['a number', xlsx([{ rows: row(cell('4111111111111111')) }]), '4111111111111111'],
    ['a number with a power', xlsx([{ rows: row(cell('4.1111111111111111E15')) }]), '4111111111111111'],
    [
      'a number with a format',
      xlsx([{ rows: row(cell('12345678', 's="1"')) }], { formats: ['000\\-00\\-0000'] }),
      '012-34-5678',
    ],
    [
      'a number with zeros before it',
      xlsx([{ rows: row(cell('12345', 's="1"')) }], { formats: ['00000000000'] }),
      '00000012345',
    ],
    ['a second sheet, which is hidden', xlsx([{}, { rows: row(cell(NUMBER, 't="str"')) }])],
    [
      'a header',
      xlsx([
        { more: `<headerFooter><oddHeader>&amp;L&amp;&quot;Arial&quot;${NUMBER}&amp;Rx</oddHeader></headerFooter>` },
      ]),
    ],
    [
      'a list to choose from',
      xlsx([
        {
          more: `<dataValidations><dataValidation><formula1>"${NUMBER}"</formula1></dataValidation></dataValidations>`,
        },
      ]),
    ],
    [
      'a comment',
      xlsx([{}], {
        parts: { 'xl/comments1.xml': part('comments', `<comment><text><r><t>${NUMBER}</t></r></text></comment>`) },
      }),
    ],
    [
      'a threaded comment',
      xlsx([{}], { parts: { 'xl/threadedComments/c1.xml': part('x', `<text>${NUMBER}</text>`) } }),
    ],
    [
      'a text box',
      xlsx([{}], { parts: { 'xl/drawings/drawing1.xml': part('d', `<a:p><a:r><a:t>${NUMBER}</a:t></a:r></a:p>`) } }),
    ],
    [
      'what a pivot table remembers',
      xlsx([{}], { parts: { 'xl/pivotCache/pivotCacheRecords1.xml': part('x', `<r><s v="${NUMBER}"/></r>`) } }),
    ],
    [
      'what another file said',
      xlsx([{}], { parts: { 'xl/externalLinks/externalLink1.xml': part('x', `<cell><v>${NUMBER}</v></cell>`) } }),
    ],
    ['a name', xlsx([{}], { parts: { 'xl/x.xml': part('workbook', `<definedName>"${NUMBER}"</definedName>`) } })],
    ['the name of a sheet', xlsx([{}], { parts: { 'xl/x.xml': part('workbook', `<sheet name="${NUMBER}"/>`) } })],
  ];
  for (const [place, file, expected = NUMBER] of places) {
    test(`is read in ${place}`, async () => {
      const { text, unreadable } = await read(file);
      assert.ok(text.includes(expected), text);
      assert.deepEqual(unreadable, []);
    });
  }

  test('has codes in its headers that are no letters of theirs', async () => {
    const header = `&amp;L&amp;"Arial,Bold"&amp;12 ${NUMBER}&amp;C&amp;KFF0000R&amp;&amp;D&amp;RPage &amp;P`;
    const { text } = await read(xlsx([{ more: `<headerFooter><oddFooter>${header}</oddFooter></headerFooter>` }]));
    assert.match(text, /^ 4111 1111 1111 1111\nR&D\nPage $/m);
  });

  test('keeps its cells apart, and how a word is spoken out of the word', async () => {
    const strings = ['<r><t>東</t></r><r><t>京</t></r><rPh><t>トウ</t></rPh>'];
    const { text } = await read(
      xlsx([{ rows: row(cell('0', 't="s"'), cell('1'), cell('2')) + row(cell('3')) }], { strings }),
    );
    assert.match(text, /東京\t1\t2\n3\n/);
    assert.match(text, /トウ/);
  });

  test('in the binary form is said to be of no known kind', async () => {
    const file = openXml({ 'xl/workbook.bin': Buffer.alloc(50, 1), 'xl/worksheets/sheet1.bin': Buffer.alloc(50, 1) });
    assert.deepEqual((await read(file)).unreadable, ['unknown-kind']);
  });

  test('is too large when its strings swell in its cells', async () => {
    const cells = row(...Array.from({ length: 100_000 }, () => cell('0', 't="s"')));
    const { unreadable, text } = await read(xlsx([{ rows: cells }], { strings: ['a'.repeat(30_000)] }));
    assert.deepEqual(unreadable, ['too-large']);
    assert.ok(text.length <= 4 * 1024 * 1024 + 100);
  });
});

describe('a presentation', () => {
  const slide = (text: string): string => part('p:sld', `<a:p><a:r><a:t>${text}</a:t></a:r></a:p>`);
  for (const [place, name, content] of [
    ['a slide', 'ppt/slides/slide9.xml', slide(NUMBER)],
    ['its notes', 'ppt/notesSlides/notesSlide1.xml', slide(NUMBER)],
    ['a comment', 'ppt/comments/comment1.xml', part('p:cmLst', `<p:cm><p:text>${NUMBER}</p:text></p:cm>`)],
    ['a master', 'ppt/slideMasters/slideMaster1.xml', slide(NUMBER)],
    ['a diagram', 'ppt/diagrams/data1.xml', slide(NUMBER)],
    ['a tag', 'ppt/tags/tag1.xml', part('p:tagLst', `<p:tag name="x" val="${NUMBER}"/>`)],
  ] as const) {
    test(`is read in ${place}`, async () => {
      const { text, unreadable } = await read(openXml({ 'ppt/presentation.xml': part('p', ''), [name]: content }));
      assert.ok(text.includes(NUMBER), text);
      assert.deepEqual(unreadable, []);
    });
  }

  test('is read slide by slide', async () => {
    const { text } = await read(pptx(['One', 'Two']));
    assert.match(text, /One\n\s*Two/);
  });
});

describe('an OpenDocument file', () => {
  const places: readonly (readonly [string, Buffer, string?])[] = [
    ['a paragraph', openDocument(`<text:p>${NUMBER}</text:p>`)],
    ['pieces of a line', openDocument('<text:p>4111<text:s/>1<text:span>111 1</text:span>111 1111</text:p>')],
    [
      'a table',
      openDocument(
        `<table:table-row><table:table-cell><text:p>${NUMBER}</text:p></table:table-cell></table:table-row>`,
      ),
    ],
    ['a note', openDocument(`<text:p>x<text:note><text:p>${NUMBER}</text:p></text:note></text:p>`)],
    ['a comment', openDocument(`<text:p>x<office:annotation><text:p>${NUMBER}</text:p></office:annotation></text:p>`)],
    ['a text box', openDocument(`<text:p>x<draw:text-box><text:p>${NUMBER}</text:p></draw:text-box></text:p>`)],
    ['what is written of a picture', openDocument(`<text:p><svg:desc>${NUMBER}</svg:desc></text:p>`)],
    [
      'a number',
      openDocument(
        '<table:table-cell office:value="4.111111111111111E15"><text:p>4.11E+15</text:p></table:table-cell>',
      ),
      '4111111111111111',
    ],
    ['a header', openDocument('', { 'styles.xml': `<style:header><text:p>${NUMBER}</text:p></style:header>` })],
    ['a property', openDocument('', { 'meta.xml': `<dc:title>${NUMBER}</dc:title>` })],
    ['a property of their own', openDocument('', { 'meta.xml': `<meta:user-defined>${NUMBER}</meta:user-defined>` })],
    ['an object inside', openDocument('', { 'Object 1/content.xml': `<text:p>${NUMBER}</text:p>` })],
    ['the name of a table', openDocument(`<table:table table:name="${NUMBER}"/>`)],
  ];
  for (const [place, file, expected = NUMBER] of places) {
    test(`is read in ${place}`, async () => {
      const { text, unreadable } = await read(file);
      assert.ok(text.includes(expected), text);
      assert.deepEqual(unreadable, []);
    });
  }

  test('with a password is said to be encrypted', async () => {
    const locked = openDocument('', {}, '<manifest:encryption-data/>');
    assert.deepEqual((await read(locked)).unreadable, ['encrypted']);
  });
});

test('a document inside of an archive is read as a document', async () => {
  const file = zip([{ name: 'in/letter.docx', content: docx(runs(NUMBER)), stored: true }]);
  const { texts } = await read(file);
  assert.ok(texts.some(({ path, text }) => path.join() === 'in/letter.docx' && text.includes(NUMBER)));
});

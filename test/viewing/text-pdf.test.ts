// Texts as PDFs: in every script that the portal speaks, in the order they are read, and whatever strangers wrote.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { openPdf } from '../../server/viewing/paint/pdf.ts';
import { heldText } from '../../server/viewing/text-pdf.ts';
import type { PdfText, WrittenPdf } from '../../server/viewing/text-pdf.ts';
import { testViewer } from './view.ts';

const viewer = testViewer();
after(() => viewer.close());

function write(text: string, more: Partial<PdfText> = {}): Promise<WrittenPdf> {
  return viewer.writePdf({ title: 'x', language: 'en', facts: [], notes: [], text: heldText(text).held, ...more });
}

/** As a program reads it that searches or copies; letters in their plain forms. */
async function read(pdf: Buffer, page = 1): Promise<string> {
  return (await drawn(pdf, page)).normalize('NFKC');
}

async function drawn(pdf: Buffer, page: number): Promise<string> {
  const { text } = await openPdf(pdf);
  assert.ok(text !== undefined);
  return text(page);
}

describe('a text as a PDF', () => {
  test('in Arabic is read from right to left, with what is not Arabic in its own direction', async () => {
    const { pdf, missing } = await write('نرفق لكم العقد رقم 4711 من Sealpost Portal قبل الجمعة', {
      language: 'ar',
      title: 'دعوة إلى الاجتماع',
      facts: [['من', '\u2068أليس <alice@example.com>\u2069']],
    });
    assert.equal(missing, 0);
    const text = await read(pdf);
    assert.match(text, /دعوة إلى الاجتماع/);
    assert.match(text, /نرفق لكم العقد رقم 4711 من Sealpost Portal قبل الجمعة/);
    assert.match(text, /alice@example\.com/);
  });

  test('says its title and its language to what reads it out', async () => {
    for (const [language, text] of [
      ['de', 'Guten Tag'],
      ['ar', 'مرحبا\n'.repeat(200)],
      ['zh', '您好 >>\nendobj\n9 0 obj'],
    ] as const) {
      const { pdf } = await write(text, { language, title: 'Grüße (1' });
      const { info } = await (await getDocument({ data: new Uint8Array(pdf) }).promise).getMetadata();
      assert.deepEqual({ ...info }, { ...info, Language: language, Title: 'Grüße (1' });
      assert.match(await read(pdf), /Grüße/);
    }
  });

  test('in Arabic joins its letters', async () => {
    const forms = /\ufe91\ufef4\ufe96/; // at a word's beginning, in its middle and at its end
    const asDrawn = async (text: string): Promise<string> => drawn((await write(text, { language: 'ar' })).pdf, 1);
    assert.match(await asDrawn('بيت'), forms);
    assert.doesNotMatch(await asDrawn('ب\u200cي\u200cت'), forms);
  });

  test('in Hebrew is read from right to left, with points, numbers and Latin letters', async () => {
    const { pdf, missing } = await write('מצורף החוזה 4711 של Sealpost Portal עד יום שישי\nבְּרֵאשִׁית', { language: 'he' });
    assert.equal(missing, 0);
    const text = await read(pdf);
    assert.match(text, /מצורף החוזה 4711 של Sealpost Portal עד יום שישי/);
    assert.match(text.normalize('NFD').replace(/\p{M}/gu, ''), /בראשית/);
  });

  test('that mixes directions in one line keeps each word whole', async () => {
    const { pdf, missing } = await write('An invoice from العربية and from עברית of 12 pages');
    assert.equal(missing, 0);
    const text = await read(pdf);
    for (const part of ['An invoice from', 'العربية', 'and from', 'עברית', 'of 12 pages'])
      assert.ok(text.includes(part), `${part} in ${text}`);
  });

  test('in Japanese and in Chinese has its signs', async () => {
    const japanese = 'お世話になっております。契約書をお送りします。骨と直角、カタカナ、PDF 12通';
    const chinese = '现随信附上合同，编号4711，请签署。《书名号》骨、直、角。繁體中文：臺灣、憂鬱';
    for (const [language, text] of [
      ['ja', japanese],
      ['zh', chinese],
      ['de', `Ein Vertrag: ${japanese}`],
    ] as const) {
      const { pdf, missing } = await write(text, { language, title: text.slice(0, 8) });
      assert.equal(missing, 0, text);
      assert.ok((await read(pdf)).replace(/\s/g, '').includes(text.normalize('NFKC').replace(/\s/g, '')), text);
    }
  });

  test('draws signs as the country of the text does', async () => {
    const facts = { title: '1', language: 'en' };
    const japanese = (await write('骨の直角', facts)).pdf;
    const chinese = (await write('骨的直角', facts)).pdf;
    const both = (await write('骨の直角', { ...facts, language: 'ja' })).pdf;
    assert.notDeepEqual(japanese, chinese);
    assert.equal(japanese.length, both.length, 'the text decides, not the page');
  });

  test('counts what no font has, and draws it as a box that can be told', async () => {
    for (const [text, count] of [
      ['a\u{10ffff}b', 1], // no character
      ['a\ue123', 1], // private
      ['\u{13000}\u{13001}', 2], // hieroglyphs
      ['a\u0600b', 1], // has no width, and is seen all the same
      ['\u4dba', 1], // in the fonts' tables, and not in the fonts
    ] as const) {
      const { pdf, missing } = await write(text);
      assert.equal(missing, count, JSON.stringify(text));
      if (count > 0) assert.match(await read(pdf), /□/);
    }
  });

  test('of strangers is set in bounded time, whatever it is', { timeout: 120_000 }, async () => {
    const { held, isCut } = heldText('word '.repeat(1_000_000));
    assert.equal(isCut, true);
    const texts: Record<string, string> = {
      '5 MB': held,
      'one word': 'x'.repeat(5_000_000),
      'characters without width': 'a\u200b\u200d\u2066\ufeff'.repeat(20_000) + '\u200b'.repeat(100_000),
      'halves of characters': '\ud800 \udc00\udc00a\ud83d'.repeat(10_000),
      'marks on one letter': `a${'\u0301'.repeat(10_000)}b`,
      'marks on many': `b${'\u0489\u0300'.repeat(14)}`.repeat(3_000),
      'directions in each other': '\u2067a\u2066ب\u202e'.repeat(20_000),
      lines: 'ب\n'.repeat(100_000),
      blanks: ' \t'.repeat(50_000),
      'every sign': Array.from({ length: 20_000 }, (_, n) => String.fromCharCode(0x4e00 + n)).join(''),
    };
    for (const [name, text] of Object.entries(texts)) {
      const { pdf } = await write(text, { title: text.slice(0, 900) });
      assert.equal(pdf.toString('latin1', 0, 5), '%PDF-', name);
    }
    const { missing } = await write(`a${'\u0301'.repeat(10_000)}b`);
    assert.equal(missing, 10_000 - 30, 'marks that are left out are counted');
  });

  test('never turns around what a stranger asks to be turned around', async () => {
    assert.match(await read((await write('invoice \u202efdp.exe')).pdf), /invoice fdp\.exe/);
  });
});

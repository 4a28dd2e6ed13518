// Proves that the document of a mail's HTML keeps the reader's rights and that the watermark cannot break out.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { wordsIn } from '../../server/language/words.ts';
import { loadTemplates } from '../../server/render/templates.ts';
import { watermarkUri } from '../../server/render/watermark.ts';
import { hostile, longAddress } from '../gallery/fixture-people.ts';

const templates = loadTemplates(join(import.meta.dirname, '../../views'));
const free = { words: wordsIn('en'), html: '<p>Dear <b>Bob</b></p>', mayPrint: true, mayCopy: true };

describe("the document of a mail's HTML", () => {
  it('holds the sanitised HTML as it is', () => {
    assert.ok(templates.mailBody(free).includes('<div id="mail" dir="auto"><p>Dear <b>Bob</b></p></div>'));
  });

  it('hinders nothing when everything is allowed', () => {
    assert.doesNotMatch(templates.mailBody(free), /user-select|@media print|data:image|does not allow/);
  });

  it('withholds printing, and says so', () => {
    const html = templates.mailBody({ ...free, mayPrint: false });
    assert.match(html, /@media print\{#mail,body::after\{display:none!important\}/);
    assert.match(html, /<p id="print">The sender does not allow this message to be printed\.<\/p>/);
    assert.doesNotMatch(html, /user-select/);
  });

  it('withholds copying', () => {
    const html = templates.mailBody({ ...free, mayCopy: false });
    assert.match(html, /body \*\{-webkit-user-select:none!important;user-select:none!important\}/);
    assert.doesNotMatch(html, /@media print/);
  });

  it('lays the watermark over the mail without catching the pointer', () => {
    const html = templates.mailBody({ ...free, watermark: 'bob@example.net' });
    assert.match(
      html,
      /body::after\{[^}]*pointer-events:none;background-image:url\("data:image\/svg\+xml,[^"]*bob%40example\.net/,
    );
  });

  it('keeps a hostile watermark inside the picture', () => {
    const html = templates.mailBody({ ...free, watermark: `${hostile}")}</style>\u0000\ud800` });
    assert.equal(html.match(/<\/style>/g)?.length, 1);
    assert.equal(html.match(/<script|onerror=/g), null);
  });

  it('carries no base address, no script and no form of its own', () => {
    assert.doesNotMatch(templates.mailBody(free), /<base[^>]*href|<script|<form|<link/);
  });
});

describe('a watermark', () => {
  for (const text of ['bob@example.net', longAddress, hostile, "o'neil(x)*!@example.net", '\u0000\u0008\ud800<&"\'>']) {
    it(`of ${JSON.stringify(text.slice(0, 24))} is one word of harmless letters that decodes to well-formed XML`, () => {
      const uri = watermarkUri(text);
      assert.match(uri, /^data:image\/svg\+xml,[A-Za-z0-9%._~-]+$/);
      const svg = decodeURIComponent(uri.slice(uri.indexOf(',') + 1));
      assert.equal(svg.match(/<[^>]*>/g)?.length, 8);
      assert.doesNotMatch(svg.replace(/<[^>]*>/g, ''), /<|>|&(?!(amp|lt|gt|quot);)/);
    });
  }
});

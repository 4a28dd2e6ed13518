// Proves what each mail says and what it never carries, in both of its parts.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { wordsIn } from '../../server/language/words.ts';
import { loadTemplates } from '../../server/render/templates.ts';
import { hostile } from '../gallery/fixture-people.ts';
import { mailFixtures } from '../gallery/mail-fixtures.ts';

const templates = loadTemplates(join(import.meta.dirname, '../../views'));
const mails = mailFixtures.map(({ name, render }) => ({
  name,
  ...render((name, model) => templates.mail(name, wordsIn('en'), model)),
}));

function mail(name: string): { html: string; text: string } {
  const found = mails.find((one) => one.name === name);
  assert.ok(found);
  return found;
}

describe('mails', () => {
  for (const { name, html, text } of mails) {
    it(`${name} lets no string from outside become markup`, () => {
      assert.doesNotMatch(html, /<script|<img src=x|onerror=alert\(2\)>'|"><svg/);
      assert.equal(html.match(/<\/style>/g)?.length, 2);
    });

    it(`${name} fetches nothing from elsewhere`, () => {
      for (const [, source] of html.matchAll(/<img[^>]* src="([^"]*)"/g)) assert.equal(source, 'cid:logo');
      assert.doesNotMatch(html, /<link|@import|url\(|background="/);
    });

    it(`${name} is laid out for Outlook and for dark mode`, () => {
      assert.match(html, /<meta name="color-scheme" content="light dark">/);
      assert.match(html, /<!--\[if mso\]><table role="presentation" width="600"/);
      for (const table of html.match(/<table[^>]*>/g) ?? []) assert.match(table, /role="presentation"/);
    });

    it(`${name} has a plain-text part without markup or entities`, () => {
      assert.ok(text.trim().length > 80);
      if (!name.endsWith('hostile')) assert.doesNotMatch(text, /<|&\w+;|\{\{/);
      assert.doesNotMatch(text, /\n{4}/);
    });
  }

  it('a notice has one link, with its address written out, in both parts', () => {
    for (const name of [
      'mail-notice--message',
      'mail-notice--reply-bare',
      'mail-notice--forward',
      'mail-notice--hostile',
      'mail-failure--plain',
    ]) {
      const { html, text } = mail(name);
      const [, link = ''] = /<a href="([^"]*)"/.exec(html) ?? [];
      assert.equal(html.match(/<a\s/g)?.length, 1);
      assert.ok(html.includes(`>${link}</p>`));
      assert.ok(text.split('\n').includes(link));
      assert.equal(text.match(/https?:/g)?.length, 1);
    }
  });

  it('a notice says who wrote, who passed it on and until when', () => {
    for (const part of Object.values(mail('mail-notice--forward')).slice(1)) {
      assert.match(part, /Dana Partner passed a sealed message on to you/);
      assert.match(part, /Alice Example, alice@example\.com/);
      assert.match(part, /Monday 21 December 2026/);
    }
    assert.doesNotMatch(mail('mail-notice--reply-bare').text, /Open until|Passed on|undefined/);
    assert.match(mail('mail-notice--reply-bare').html, /<img class="logo" src="cid:logo"/);
  });

  it('a code stands alone on its line, with its reference and no link at all', () => {
    const { html, text } = mail('mail-passcode--plain');
    assert.ok(text.split('\n').includes('48201735'));
    assert.ok(html.split('\n').includes('48201735'));
    for (const part of [html.replace(/ xmlns(:o)?="[^"]*"/g, ''), text]) {
      assert.match(part, /KXQP/);
      assert.match(part, /10 minutes/);
      assert.doesNotMatch(part, /https?:|www\.|href|<a\s|mailto:/);
    }
  });

  it('a code stands nowhere but on that line, so that no preview shows it', () => {
    const { html, text } = mail('mail-passcode--plain');
    assert.equal(html.split('48201735').length, 2);
    assert.equal(text.split('48201735').length, 2);
  });

  it('a reply keeps its lines', () => {
    const { html, text } = mail('mail-reply--plain');
    assert.match(html, /section 4 is fine\.<br>The list lacks the piano\./);
    assert.match(text, /Dear Alice,\n\nsection 4 is fine\.\nThe list lacks the piano\.\n\nBob\n/);
  });

  it('shows a hostile name as it was written in the text part', () => {
    assert.ok(mail('mail-notice--hostile').text.includes(hostile));
  });
});

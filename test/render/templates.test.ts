// Proves that every page renders in each of its states, that what comes from outside stays text, and that
// data can neither choose a template nor pass for a field that is missing.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadTemplates } from '../../server/render/templates.ts';
import { pageFixtures } from '../gallery/fixtures.ts';
import { shell } from '../gallery/fixture-parts.ts';

const VIEWS = join(import.meta.dirname, '../../views');
const templates = loadTemplates(VIEWS);
const rendered = pageFixtures.map((fixture) => ({
  name: fixture.name,
  html: fixture.render((...all) => templates.page(...all), 'dark'),
}));

describe('pages', () => {
  for (const { name, html } of rendered) {
    it(`${name} is a whole document with one heading and one main part`, () => {
      assert.match(html, /^<!doctype html>\n<html lang="en" dir="ltr" data-theme="dark">/);
      assert.match(html, /<\/html>\s*$/);
      assert.equal(html.match(/<h1[ >]/g)?.length, 1);
      assert.equal(html.match(/<main[ >]/g)?.length, 1);
      assert.match(html, /<title>[^<]+ · [^<]+<\/title>/);
    });

    it(`${name} lets no string from outside become markup`, () => {
      assert.doesNotMatch(html, /<script>|<img src=x|<svg\/onload|<\/style>/);
      assert.doesNotMatch(html, /\son\w+=|="[^"]*<|(?:href|src|action|formaction|content|data)="[^"]*javascript:/);
      assert.equal(html.match(/<\/title>/g)?.length, 1);
      assert.equal(html.match(/<\/textarea>/g)?.length, html.match(/<textarea/g)?.length);
    });

    it(`${name} posts each form with the token first`, () => {
      for (const form of html.match(/<form[\s\S]*?<\/form>/g) ?? []) {
        assert.match(form, /^<form[^>]* method="post"/);
        assert.match(form, /^<form[^>]*>\s*<input type="hidden" name="csrf" value="csrf-token">/);
      }
      assert.doesNotMatch(html, /method="get"|formmethod/);
      // Few buttons send the same form elsewhere: within the same message, to try a policy instead of saving it, to remove instead of
      // changing, and back to its own page at the place where something was added.
      for (const [, to] of html.matchAll(/formaction="([^"]*)"/g)) {
        assert.match(
          to ?? '',
          /^\/(?:messages\/\w+\/draft|admin\/policy\/(?:simulate|replays)|admin\/people\/(?:mailboxes|groups)\/remove|admin\/policy\/(?:new-rule|rules\/[\w-]+)#add-[\w.-]+)$/,
        );
      }
    });

    it(`${name} gives no element the same id as another`, () => {
      const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]);
      assert.deepEqual(ids, [...new Set(ids)]);
    });
  }

  it('show the hostile strings as they were written', () => {
    const page = rendered.find(({ name }) => name === 'message--hostile');
    assert.match(page?.html ?? '', /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
    assert.match(page?.html ?? '', /\{\{shell\.csrf\}\}/);
  });

  it('prefix their own links with the path of the portal', () => {
    const html = templates.page('home', { ...shell, base: '/mail/portal' }, { introduction: '' });
    const own = [...html.matchAll(/(?:href|src|action)="(\/[^"]*)"/g)]
      .map((match) => match[1] ?? '')
      .filter((url) => url !== shell.brand.styleUrl);
    assert.ok(own.length > 4);
    for (const url of own) assert.ok(url.startsWith('/mail/portal/'), url);
  });

  it('withhold printing and copying only where the protection says so', () => {
    const free = rendered.find(({ name }) => name === 'message--html')?.html ?? '';
    const bound = rendered.find(({ name }) => name === 'message--do-not-forward')?.html ?? '';
    assert.match(bound, /<body class="no-print-page no-copy">/);
    assert.match(bound, /class="watermark" aria-hidden="true">\s*<p>bob@example\.net/);
    assert.match(bound, /attachments\/2\?view/);
    assert.doesNotMatch(bound, /attachments\/\d"|>Download</);
    assert.doesNotMatch(free, /no-print-page|no-copy|watermark/);
    assert.match(free, /attachments\/2"/);
  });

  it('keep the mail in a frame that can run nothing', () => {
    const html = rendered.find(({ name }) => name === 'message--html')?.html ?? '';
    assert.match(html, /<iframe[^>]* sandbox="allow-popups allow-popups-to-escape-sandbox">/);
    for (const { html: page } of rendered) assert.doesNotMatch(page, /allow-scripts|<iframe(?![^>]*sandbox)/);
  });
});

describe('the engine', () => {
  it('refuses a page with a field missing', () => {
    assert.throws(() => templates.page('enter', shell, JSON.parse('{"introduction":""}')), /maskedAddress/);
  });

  it('refuses a name that is not in its fixed set', () => {
    for (const name of ['nothing', 'constructor', '__proto__', '../mail-body', 'layout']) {
      assert.throws(() => templates.page(JSON.parse(JSON.stringify(name)), shell, JSON.parse('{}')), /No template/);
    }
  });

  it('refuses what a field inherits instead of owning', () => {
    const inherited: { introduction: string } = Object.create({ introduction: 'from the prototype' });
    assert.throws(() => templates.page('enter', shell, JSON.parse('{}')));
    assert.doesNotMatch(templates.page('home', shell, inherited), /from the prototype/);
  });

  it('refuses to start with a template missing', () => {
    const copy = mkdtempSync(join(tmpdir(), 'views-'));
    try {
      cpSync(VIEWS, copy, { recursive: true });
      loadTemplates(copy);
      rmSync(join(copy, 'pages/home.hbs'));
      assert.throws(() => loadTemplates(copy), /home\.hbs/);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});

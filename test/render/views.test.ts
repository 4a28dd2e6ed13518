// Keeps the rules of the view files: one unescaped slot, nothing inline, plain words.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import Handlebars from 'handlebars';
import { readTexts } from '../../server/language/catalogue.ts';
import { compileOptions } from '../../server/render/templates.ts';
import { saidKeys } from './said-keys.ts';

const ROOT = join(import.meta.dirname, '../..');
const sources = readdirSync(join(ROOT, 'views'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.hbs'))
  .map((path) => ({ path, source: readFileSync(join(ROOT, 'views', path), 'utf8') }));
const texts = readTexts('en');
const isMail = (path: string): boolean =>
  path.startsWith('mail/') || /^(mail-body|partials\/(mail-|notice-))/.test(path);
const pages = sources.filter(({ path }) => !isMail(path));

/** What a reader of English sees: no tags, no template marks, no style sheet. */
function words(source: string): string {
  return source
    .replace(/\{\{[\s\S]*?\}\}/g, (mark) =>
      [...mark.matchAll(/'([^']*)'/g)].map(([, said = '']) => texts.get(said) ?? said).join(' '),
    )
    .replace(/<style>[\s\S]*?<\/style>|<!--[\s\S]*?-->|<[^>]*>|&\w+;/g, ' ');
}

describe('view files', () => {
  it('leave one string unescaped in all: the mail that was made safe', () => {
    const raw = sources.flatMap(({ path, source }) =>
      (source.match(/\{\{\{[^}]*\}\}\}|\{\{~?&/g) ?? []).map((slot) => `${path} ${slot}`),
    );
    assert.deepEqual(raw, ['mail-body.hbs {{{html}}}']);
  });

  it('compile, each of them', () => {
    for (const { path, source } of sources)
      assert.doesNotThrow(() => Handlebars.precompile(source, compileOptions), path);
  });

  for (const [fault, text] of [
    ['an open block', '{{#if page}}'],
    ['an unknown helper', '{{nonsense page}}'],
    ['broken braces', '{{page'],
  ] as const) {
    it(`would not compile with ${fault}`, () => {
      for (const { path, source } of sources)
        assert.throws(() => Handlebars.precompile(source + text, compileOptions), path);
    });
  }

  it('say nothing that the catalogue does not know', () => {
    const said = sources.flatMap(({ path, source }) => saidKeys(source).map((key) => ({ path, key })));
    assert.ok(said.length > 300);
    assert.deepEqual(
      said.filter(({ key }) => !texts.has(key)),
      [],
    );
  });

  it('name each partial outright, never by data', () => {
    for (const { path, source } of sources) {
      for (const [, name] of source.matchAll(/\{\{~?#?>\s*([^\s}]+)/g))
        assert.match(name ?? '', /^(@partial-block|[a-z-]+)$/, path);
    }
  });

  it('carry no style, no script and no handler inline in pages', () => {
    assert.ok(pages.length > 25);
    for (const { path, source } of pages) {
      assert.doesNotMatch(source, /<style|\sstyle=|\son[a-z]+=|javascript:/i, path);
      for (const [, attributes, body] of source.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)) {
        assert.match(attributes ?? '', / src="\{\{shell\.base\}\}\/static\//, path);
        assert.equal(body, '', path);
      }
    }
  });

  it('start no link of their own at the root of the host', () => {
    for (const { path, source } of pages) assert.doesNotMatch(source, /(?:href|src|action)="(?:\/|https?:)/, path);
  });

  it('quote every attribute that holds data', () => {
    for (const { path, source } of sources)
      if (!path.endsWith('.text.hbs')) assert.doesNotMatch(source, /<[^>]*\s[\w-]+=\{\{/, path);
  });

  it('name only files that exist in static/', () => {
    const named = pages.flatMap(({ source }) =>
      [...source.matchAll(/\/static\/([\w.-]+)|script='([\w.-]+)'/g)].map((match) => match[1] ?? match[2] ?? ''),
    );
    assert.ok(named.includes('portal.css') && named.includes('drop-zone.js'));
    for (const name of named) assert.ok(existsSync(join(ROOT, 'static', name)), name);
  });

  it('name only icons that are drawn', () => {
    const drawn = readFileSync(join(ROOT, 'static/icons.svg'), 'utf8');
    const named = sources.flatMap(({ source }) =>
      [...source.matchAll(/(?:> icon name=|icon=)'(\w+)'/g)].map((match) => match[1] ?? ''),
    );
    assert.ok(named.length > 10);
    for (const name of named) assert.ok(drawn.includes(`<symbol id="${name}"`), name);
  });

  it('speak calmly: nothing shouts, begs, sells or blames', () => {
    const views = sources.map(({ path, source }) => [path, words(source)] as const);
    for (const [path, said] of [...views, ...texts])
      assert.doesNotMatch(said, /!|\bplease\b|\boops\b|\binvalid\b|\bsorry\b|click here|sealpost/i, path);
  });

  it('put a verb first on each button', () => {
    const verbs =
      /^(Sign|Send|Check|Ask|Write|Decide|Leave|Manage|Newest|Stop|Save|Open|Reply|Forward|Go|Back|Take|Give|Change|Destroy|Keep|Update|Publish|Discard|Download|View|See|Read|Make|Rename|Set|Use|Newer|Older|Previous|Next|Try|Automatic|Light|Dark|Remove|Let|Refuse|Share|Unlock|Find|Search|Undo|Switch|New secret|Follow|Show|Approve|Import|Move|Add|\d)/;
    for (const { path, source } of pages) {
      for (const [, inner] of source.matchAll(/<(?:button|a class="button)[^>]*>([\s\S]*?)<\/(?:button|a)>/g)) {
        const text = words((inner ?? '').replace(/\{\{> icon [^}]*\}\}/g, ''))
          .replace(/\b(attachments?)\b|\{count, plural[^}]*\} other \{[^}]*\}\}/g, '')
          .trim();
        if (text !== '') assert.match(text, verbs, `${path}: ${text}`);
      }
    }
  });
});

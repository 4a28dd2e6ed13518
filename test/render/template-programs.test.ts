// Proves that the programs made of the views write what Handlebars' own engine writes, and that what they do not know
// stops the start.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import Handlebars from 'handlebars';
import { wordsIn } from '../../server/language/words.ts';
import { sayHelpers } from '../../server/render/say-helpers.ts';
import { helpers } from '../../server/render/template-helpers.ts';
import { TemplateMaker } from '../../server/render/template-programs.ts';
import { loadTemplates } from '../../server/render/templates.ts';
import { pageFixtures } from '../gallery/fixtures.ts';
import { mailFixtures } from '../gallery/mail-fixtures.ts';

const VIEWS = join(import.meta.dirname, '../../views');
const templates = loadTemplates(VIEWS);
const PIECES = new Map([
  ['piece', '<i>{{name}}</i>'],
  ['around', '<p>{{title}}: {{> @partial-block}}</p>{{> own}}'],
]);
const words = wordsIn('en');
const allHelpers = { ...helpers, ...sayHelpers };
const engine = handlebarsOwn();

describe('what is made of a view', () => {
  for (const { name, render } of pageFixtures) {
    test(`${name} is what Handlebars makes of it`, () => {
      const theirs = render(
        (page, shell, model) => engine.fill(`pages/${page}.hbs`, { words: shell.words, shell, page: model }),
        'auto',
      );
      assert.equal(
        render((...all) => templates.page(...all), 'auto'),
        theirs,
      );
    });
  }

  for (const { name, render } of mailFixtures) {
    test(`${name} is what Handlebars makes of it`, () => {
      const theirs = render((mail, model) => ({
        html: engine.fill(`mail/${mail}.html.hbs`, { ...model, words }),
        text: engine.fill(`mail/${mail}.text.hbs`, { ...model, words }, { noEscape: true }),
      }));
      assert.deepEqual(
        render((mail, model) => templates.mail(mail, words, model)),
        theirs,
      );
    });
  }
});

describe('the language of the views', () => {
  const context = {
    text: `<b>&"'\`= plain`,
    number: 7,
    no: 0,
    empty: [],
    list: [{ name: 'one' }, { name: 'two' }],
    words: ['a', 'b'],
    inner: { text: 'inner', nothing: null },
  };

  for (const source of [
    '{{text}} {{{text}}} {{number}} {{inner.text}} {{inner.nothing}}.',
    '{{#if no}}yes{{else}}no{{/if}} {{#if empty}}yes{{else}}no{{/if}} {{#unless empty}}none{{/unless}}',
    '{{#if inner.missing}}yes{{else if number}}second{{else}}third{{/if}}',
    '{{#each list}}{{name}}{{#unless @last}}, {{/unless}}{{else}}none{{/each}} {{#each empty}}x{{else}}none{{/each}}',
    '{{#each words}}{{this}}{{@root.number}}{{/each}}',
    '{{#with inner}}{{text}} {{@root.text}}{{/with}}{{#with missing}}x{{else}}without{{/with}}',
    '{{plural number "thing" "things"}} {{#if (either no (is number 7))}}seven{{/if}}',
    '{{#each list}}\n  {{> piece}}\n{{/each}}\n{{> piece inner name="named"}}',
    '{{#> around title=text}}between {{text}} {{title}}{{/around}}',
    '{{#> around title="t"}}{{#*inline "own"}}own {{text}}{{/inline}}between{{/around}}',
    '{{! a comment }}\n{{#if number}}\n  standing alone\n{{/if}}\nend',
  ]) {
    test(`${JSON.stringify(source)} is what Handlebars makes of it`, () => {
      assert.equal(made(source)(context), engine.compile(source)(context));
    });
  }

  for (const [what, source] of [
    ['a field that is not there', '{{missing}}'],
    ['a field of a field that is not there', '{{#if missing.text}}{{/if}}'],
    ['a field that is inherited', '{{constructor}}'],
    ['a field of a text', '{{text.anchor}}'],
    ['an object', '{{inner}}'],
    ['a list', '{{list}}'],
  ] as const) {
    test(`${what} is not written`, () => {
      assert.throws(() => made(source)(context));
    });
  }

  test('what an object says of its own markup does not count', () => {
    assert.throws(() => made('{{text}}')({ text: { toHTML: () => '<b>' } }));
    assert.throws(() => made('{{text}}')({ text: new Handlebars.SafeString('<b>') }));
    assert.throws(() => made('{{text}}')({ text: () => '<b>' }));
  });

  for (const source of [
    '{{nonsense text}}',
    '{{nonsense key=1}}',
    '{{#nonsense text}}{{/nonsense}}',
    '{{#is text text}}{{/is}}',
    '{{#with text as |t|}}{{/with}}{{> (is text text)}}',
    '{{../text}}',
    '{{@index}}',
    '{{* decorate}}',
    '{{#*other "name"}}{{/other}}',
    '{{> missing}}',
    '{{#if}}{{/if}}',
  ]) {
    test(`${source} stops the start`, () => {
      assert.throws(() => made(source));
    });
  }
});

function made(text: string): (context: object) => string {
  const partials = new Map([...PIECES].map(([name, piece]) => [name, { text: piece }]));
  partials.set('own', { text: 'nothing of its own' });
  const maker = new TemplateMaker({ helpers, partials });
  const template = maker.make({ text });
  maker.checkPartials();
  return template;
}

/** The views as Handlebars' own engine understands them, strictly. */
function handlebarsOwn() {
  const own = Handlebars.create();
  const pieces = Handlebars.create();
  for (const [name, helper] of Object.entries(allHelpers)) {
    own.registerHelper(name, helper);
    pieces.registerHelper(name, helper);
  }
  const knownHelpers = Object.fromEntries(Object.keys(allHelpers).map((name) => [name, true]));
  const options = { strict: true, knownHelpersOnly: true, knownHelpers, preventIndent: true };
  const read = (path: string): string => readFileSync(join(VIEWS, path), 'utf8');
  own.registerPartial('layout', own.compile(read('layout.hbs'), options));
  for (const file of readdirSync(join(VIEWS, 'partials'))) {
    own.registerPartial(file.replace(/\.hbs$/, ''), own.compile(read(`partials/${file}`).trimEnd(), options));
  }
  for (const [name, piece] of PIECES) pieces.registerPartial(name, pieces.compile(piece, options));
  pieces.registerPartial('own', pieces.compile('nothing of its own', options));
  return {
    fill: (path: string, context: object, more: CompileOptions = {}) =>
      own.compile(read(path), { ...options, ...more })(context),
    compile: (source: string) => pieces.compile(source, options),
  };
}

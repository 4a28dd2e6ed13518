// Keeps the catalogues whole: the same texts in every language, each used, each with the places and tags of the English
// one, and no text in a view or on a page that stands outside them.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { IntlMessageFormat } from 'intl-messageformat';
import { readTexts } from '../../server/language/catalogue.ts';
import { languages, localeOf } from '../../server/language/languages.ts';
import type { Language } from '../../server/language/languages.ts';
import { strayWords } from './stray-words.ts';

const root = join(import.meta.dirname, '../..');
const english = readTexts('en');

// Pages that only the people see who run the program; it speaks English to them.
const ENGLISH_VIEWS = [
  'pages/brand.hbs',
  'pages/brands.hbs',
  'pages/brand-remove.hbs',
  'pages/brand-version.hbs',
  'pages/audit.hbs',
  'pages/today.hbs',
  'pages/queue.hbs',
  'pages/api-keys.hbs',
  'pages/api-docs.hbs',
  'partials/api-fields.hbs',
  'partials/api-content.hbs',
  'partials/api-type.hbs',
  'pages/webhook.hbs',
  'partials/webhook-fields.hbs',
  'pages/webhooks.hbs',
  'pages/webhook-secret.hbs',
  'pages/settings.hbs',
  'pages/setup.hbs',
  'pages/setup-organisation.hbs',
  'pages/setup-relay.hbs',
  'pages/setup-mail-server.hbs',
  'pages/setup-test.hbs',
  'pages/domain.hbs',
  'partials/setup-place.hbs',
  'partials/setup-lines.hbs',
  'pages/certificates.hbs',
  'pages/certificate.hbs',
  'partials/chart.hbs',
  'pages/connectors.hbs',
  'pages/inbound.hbs',
  'pages/mta-sts.hbs',
  'pages/tls-reports.hbs',
  'pages/policy.hbs',
  'pages/policy-restore.hbs',
  'pages/rule-hits.hbs',
  'pages/rule.hbs',
  'pages/policy-part.hbs',
  'pages/reports.hbs',
  'pages/report.hbs',
  'pages/policy-version.hbs',
  'pages/policy-simulator.hbs',
  'pages/policy-replay.hbs',
  'pages/people.hbs',
  'pages/removal.hbs',
  'pages/help-desk.hbs',
  'partials/diff.hbs',
  'partials/policy-faults.hbs',
  'partials/policy-row.hbs',
  'partials/rule-row.hbs',
  'partials/rule-part.hbs',
  'partials/rule-field.hbs',
  'partials/rule-faults.hbs',
  'partials/rule-add.hbs',
  'partials/policy-trial.hbs',
  'partials/policy-tried.hbs',
  'pages/try-mail.hbs',
  'pages/try-mailbox.hbs',
  'mail/alert.html.hbs',
  'mail/alert.text.hbs',
  'mail/test.html.hbs',
  'mail/test.text.hbs',
];

// Their `many` is for whole millions, of which nothing here has that many.
const MILLIONS_ONLY: readonly Language[] = ['es', 'fr', 'it', 'pt'];

describe('the catalogues', () => {
  for (const language of languages) {
    const texts = (): ReadonlyMap<string, string> => readTexts(language);

    test(`${language} has each text that English has, and no other`, () => {
      assert.deepEqual([...texts().keys()].toSorted(), [...english.keys()].toSorted());
    });

    test(`${language} has the places and tags of the English texts`, () => {
      for (const [key, text] of english)
        assert.deepEqual(placesOf(texts().get(key) ?? '', language), placesOf(text, 'en'), key);
    });

    test(`${language} has every plural form that its grammar knows`, () => {
      const wanted = new Intl.PluralRules(localeOf(language))
        .resolvedOptions()
        .pluralCategories.filter((form) => form !== 'many' || !MILLIONS_ONLY.includes(language));
      for (const [key, text] of texts()) {
        for (const forms of pluralsOf(text, language)) {
          assert.deepEqual(
            wanted.filter((form) => !forms.includes(form)),
            [],
            `${key} lacks a form`,
          );
        }
      }
    });

    test(`${language} has no text that would be markup, nor one with blanks around it`, () => {
      for (const [key, text] of texts()) {
        assert.doesNotMatch(text, /&|<(?!\/?b>)|^\s|\s$/, key);
        assert.notEqual(text, '', key);
      }
    });
  }

  test('have no text that nothing says', () => {
    const sources = [...filesIn('server', '.ts'), ...filesIn('views', '.hbs')]
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const named = new Set([...sources.matchAll(/'([a-z][\w./-]*)'/g)].map(([, key]) => key));
    assert.deepEqual(
      [...english.keys()].filter((key) => !named.has(key)),
      [],
    );
  });

  test('hold every word of the views', () => {
    const views = join(root, 'views');
    const found = filesIn('views', '.hbs')
      .map((file) => file.slice(views.length + 1))
      .filter((view) => !ENGLISH_VIEWS.includes(view))
      .flatMap((view) => strayWords(readFileSync(join(views, view), 'utf8')).map((words) => `${view}: ${words}`));
    assert.deepEqual(found, []);
  });
});

function filesIn(folder: string, extension: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => join(root, folder, file));
}

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

function elementsOf(text: string, language: Language): Element[] {
  const deep = (elements: readonly Element[]): Element[] =>
    elements.flatMap((element) => [
      element,
      ...('options' in element ? Object.values(element.options).flatMap((option) => deep(option.value)) : []),
      ...('children' in element ? deep(element.children) : []),
    ]);
  return deep(new IntlMessageFormat(text, localeOf(language)).getAst());
}

const PLACES = new Set([1, 2, 3, 4, 5, 6, 8]); // all that take a value or are a tag: neither literal nor `#`

function placesOf(text: string, language: Language): string[] {
  const places = elementsOf(text, language).flatMap((element) =>
    PLACES.has(element.type) && 'value' in element && typeof element.value === 'string' ? [element.value] : [],
  );
  return [...new Set(places)].toSorted();
}

function pluralsOf(text: string, language: Language): string[][] {
  return elementsOf(text, language).flatMap((element) =>
    'pluralType' in element ? [Object.keys(element.options)] : [],
  );
}

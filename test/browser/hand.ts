// Owns a person who finds their way by the words of the catalogue, in whatever language and browser, and counts what
// they do. Every page they look at has to be in their language, in its direction, and as wide as their screen.

import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { simpleParser } from 'mailparser';
import type { Key, Values } from '../../server/language/catalogue.ts';
import { directionOf } from '../../server/language/languages.ts';
import type { Language } from '../../server/language/languages.ts';
import { wordsIn } from '../../server/language/words.ts';
import type { Words } from '../../server/language/words.ts';
import { DESKTOP, PHONE } from '../support/chromium.ts';
import { codeFor, mailTo } from '../support/mailbox.ts';
import { isTooWide } from './desk.ts';
import type { Desk, Look, Person } from './desk.ts';

export interface Way extends Look {
  readonly name: string;
  readonly language: Language;
  /** What stands before each address, so that no two ways are counted together. */
  readonly prefix: string;
}

/** Any two of language, scripts and width meet in one of these. */
export const ways: readonly Way[] = [
  { name: 'in English, at a desk, with scripts', language: 'en', viewport: DESKTOP, javaScript: true, prefix: 'a' },
  {
    name: 'in English, at 360 pixels, without scripts',
    language: 'en',
    viewport: PHONE,
    javaScript: false,
    prefix: 'b',
  },
  { name: 'in Arabic, at 360 pixels, with scripts', language: 'ar', viewport: PHONE, javaScript: true, prefix: 'c' },
  { name: 'in Arabic, at a desk, without scripts', language: 'ar', viewport: DESKTOP, javaScript: false, prefix: 'd' },
];

/** All but what the other tests go by. */
export const unusual = ways.slice(1);
/** Without scripts, in Arabic and at 360 pixels, in as few ways as can be: for what takes the server long. */
export const onPhones = ways.filter(({ viewport }) => viewport === PHONE);

/** As they stand in every language. */
const NAMES = /\b(?:UTC|PDF|JavaScript|eml)\b/g;

export class Hand {
  readonly desk: Desk;
  readonly person: Person;
  readonly address: string;
  words: Words;
  /** Links followed and buttons pressed so far. */
  actions = 0;

  constructor(desk: Desk, person: Person, address: string, language: Language) {
    this.desk = desk;
    this.person = person;
    this.address = address;
    this.words = wordsIn(language);
  }

  get page(): Page {
    return this.person.page;
  }

  /** The newest mail to this person whose subject says this. */
  async mail(key: Key, values: Values = {}): Promise<Letter> {
    const subject = this.says(key, values);
    for (const { raw } of await mailTo(this.desk.running, this.address)) {
      const { subject: found = '', text = '' } = await simpleParser(raw);
      const link = /https?:\/\/\S+/.exec(text)?.[0];
      if (subject.test(found)) return { subject: found, text, link: link ?? '' };
    }
    throw new Error(`${this.address} has no mail “${subject.source}”`);
  }

  /** Follows a link of a mail. */
  async open(url: string): Promise<void> {
    this.actions += 1;
    await this.page.goto(url);
    await this.look();
  }

  /** Presses the one button or follows the one link that says this. */
  async press(key: Key, values: Values = {}): Promise<void> {
    const name = this.says(key, values, 'all');
    const control = this.page.getByRole('button', { name }).or(this.page.getByRole('link', { name }));
    this.actions += 1;
    await control.click();
    await this.page.waitForLoadState();
    await this.look();
  }

  async type(key: Key, text: string): Promise<void> {
    await this.field(key).fill(text);
  }

  field(key: Key): Locator {
    return this.page.getByLabel(this.words.say(key), { exact: true });
  }

  /** Waits until the page says this. */
  async sees(key: Key, values: Values = {}): Promise<void> {
    await this.page.getByText(this.says(key, values)).first().waitFor();
  }

  async reads(text: string): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** From a page with "Send me a code" to the page behind the code. */
  async proveMailbox(): Promise<void> {
    await this.press('sign-in.code-send');
    await this.typeCode();
    await this.press('sign-in.verify-check');
  }

  async typeCode(): Promise<void> {
    await this.type('sign-in.verify-code', await codeFor(this.desk.running, this.address));
  }

  /** By "Sign in", where the address has to be typed. */
  async signIn(): Promise<void> {
    await this.type('sign-in.address', this.address);
    await this.proveMailbox();
  }

  /** Changes the language of all that follows. */
  async choose(language: Language, name: string): Promise<void> {
    await this.field('shell.language').selectOption({ label: name });
    this.words = wordsIn(language);
    this.actions += 1;
    await this.page.locator('form.language button').click();
    await this.page.waitForLoadState();
    await this.look();
  }

  /** What holds of every page. */
  async look(): Promise<void> {
    const { language } = this.words;
    const where = new URL(this.page.url()).pathname;
    assert.deepEqual(
      await this.page.evaluate('[document.documentElement.lang, getComputedStyle(document.documentElement).direction]'),
      [language, directionOf(language)],
      where,
    );
    assert.equal(await isTooWide(this.page), false, `${where} is as wide as the screen`);
    if (language === 'ar') assert.deepEqual(await this.#latin(), [], `${where} is in Arabic`);
  }

  /** A text of the catalogue as it may stand on a page: with or without isolates around what is filled in. */
  says(key: Key, values: Values = {}, extent: 'part' | 'all' = 'part'): RegExp {
    const filled = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? `\u2068${value}\u2069` : value]),
    );
    const text = this.words.mark(key, filled, { b: (inner) => inner });
    const pattern = text
      .replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
      .replace(/[\u2068\u2069]+/g, '[\u2066-\u2069]*');
    return new RegExp(extent === 'all' ? `^${pattern}$` : pattern);
  }

  /** Words in Latin letters that are nobody's name, address or text: nobody has translated them. */
  async #latin(): Promise<string[]> {
    const found: unknown = await this.page.evaluate(TEXTS);
    assert.ok(Array.isArray(found));
    return found
      .map((text) =>
        String(text)
          .replace(/\u2068[^\u2069]*\u2069/g, '')
          .replace(NAMES, ''),
      )
      .filter((text) => /[a-z]{3}/i.test(text));
  }
}

export interface Letter {
  readonly subject: string;
  readonly text: string;
  /** The first of its links. */
  readonly link: string;
}

/** Everything a page says, to the eye and to the ear, but for what people have written and what keeps its own direction. */
const TEXTS = `(() => {
  const foreign = 'bdi, [dir=auto], [lang]:not(html), textarea, .reference, .watermark';
  const title = document.title.split(' · ')[0];
  const texts = document.querySelector('h1[dir=auto], h1 > bdi')?.textContent.startsWith(title) ? [] : [title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    if (!parentElement.closest(foreign + ', script, style, svg')) texts.push(data.trim());
  }
  for (const one of document.body.querySelectorAll('[aria-label], [title], [alt], [placeholder]')) {
    for (const name of ['aria-label', 'title', 'alt', 'placeholder']) texts.push(one.getAttribute(name) ?? '');
  }
  return texts.filter((text) => text !== '');
})()`;

/** Somebody new, with a mailbox under a country's domain whose language theirs is. */
export async function takeHand(desk: Desk, way: Way, name: string): Promise<Hand> {
  const domain = way.language === 'ar' ? 'recipient.example.jo' : 'recipient.example';
  return newHand(desk, way, `${way.prefix}-${name}@${domain}`);
}

/** Somebody of the organisation, which is at home in two countries. */
export async function takeSender(desk: Desk, way: Way, name: string): Promise<Hand> {
  return newHand(desk, way, `${way.prefix}-${name}@${way.language === 'ar' ? 'example.jo' : 'example.com'}`);
}

async function newHand(desk: Desk, way: Way, address: string): Promise<Hand> {
  const person = await desk.person(way);
  return new Hand(desk, person, address, way.language);
}

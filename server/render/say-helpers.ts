// Owns how a template says a text of the catalogue: `{{say 'key' name=value}}`, `{{rich 'key' …}}` for a text with
// tags in it, and `{{> told pieces=(tell 'key' …)}}` for one with times. Only `rich` writes markup: tags of its own, around what is escaped here.

import Handlebars from 'handlebars';
import type { Key, Markup, Values } from '../language/catalogue.ts';
import { momentAt } from '../language/told.ts';
import type { At, Told } from '../language/told.ts';
import type { Given, Words } from '../language/words.ts';

interface HelperOptions {
  readonly hash: Given;
  readonly data: { readonly root: { readonly words: Words } };
}

/** A time in it would want pieces. */
interface RichOptions extends HelperOptions {
  readonly hash: Values;
}

export const sayHelpers = {
  /** Plain text, to be escaped like any other. */
  say: (key: Key, { hash, data }: HelperOptions): string => data.root.words.say(key, hash),
  /** The same in pieces, for the partial `told`. */
  tell: (key: Key, { hash, data }: HelperOptions): Told => data.root.words.tell(key, hash),
  /** A time (ISO 8601) as a value of such a text. */
  moment: (iso: string): At => momentAt(iso),
  /** Each value in a <bdi> of its own, so that a name of the other direction turns nothing around it. */
  rich: (key: Key, { hash, data }: RichOptions): Handlebars.SafeString =>
    new Handlebars.SafeString(data.root.words.mark(key, isolatedAndEscaped(hash), markup)),
};

const markup: Markup = {
  b: (inner) => `<strong>${inner}</strong>`,
};

function isolatedAndEscaped(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : `<bdi>${Handlebars.escapeExpression(value)}</bdi>`,
    ]),
  );
}

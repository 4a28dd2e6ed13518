// Owns which rules of a mail's style sheets may stand: selectors and media queries by safe-selector.ts, declarations by the
// grammars of safe-style.ts. What comes out is written anew from what fitted; nothing of the mail's own spelling is
// in it. The only wrapper of postcss and its parser that forgives what browsers forgive.

import { AtRule, Declaration, Rule } from 'postcss';
import type { ChildNode } from 'postcss';
import parse from 'postcss-safe-parser';
import { BODY_CLASS, MAIL_BOX, nameInMail, safeMedia, safeSelector } from './safe-selector.ts';
import type { SafeQuery } from './safe-selector.ts';
import { filterStyle } from './safe-style.ts';

export interface SheetSource {
  readonly css: string;
  /** The attribute of the element that holds it. */
  readonly media: string | undefined;
}

/**
 * In which light a mail is shown: as its reader's program decides (a copy), as it is meant for light, or for dark, or as
 * the reader's device asks for.
 */
export type Scheme = 'written' | 'light' | 'dark' | 'device';

/** What the sheets are for. */
export interface StyledMail {
  readonly isTag: (tag: string) => boolean;
  /** How many there are, roughly. */
  readonly elements: number;
}

export interface SafeSheet {
  readonly css: string;
  /** Classes (".x"), ids ("#x") and "body", as far as its selectors ask for them. */
  readonly names: ReadonlySet<string>;
  /** Places that would have fetched something from outside. */
  readonly remote: number;
  /** Whether the mail has a look of its own for the dark, and may be shown in it. */
  readonly hasDark: boolean;
  /** The colours of the page behind the mail. */
  readonly page: { readonly light?: string; readonly dark?: string };
}

export function safeSheet(sources: readonly SheetSource[], wanted: Scheme, mail: StyledMail): SafeSheet {
  const reading = new Reading(mail);
  for (const source of sources) reading.read(source);
  const { rules, names, remote } = reading;
  const hasDark = isDarkLook(rules.filter(({ scheme }) => scheme === 'dark'));
  // Half a look for the dark would be white on white, or black on black.
  const scheme = hasDark || wanted === 'written' ? wanted : 'light';
  const page = { ...pageColour(rules, 'light'), ...(hasDark ? pageColour(rules, 'dark') : {}) };
  return { css: rules.map((rule) => written(rule, scheme)).join(''), names, remote, hasDark, page };
}

/** The class attribute of an element: of its classes and its id those that the sheets ask for. */
export function classesIn(
  { names }: SafeSheet,
  tag: string,
  { class: classes = '', id = '' }: Readonly<Record<string, string>>,
): { class?: string } {
  const own = [...classes.split(/\s+/, CLASSES_MAX).map((one) => `.${one}`), `#${id}`];
  const known = names.size === 0 ? [] : own.filter((one) => names.has(one)).map(nameInMail);
  if (tag === 'body' && names.has(tag)) known.unshift(BODY_CLASS);
  return known.length === 0 ? {} : { class: known.join(' ') };
}

interface SafeRule extends SafeQuery {
  readonly selectors: readonly string[];
  readonly style: string;
}

const CLASSES_MAX = 30;
const CHARACTERS_MAX = 400_000;
const SELECTORS_MAX = 2_000;
// Each selector is tried on every element: too many of both make a page that no browser gets done with.
const TRIES_MAX = 20_000_000;
/** Tokens that hide a sheet from browsers of the last century. */
const HIDING = /<!--|-->/g;
const REMOTE = /(?:url|image|image-set|src)\s*\(["'\s]*(?:https?:|ftp:|\/\/)|^\s*["'](?:https?:)?\/\//i;

class Reading {
  readonly rules: SafeRule[] = [];
  readonly names = new Set<string>();
  remote = 0;
  #characters = 0;
  #written = 0;
  #selectors = 0;
  readonly #selectorsMax: number;
  readonly #isTag: StyledMail['isTag'];

  constructor({ isTag, elements }: StyledMail) {
    this.#isTag = isTag;
    this.#selectorsMax = Math.min(SELECTORS_MAX, TRIES_MAX / (elements + 1));
  }

  read({ css, media }: SheetSource): void {
    this.#characters += css.length;
    if (this.#characters > CHARACTERS_MAX) return;
    const queries = media === undefined || media.trim() === '' ? [ALWAYS] : safeMedia(media);
    const root = parse(css.replace(HIDING, ' '));
    if (root.type === 'root') this.#readNodes(root.nodes, queries, false);
  }

  #readNodes(nodes: readonly ChildNode[], queries: readonly SafeQuery[], inMedia: boolean): void {
    for (const node of nodes) {
      if (node instanceof Rule) this.#readRule(node, queries);
      else if (!(node instanceof AtRule)) continue;
      else if (node.name.toLowerCase() === 'media' && !inMedia) {
        const inside = queries.flatMap((outer) =>
          safeMedia(node.params).flatMap((inner) => joined(outer, inner) ?? []),
        );
        this.#readNodes(node.nodes ?? [], inside, true);
      } else if (
        REMOTE.test(node.params) ||
        node.nodes?.some((one) => one instanceof Declaration && REMOTE.test(one.value))
      )
        this.remote += 1;
    }
  }

  #readRule(rule: Rule, queries: readonly SafeQuery[]): void {
    const declarations = rule.nodes.filter((one) => one instanceof Declaration);
    const { style, remote } = filterStyle(
      declarations.map(({ prop, value, important }) => `${prop}:${value}${important ? ' !important' : ''}`).join(';'),
    );
    if (remote) this.remote += 1;
    if (style === '' || this.#isFull()) return;
    const selectors = rule.selectors.flatMap((one) => safeSelector(one, this.#isTag, this.names) ?? []);
    this.#selectors += selectors.length * queries.length;
    this.#written += (selectors.join().length + style.length) * queries.length;
    if (selectors.length === 0 || this.#isFull()) return;
    for (const query of queries) this.rules.push({ ...query, selectors, style });
  }

  #isFull(): boolean {
    return this.#selectors > this.#selectorsMax || this.#written > CHARACTERS_MAX;
  }
}

const ALWAYS: SafeQuery = { medium: undefined, features: [], scheme: undefined };

/** Both together, or undefined when they never hold at once. */
function joined(outer: SafeQuery, inner: SafeQuery): SafeQuery | undefined {
  if (outer.medium !== undefined && inner.medium !== undefined && outer.medium !== inner.medium) return undefined;
  return {
    medium: inner.medium ?? outer.medium,
    features: [...outer.features, ...inner.features],
    scheme: inner.scheme ?? outer.scheme,
  };
}

function written({ selectors, style, medium, features, scheme }: SafeRule, shown: Scheme): string {
  const rule = `${selectors.join(',')}{${style}}`;
  const isAsked = shown === 'written' || shown === 'device';
  if (scheme !== undefined && !isAsked && scheme !== shown) return '';
  // Paper is never dark.
  const on = medium ?? (scheme === 'dark' && shown !== 'written' ? 'screen' : undefined);
  const conditions = [
    ...(on === undefined ? [] : [on]),
    ...features.map((feature) => `(${feature})`),
    ...(scheme !== undefined && isAsked ? [`(prefers-color-scheme:${scheme})`] : []),
  ];
  return conditions.length === 0 ? rule : `@media ${conditions.join(' and ')}{${rule}}`;
}

function isDarkLook(rules: readonly SafeRule[]): boolean {
  const says = (property: RegExp): boolean => rules.some(({ style }) => property.test(style));
  return says(/(?:^|;)background-color:/) && says(/(?:^|;)color:/);
}

function pageColour(rules: readonly SafeRule[], of: 'light' | 'dark'): { light?: string; dark?: string } {
  const body = `#${MAIL_BOX} .${BODY_CLASS}`;
  const found = rules.findLast(
    ({ selectors, style, medium, features, scheme }) =>
      medium === undefined &&
      features.length === 0 &&
      (scheme === of || (of === 'light' && scheme === undefined)) &&
      selectors.includes(body) &&
      style.includes('background-color:'),
  );
  const colour = /(?:^|;)background-color:([^;!]+)/.exec(found?.style ?? '')?.[1]?.trim();
  return colour === undefined ? {} : { [of]: colour };
}

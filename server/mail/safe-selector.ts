// Owns which selectors and media queries of a mail's style sheet may stand: a grammar for each, and what comes out is
// written anew from what fitted. Every selector is confined to the mail's own box, and every name in it is
// spelt so that it cannot be one of the document around the mail.

/** The box that holds the mail, in its document and in a reader's copy. */
export const MAIL_BOX = 'mail';
/** What stands for the mail's `body`. */
export const BODY_CLASS = 'mail-body';

/** The selector within the box, or undefined. `names` learns what it asks for: classes (".x"), ids ("#x"), "body". */
export function safeSelector(
  selector: string,
  isTag: (tag: string) => boolean,
  names: Set<string>,
): string | undefined {
  const text = selector.trim();
  if (text.length > SELECTOR_CHARACTERS_MAX) return undefined;
  const asked = new Set<string>();
  let written = `#${MAIL_BOX}`;
  let joint = ' ';
  for (let at = 0, count = 0; at < text.length; count += 1) {
    const compound = match(COMPOUND, text, at);
    if (compound === undefined || compound[0] === '' || count >= COMPOUNDS_MAX) return undefined;
    at += compound[0].length;
    const one = safeCompound(compound, isTag, asked);
    const combinator = match(COMBINATOR, text, at);
    if (one === undefined || (combinator === undefined && at < text.length)) return undefined;
    at += combinator?.[0].length ?? 0;
    if (combinator !== undefined && at >= text.length) return undefined;
    // The root of all is above the box.
    if (one !== '') written += `${joint}${one}`;
    else if (count > 0) return undefined;
    joint = one === '' ? ' ' : (combinator?.[1] ?? ' ');
  }
  if (written === `#${MAIL_BOX}`) return undefined;
  for (const name of asked) names.add(name);
  return written;
}

/** How a class (".x") or an id ("#x") of the mail is called in the document. */
export function nameInMail(name: string): string {
  return `${name.startsWith('#') ? 'i' : 'c'}-${name.slice(1)}`;
}

/** One media query; all of it holds when there is nothing in it. */
export interface SafeQuery {
  readonly medium: 'screen' | 'print' | undefined;
  /** As they are written, without the one about light and dark. */
  readonly features: readonly string[];
  readonly scheme: 'light' | 'dark' | undefined;
}

/** Of a list of media queries those that fitted. */
export function safeMedia(list: string): SafeQuery[] {
  return list
    .slice(0, MEDIA_CHARACTERS_MAX)
    .toLowerCase()
    .split(',')
    .flatMap((query) => safeQuery(query.replace(/\s+/g, ' ').trim()) ?? []);
}

const SELECTOR_CHARACTERS_MAX = 300;
const COMPOUNDS_MAX = 5;
const MEDIA_CHARACTERS_MAX = 1_000;

const NAME = '[A-Za-z_-][\\w-]{0,80}';
// None that counts or looks at neighbours: a browser tries each on every element, and must not look far for the answer.
const PSEUDO = ':(?:link|visited|hover|active|focus|first-child|last-child)';
// [class=x] and [id=x] as well: how older newsletters hid rules from programs that knew less.
const SIMPLE = `[.#]${NAME}|\\[(?:class|id)~?=(?:"${NAME}"|'${NAME}'|${NAME})\\]|${PSEUDO}`;
const COMPOUND = new RegExp(`(:root|\\*|[A-Za-z][A-Za-z0-9]{0,20})?((?:${SIMPLE})*)`, 'y');
const COMBINATOR = /\s*(>)\s*|\s+/y;

function match(grammar: RegExp, text: string, at: number): RegExpExecArray | undefined {
  grammar.lastIndex = at;
  return grammar.exec(text) ?? undefined;
}

/** '' for the root of the document. */
function safeCompound(
  [, element = '', rest = '']: RegExpExecArray,
  isTag: (tag: string) => boolean,
  asked: Set<string>,
): string | undefined {
  const tag = element.toLowerCase();
  const simple = [...rest.matchAll(new RegExp(SIMPLE, 'g'))].map(([one]) => {
    if (one.startsWith(':')) return one.toLowerCase();
    const attribute = /^\[(class|id)~?=["']?([\w-]+)/.exec(one);
    const name = attribute === null ? one : `${attribute[1] === 'id' ? '#' : '.'}${attribute[2] ?? ''}`;
    asked.add(name);
    return `.${nameInMail(name)}`;
  });
  if (tag === 'html' || tag === ':root') return simple.length === 0 ? '' : undefined;
  if (tag === 'body') {
    asked.add(tag);
    return `.${BODY_CLASS}${simple.join('')}`;
  }
  if (tag !== '' && tag !== '*' && !isTag(tag)) return undefined;
  return `${tag}${simple.join('')}`;
}

const QUERY = /^(?:(?:only )?(all|screen|print)(?: and ?|$))?((?:\([^()]*\)(?: ?and ?|$))*)$/;
const LENGTH = '\\d{1,5}(?:\\.\\d{1,4})?(?:px|em|rem|pt)';
const FEATURE = new RegExp(
  `^(?:(?:(?:min|max)-)?(?:device-)?(?:width|height):${LENGTH}|orientation:(?:portrait|landscape))$`,
);
const SCHEME = /^prefers-color-scheme:(light|dark)$/;

function safeQuery(text: string): SafeQuery | undefined {
  const found = QUERY.exec(text);
  if (found === null || text === '') return undefined;
  const [, type, conditions = ''] = found;
  const features: string[] = [];
  let scheme: SafeQuery['scheme'];
  for (const [, inside = ''] of conditions.matchAll(/\(([^()]*)\)/g)) {
    const feature = inside.trim().replace(/ ?: ?/, ':');
    const asked = SCHEME.exec(feature)?.[1];
    if (asked === 'light' || asked === 'dark') scheme = asked;
    else if (FEATURE.test(feature)) features.push(feature);
    else return undefined;
  }
  return { medium: type === 'screen' || type === 'print' ? type : undefined, features, scheme };
}

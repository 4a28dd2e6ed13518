// Owns a second, independent reading of what the sanitizer returns. It accepts one spelling of HTML only, in which
// there is nothing that two parsers could read differently: text without "<", tags with quoted attributes. Anything
// else is an error, and so is every element, attribute and value that mail may not hold.

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export function parseCanonical(html: string): { elements: Element[]; text: string } {
  const elements: Element[] = [];
  let text = '';
  let at = 0;
  while (at < html.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(html);
    if (match === null) throw new Error(`not canonical at ${at}: ${html.slice(at, at + 80)}`);
    const [token, run, closing, opening, attributes] = match;
    if (run !== undefined) text += decode(run);
    else if (closing !== undefined) checkTag(closing);
    else if (opening !== undefined) elements.push(readElement(opening, attributes ?? ''));
    at += token.length;
  }
  return { elements, text };
}

/** Throws when anything in it could fetch, run or reach out of its frame. */
export function checkHarmless(html: string, linkPrefix: string): { elements: Element[]; text: string } {
  const parsed = parseCanonical(html);
  for (const { name, attributes } of parsed.elements) {
    checkTag(name);
    for (const [attribute, value] of Object.entries(attributes)) checkAttribute(name, attribute, value, linkPrefix);
  }
  return parsed;
}

/** Throws unless all rules of a sheet lie within the mail's box and say only what an element may say of itself. */
export function checkHarmlessSheet(css: string): void {
  for (let at = 0; at < css.length;) {
    RULE.lastIndex = at;
    const [rule, media = '', selectors = '', style = '', end = ''] = RULE.exec(css) ?? [];
    if (rule === undefined || (media === '') !== (end === ''))
      throw new Error(`not canonical at ${at}: ${css.slice(at, at + 80)}`);
    for (const selector of selectors.split(',')) {
      if (!SELECTOR.test(selector)) throw new Error(`selector out of the box: ${selector}`);
    }
    checkAttribute('div', 'style', style, '');
    at += rule.length;
  }
}

const CONDITION =
  '(?:screen|print|\\((?:(?:min-|max-)?(?:device-)?(?:width|height):[\\d.]+(?:px|r?em|pt)|(?:orientation|prefers-color-scheme):[a-z]+)\\))';
const RULE = new RegExp(`(@media ${CONDITION}(?: and ${CONDITION})*\\{)?([^{}@]+)\\{([^{}@]+)\\}(\\}?)`, 'y');
const SELECTOR =
  /^#mail(?:[ >](?=.)(?:[a-z][a-z0-9]*|\*)?(?:\.(?:mail-body|[ci]-[\w-]+)|:(?:link|visited|hover|active|focus|first-child|last-child))*)+$/;

const TOKEN = /([^<>]+)|<\/([a-z][a-z0-9]*)>|<([a-z][a-z0-9]*)((?: [a-z]+(?:="[^"<>]*")?)*)(?: \/)?>/y;

// Written down again here on purpose: a slip in the sanitizer's own list must not open this one too.
const FORBIDDEN_TAGS =
  /^(?:script|style|link|meta|base|iframe|frame|frameset|object|embed|applet|form|input|button|select|option|textarea|svg|math|template|noscript|noembed|noframes|xmp|plaintext|listing|title|head|html|body|video|audio|source|track|picture|canvas|portal|marquee|image|isindex|bgsound|slot|dialog|details)$/;
const ATTRIBUTES =
  /^(?:href|src|target|rel|style|align|valign|bgcolor|color|width|height|border|cellpadding|cellspacing|colspan|rowspan|span|hspace|vspace|face|size|dir|lang|title|alt|abbr|scope|nowrap|noshade|start|type|value|class)$/;

function checkTag(name: string): void {
  if (FORBIDDEN_TAGS.test(name)) throw new Error(`forbidden element ${name}`);
}

function checkAttribute(tag: string, name: string, value: string, linkPrefix: string): void {
  if (!ATTRIBUTES.test(name)) throw new Error(`forbidden attribute ${name}`);
  const where = `${tag} ${name}=${value.slice(0, 60)}`;
  if (
    name === 'src' &&
    (tag !== 'img' || !/^data:image\/(?:png|jpeg|gif|webp|bmp);base64,[A-Za-z0-9+/]+=*$/.test(value))
  )
    throw new Error(`fetches: ${where}`);
  if (name === 'class' && !/^(?:(?:mail-body|[ci]-[\w-]+)(?: |$))+$/.test(value))
    throw new Error(`odd class: ${where}`);
  if (name === 'href') {
    const own = value.startsWith(linkPrefix) && /^\d+$/.test(value.slice(linkPrefix.length));
    if (tag !== 'a' || !(own || /^mailto:[^?&\s]+$/.test(value))) throw new Error(`leads elsewhere: ${where}`);
  }
  if (name === 'style' && !/^[^\\@{}/*<>]*$/.test(value.replace(/ ?\/ ?(?=[\d.n])/g, ' ')))
    throw new Error(`odd style: ${where}`);
  if (name === 'style' && /\((?<!\brgb\()(?<!\brgba\()(?<!\bhsl\()(?<!\bhsla\()/i.test(value))
    throw new Error(`function in style: ${where}`);
  if (
    name === 'style' &&
    /(?:^|;)\s*(?:position|z-index|content|cursor|filter|mask|behavior|transform|animation|transition)/i.test(value)
  ) {
    throw new Error(`forbidden property: ${where}`);
  }
}

function readElement(name: string, source: string): Element {
  const attributes: Record<string, string> = {};
  for (const [, attribute = '', value = ''] of source.matchAll(/ ([a-z]+)(?:="([^"]*)")?/g)) {
    if (attribute in attributes) throw new Error(`attribute twice: ${attribute}`);
    attributes[attribute] = decode(value);
  }
  return { name, attributes };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function decode(text: string): string {
  return text.replace(/&(?:(amp|lt|gt|quot);)?/g, (whole, name: string | undefined) => {
    const character = name === undefined ? undefined : ENTITIES[name];
    if (character === undefined) throw new Error(`an ampersand that is not escaped near ${whole}`);
    return character;
  });
}

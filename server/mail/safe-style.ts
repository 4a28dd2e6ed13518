// Owns which inline styles of a mail may stand: a list of properties, each with a grammar that its whole value must
// fit. What comes out is written anew from what fitted, so nothing can hide in how it was spelt. No grammar lets
// a bracketed function but colours through, nor a backslash, a semicolon or an "@".

/** The declarations that are allowed, as one style text; '' when none is. `remote`: something was to be fetched. */
export function filterStyle(style: string): { style: string; remote: boolean } {
  const remote = REMOTE.test(style);
  if (style.length > STYLE_CHARACTERS_MAX) return { style: '', remote };
  const kept: string[] = [];
  for (const declaration of style.split(';', DECLARATIONS_MAX)) {
    const colon = declaration.indexOf(':');
    if (colon < 1) continue;
    const property = declaration.slice(0, colon).trim().toLowerCase();
    const [value, important] = splitImportant(declaration.slice(colon + 1).trim());
    const allowed = property === 'background' ? plainBackground(value) : checkValue(property, value);
    if (allowed !== undefined) kept.push(`${allowed}${important ? ' !important' : ''}`);
  }
  return { style: kept.join(';'), remote };
}

/** #rgb, a named colour or rgb()/hsl(), for the attributes bgcolor and color as well. */
export function isColour(value: string): boolean {
  return COLOUR_VALUE.test(value);
}

const STYLE_CHARACTERS_MAX = 8_192;
const DECLARATIONS_MAX = 200;
// Backslashes spell "url" in a way that only CSS reads; no honest mail does that.
const REMOTE = /(?:url|image|image-set|src)\s*\(["'\s]*(?:https?:|ftp:|\/\/|\\)|@import|\\0{0,4}[57][0-9a-f]/i;

const NUMBER = String.raw`(?:\d{1,5}(?:\.\d{0,6})?|\.\d{1,6})`;
const UNIT = '(?:px|pt|pc|em|rem|ex|ch|in|cm|mm|%)';
const LENGTH = `[+-]?${NUMBER}${UNIT}?`;
const SIZE = `${NUMBER}${UNIT}?`; // never negative
const ALPHA = `${NUMBER}%?`;
const COLOUR = `(?:#[0-9a-f]{3,8}|[a-z]{3,24}|rgba?\\( ?${ALPHA} ?, ?${ALPHA} ?, ?${ALPHA} ?(?:, ?${ALPHA} ?)?\\)|hsla?\\( ?${NUMBER} ?, ?${NUMBER}% ?, ?${NUMBER}% ?(?:, ?${ALPHA} ?)?\\))`;
const BORDER_STYLE = '(?:none|hidden|dotted|dashed|solid|double|groove|ridge|inset|outset)';
const BORDER_WIDTH = `(?:thin|medium|thick|${SIZE})`;
// Quoted or not: letters of any script, digits, blanks, hyphens.
const FAMILY = String.raw`(?:"[\p{L}\p{N} _.-]{1,80}"|'[\p{L}\p{N} _.-]{1,80}'|[\p{L}_-][\p{L}\p{N}_-]{0,40}(?: [\p{L}\p{N}_-]{1,40}){0,6})`;
const FAMILIES = `${FAMILY}(?: ?, ?${FAMILY}){0,15}`;
const FONT_SIZE = `(?:${SIZE}|xx-small|x-small|small|medium|large|x-large|xx-large|smaller|larger)`;
const FONT_WORD = '(?:normal|italic|oblique|small-caps|bold|bolder|lighter|[1-9]00)';

const upTo = (times: number, grammar: string): string => `${grammar}(?: ${grammar}){0,${times - 1}}`;
const AUTO_LENGTHS = upTo(4, `(?:auto|${LENGTH})`);
const BORDER = upTo(3, `(?:${BORDER_WIDTH}|${BORDER_STYLE}|${COLOUR})`);
const BOX_SIZE = `(?:auto|none|${SIZE})`;
const RADIUS = upTo(4, SIZE);

const GRAMMARS: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    'background-color': COLOUR,
    border: BORDER,
    'border-bottom': BORDER,
    'border-bottom-color': COLOUR,
    'border-bottom-left-radius': RADIUS,
    'border-bottom-right-radius': RADIUS,
    'border-bottom-style': BORDER_STYLE,
    'border-bottom-width': BORDER_WIDTH,
    'border-collapse': 'collapse|separate',
    'border-color': upTo(4, COLOUR),
    'border-left': BORDER,
    'border-left-color': COLOUR,
    'border-left-style': BORDER_STYLE,
    'border-left-width': BORDER_WIDTH,
    'border-radius': RADIUS,
    'border-right': BORDER,
    'border-right-color': COLOUR,
    'border-right-style': BORDER_STYLE,
    'border-right-width': BORDER_WIDTH,
    'border-spacing': upTo(2, SIZE),
    'border-style': upTo(4, BORDER_STYLE),
    'border-top': BORDER,
    'border-top-color': COLOUR,
    'border-top-left-radius': RADIUS,
    'border-top-right-radius': RADIUS,
    'border-top-style': BORDER_STYLE,
    'border-top-width': BORDER_WIDTH,
    'border-width': upTo(4, BORDER_WIDTH),
    'box-sizing': 'border-box|content-box',
    'caption-side': 'top|bottom',
    clear: 'none|left|right|both',
    color: COLOUR,
    direction: 'ltr|rtl',
    display:
      'none|block|inline|inline-block|inline-table|list-item|table|table-row|table-cell|table-row-group|table-header-group|table-footer-group|table-caption|table-column|table-column-group',
    'empty-cells': 'show|hide',
    float: 'none|left|right',
    font: `(?:${FONT_WORD} ){0,4}${FONT_SIZE}(?: ?/ ?(?:normal|${SIZE}))? ${FAMILIES}`,
    'font-family': FAMILIES,
    'font-size': FONT_SIZE,
    'font-style': 'normal|italic|oblique',
    'font-variant': 'normal|small-caps',
    'font-weight': 'normal|bold|bolder|lighter|[1-9]00',
    height: BOX_SIZE,
    'letter-spacing': `normal|${LENGTH}`,
    'line-height': `normal|${SIZE}`,
    'list-style': upTo(
      2,
      '(?:none|disc|circle|square|decimal|decimal-leading-zero|lower-roman|upper-roman|lower-alpha|upper-alpha|lower-latin|upper-latin|lower-greek|inside|outside)',
    ),
    'list-style-position': 'inside|outside',
    'list-style-type':
      'none|disc|circle|square|decimal|decimal-leading-zero|lower-roman|upper-roman|lower-alpha|upper-alpha|lower-latin|upper-latin|lower-greek',
    margin: AUTO_LENGTHS,
    'margin-inline-end': `auto|${LENGTH}`,
    'margin-inline-start': `auto|${LENGTH}`,
    'margin-bottom': `auto|${LENGTH}`,
    'margin-left': `auto|${LENGTH}`,
    'margin-right': `auto|${LENGTH}`,
    'margin-top': `auto|${LENGTH}`,
    'max-height': BOX_SIZE,
    'max-width': BOX_SIZE,
    'min-height': BOX_SIZE,
    'min-width': BOX_SIZE,
    opacity: ALPHA,
    overflow: 'visible|hidden|auto',
    'overflow-wrap': 'normal|break-word|anywhere',
    padding: upTo(4, SIZE),
    'padding-inline-end': SIZE,
    'padding-inline-start': SIZE,
    'padding-bottom': SIZE,
    'padding-left': SIZE,
    'padding-right': SIZE,
    'padding-top': SIZE,
    'page-break-after': 'auto|always|avoid|left|right',
    'page-break-before': 'auto|always|avoid|left|right',
    'page-break-inside': 'auto|avoid',
    'table-layout': 'auto|fixed',
    'text-align': 'left|right|center|justify|start|end',
    'text-decoration': upTo(
      3,
      '(?:none|underline|overline|line-through|solid|double|dotted|dashed|wavy|#[0-9a-f]{3,8})',
    ),
    'text-decoration-line': upTo(3, '(?:none|underline|overline|line-through)'),
    'text-indent': LENGTH,
    'text-overflow': 'clip|ellipsis',
    'text-transform': 'none|capitalize|uppercase|lowercase',
    'unicode-bidi': 'normal|embed|isolate|plaintext',
    'vertical-align': `baseline|sub|super|top|text-top|middle|bottom|text-bottom|${LENGTH}`,
    visibility: 'visible|hidden|collapse',
    'white-space': 'normal|nowrap|pre|pre-wrap|pre-line',
    width: BOX_SIZE,
    'word-break': 'normal|break-all|keep-all|break-word',
    'word-spacing': `normal|${LENGTH}`,
    'word-wrap': 'normal|break-word',
  }).map(([property, grammar]) => [property, whole(grammar)]),
);

const COLOUR_VALUE = whole(COLOUR);
/** What any property may say. */
const AS_AROUND = /^(?:inherit|initial|unset)$/i;
const VALUE_CHARACTERS_MAX = 500;

/** With the flag "u" the letters a-z would also mean two that only look like them, so it stands only where it is needed. */
function whole(grammar: string): RegExp {
  return new RegExp(`^(?:${grammar})$`, grammar.includes(String.raw`\p{`) ? 'iu' : 'i');
}

function checkValue(property: string, value: string): string | undefined {
  const grammar = GRAMMARS.get(property);
  if (grammar === undefined || value.length > VALUE_CHARACTERS_MAX) return undefined;
  const oneBlank = value.replace(/\s+/g, ' ');
  return grammar.test(oneBlank) || AS_AROUND.test(oneBlank) ? `${property}:${oneBlank}` : undefined;
}

/** Of the shorthand only a colour can stay: that of the page behind a picture which is not fetched. */
function plainBackground(value: string): string | undefined {
  const words = value.replace(/url\s*\([^)]{0,2000}\)/gi, ' ').trim();
  if (words === value && isColour(value)) return `background-color:${value}`;
  const colour = words.split(/\s+/).find((word) => word.startsWith('#') && isColour(word));
  return colour === undefined ? undefined : `background-color:${colour}`;
}

function splitImportant(value: string): [string, boolean] {
  const mark = value.lastIndexOf('!');
  if (
    mark < 0 ||
    value
      .slice(mark + 1)
      .trim()
      .toLowerCase() !== 'important'
  )
    return [value, false];
  return [value.slice(0, mark).trim(), true];
}

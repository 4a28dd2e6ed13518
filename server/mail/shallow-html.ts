// Owns taking from HTML the elements that lie deeper than anything shows, with their text left where it is, before the parser
// sees it: its time grows with the square of the depth. It makes nothing safe; the sanitizer comes after it.

/** Far below it the sanitizer keeps no element, and browsers lay none out. */
const DEPTH_MAX = 1_000;

const VOID = setOf('area base br col embed hr img input link meta param source track wbr');
/** What their tags hold is no text to be shown, and may look like markup. */
const NOT_SHOWN =
  setOf(`script style textarea option xmp title template noscript noembed noframes iframe frameset svg math
  object applet audio video canvas select plaintext listing`);
/** Elements that end where another of their kind begins, so that they follow each other and do not nest. */
const ENDED_BY_NEXT: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['p', setOf('p')],
  ['li', setOf('li')],
  ['dt', setOf('dt dd')],
  ['dd', setOf('dt dd')],
  ['td', setOf('td th')],
  ['th', setOf('td th')],
  ['tr', setOf('tr td th')],
]);

// Each alternative takes all there is when its end is missing, so that nothing is looked at twice.
const TAG =
  /<!--[\s\S]*?(?:-->|$)|<(script|style|textarea|title)\b[\s\S]*?(?:<\/\1|$)|<(\/?)([a-z][^\s/>]*)[^>]*(?:>|$)/gi;

export function shallowHtml(html: string): string {
  const open: Element[] = [];
  const opened = new Map<string, number>();
  const kept: string[] = [];
  let at = 0;
  const close = (index: number): void => {
    for (const { name } of open.splice(index)) opened.set(name, (opened.get(name) ?? 0) - 1);
  };
  for (const found of html.matchAll(TAG)) {
    const [, , slash, tag = ''] = found;
    const name = tag.toLowerCase();
    if (name === '' || VOID.has(name)) continue;
    let isKept = true;
    if (slash === '/') {
      if ((opened.get(name) ?? 0) === 0) continue;
      const index = open.findLastIndex((element) => element.name === name);
      isKept = open[index]?.isKept === true;
      close(index);
    } else {
      const ended = ENDED_BY_NEXT.get(name);
      while (ended?.has(open.at(-1)?.name ?? '') === true) close(open.length - 1);
      isKept = open.length < DEPTH_MAX;
      // Without its tag it would be shown.
      if (!isKept && NOT_SHOWN.has(name)) return kept.join('') + html.slice(at, found.index);
      open.push({ name, isKept });
      opened.set(name, (opened.get(name) ?? 0) + 1);
    }
    if (isKept) continue;
    kept.push(html.slice(at, found.index));
    at = found.index + found[0].length;
  }
  return kept.length === 0 ? html : kept.join('') + html.slice(at);
}

interface Element {
  readonly name: string;
  readonly isKept: boolean;
}

function setOf(names: string): ReadonlySet<string> {
  return new Set(names.trim().split(/\s+/));
}

// Owns where web addresses lie in a text: a number in one is a page's, an order's or a picture's. It looks at each letter
// a bounded number of times.

const BEGINNINGS = ['://', 'www.'];
const SCHEME_LETTERS_MAX = 12;
const URL_LETTERS_MAX = 2_048;
const URL_END = /[\s<>"'\u201c\u201d|]/;

/** Tells for each place of a text whether it lies in a web address. */
export function urlsIn(text: string): (index: number) => boolean {
  const starts: number[] = [];
  const ends: number[] = [];
  const next = BEGINNINGS.map((beginning) => placesOf(text, beginning));
  for (let from = 0; ;) {
    const start = Math.min(...next.map((place) => place(from)));
    if (start >= text.length) break;
    from = endOf(text, start);
    starts.push(Math.max(start - SCHEME_LETTERS_MAX, ends.at(-1) ?? 0));
    ends.push(from);
  }
  return (index) => {
    const at = lastUpTo(starts, index);
    return at !== -1 && index < (ends[at] ?? 0);
  };
}

// The first place from a growing index on; the text is searched once.
function placesOf(text: string, searched: string): (from: number) => number {
  let place = -1;
  return (from) => {
    if (place < from) place = text.indexOf(searched, from);
    if (place === -1) place = text.length;
    return place;
  };
}

function endOf(text: string, start: number): number {
  const rest = text.slice(start, start + URL_LETTERS_MAX);
  const end = rest.search(URL_END);
  return start + (end === -1 ? rest.length : end);
}

/** The last of these ascending numbers that is not above the limit, or -1. */
export function lastUpTo(ascending: readonly number[], limit: number): number {
  let [low, high] = [-1, ascending.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((ascending[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

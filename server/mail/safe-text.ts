// Owns the splitting of plain text into runs of text and links. The text is not changed by it: joined together the
// runs are the text that was given.

import type { TextRun } from '../core/text-runs.ts';
import { mailtoUrl, webUrl } from './safe-links.ts';

export interface TextLink {
  /** http or https, normalised. */
  readonly url: string;
  /** As it stands in the text. */
  readonly text: string;
}

/**
 * With a prefix the n-th web link (from 0) leads to `${linkPrefix}${n}`, n being its place in `textLinks` of the
 * same text; without one it leads where it says. Links to mail addresses lead there directly.
 */
export function linkRuns(text: string, linkPrefix: string | undefined): TextRun[] {
  const runs: TextRun[] = [];
  let at = 0;
  let n = 0;
  for (const found of findLinks(text)) {
    if (found.start > at) runs.push({ text: text.slice(at, found.start) });
    const url = found.mailto || linkPrefix === undefined ? found.url : `${linkPrefix}${n}`;
    if (!found.mailto) n++;
    runs.push({ text: found.text, url });
    at = found.start + found.text.length;
  }
  if (at < text.length) runs.push({ text: text.slice(at) });
  return runs;
}

/** The web links of a text, in order. */
export function textLinks(text: string): TextLink[] {
  return [...findLinks(text)].filter((found) => !found.mailto).map(({ url, text: shown }) => ({ url, text: shown }));
}

const LINKS_MAX = 1_000;
// Up to a blank, a bracket or quote that mail puts around URLs, or a character that cannot be seen.
const CANDIDATE = /(?:https?:\/\/|mailto:)[^\s<>"“”„«»\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,8192}/giu;
const WORD_BEFORE = /[\p{L}\p{N}_]$/u;

interface Found {
  readonly start: number;
  readonly text: string;
  readonly url: string;
  readonly mailto: boolean;
}

function* findLinks(text: string): Generator<Found, undefined> {
  let count = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    if (count >= LINKS_MAX) return;
    if (WORD_BEFORE.test(text.slice(Math.max(0, match.index - 2), match.index))) continue;
    const shown = trimPunctuation(match[0]);
    const mailto = mailtoUrl(shown);
    const url = mailto ?? webUrl(shown);
    if (url === undefined) continue;
    count++;
    yield { start: match.index, text: shown, url, mailto: mailto !== undefined };
  }
}

/** The full stop that ends the sentence is no part of the link, nor is a bracket that was opened before it. */
function trimPunctuation(candidate: string): string {
  let end = candidate.length;
  let openRound = count(candidate, '(') - count(candidate, ')');
  for (; end > 0; end--) {
    const last = candidate.charAt(end - 1);
    if (last === ')' && openRound >= 0) break;
    if (last === ')') openRound++;
    else if (!".,;:!?'’]}*_~|".includes(last)) break;
  }
  return candidate.slice(0, end);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

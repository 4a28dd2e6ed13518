// Owns finding a phrase or a pattern in one short text of a mail: its subject, a header, the name of a file.

import { firstMatch } from '../../detect/pattern.ts';
import type { TextMatch, TextTest } from './text-match.ts';

export function compileTextMatch({ contains, matches }: TextMatch): TextTest {
  if (contains !== undefined) {
    const phrase = folded(contains);
    return {
      says: `contains “${contains}”`,
      find: (text) => (folded(text).includes(phrase) ? masked(contains) : undefined),
    };
  }
  const source = matches ?? '';
  const match = firstMatch(source);
  return {
    says: `matches ${source}`,
    find: (text) => {
      const found = match(text);
      return found === undefined ? undefined : masked(found);
    },
  };
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function masked(found: string): string {
  return `${found.slice(0, 1)}${'•'.repeat(Math.max(0, found.length - 1))}`;
}

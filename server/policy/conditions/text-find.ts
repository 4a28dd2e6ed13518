// Owns finding a phrase or a pattern in one short text of a mail: its subject, a header, the name of a file. It is read as
// contents are: what nobody sees is left out, and what looks alike is alike.

import { fold } from '../../detect/fold.ts';
import { maskedWord } from '../../detect/mask.ts';
import { firstMatch } from '../../detect/pattern.ts';
import type { TextMatch, TextTest } from './text-match.ts';

export function compileTextMatch({ contains, matches = '' }: TextMatch): TextTest {
  if (contains !== undefined) {
    const phrase = folded(contains);
    return {
      says: `contains “${contains}”`,
      find: (text) => (folded(text).includes(phrase) ? maskedWord(contains) : undefined),
    };
  }
  const match = firstMatch(matches);
  return {
    says: `matches ${matches}`,
    find: (text) => {
      const found = match(fold(text).text);
      return found === undefined ? undefined : maskedWord(found);
    },
  };
}

// However many blanks, of whatever kind, stand between two words, a reader sees one.
function folded(text: string): string {
  return fold(text).text.toLowerCase().replace(/\s+/g, ' ');
}

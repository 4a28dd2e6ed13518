// Owns how a mail's way to us is said: over how many hops, and which of them were without TLS, by what the servers on it wrote.

import type { Words } from '../language/words.ts';
import type { Transit } from '../mail/received.ts';

/** Sentences; none where nothing is known. */
export function transitWords(words: Words, transit: Transit | undefined): string[] {
  if (transit === undefined) return [];
  const { hops, withTls, withoutTls, unsaid, without } = transit;
  return [
    words.say('sending.came', { hops }),
    ...(withTls === hops ? [words.say('sending.came-tls')] : []),
    ...(withoutTls === 0
      ? []
      : [words.say('sending.came-clear', { count: withoutTls, between: betweenWords(without) })]),
    ...(unsaid === 0 ? [] : [words.say('sending.came-unsaid', { count: unsaid })]),
  ];
}

// Names of hosts run from left to right in every language, an arrow among them as well: U+2066 to U+2069.
function betweenWords(hops: Transit['without']): string {
  return hops.map(({ from, by }) => `\u2066${from || '?'} \u2192 ${by || '?'}\u2069`).join('; ');
}

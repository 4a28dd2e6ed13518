// Owns the conditions on what a mail holds: its texts, what detectors and lists find in them, and what could not be read.

import { z } from 'zod';
import { detectorNames } from '../../detect/look.ts';
import type { Look, Source } from '../../detect/look.ts';
import type { List } from '../document.ts';
import { exactlyOne, kebab } from '../words.ts';
import { holdsAt } from './leaf.ts';
import type { Answer, Bench, Leaf, Situation } from './leaf.ts';
import { contains, pattern } from './text-match.ts';

const atLeast = z.int().min(1).max(100_000).default(1);

const everywhere: readonly Source[] = ['subject', 'body', 'attachments'];
const sources = z
  .array(z.enum(['subject', 'body', 'attachments']))
  .min(1)
  .max(3)
  .default([...everywhere]);

const text = z
  .strictObject({
    contains: contains.exactOptional(),
    matches: pattern.exactOptional(),
    in: z
      .array(z.enum(['body', 'attachments']))
      .min(1)
      .max(2)
      .default(['body', 'attachments']),
  })
  .superRefine(exactlyOne('contains', 'matches'));
const detector = z.strictObject({ is: z.enum(detectorNames), atLeast, in: sources });
const list = z.strictObject({ is: kebab, atLeast, in: sources });
const unreadable = z
  .array(z.enum(['encrypted', 'broken', 'too-large', 'too-slow', 'too-deep', 'unknown-kind']))
  .min(1)
  .max(6);

export const contentShapes = { text, detector, list, unreadable };

export function textLeaf({ contains: phrase, matches = '', in: within }: z.output<typeof text>, bench: Bench): Leaf {
  const look = bench.lookFor(
    phrase === undefined ? { kind: 'pattern', pattern: matches, ignoreCase: false } : { kind: 'phrase', phrase },
  );
  const says = phrase === undefined ? `matches ${matches}` : `contains “${phrase}”`;
  return countLeaf(`text of ${within.join(' or ')} ${says}`, { look, atLeast: 1, in: within });
}

export function detectorLeaf({ is, atLeast, in: within }: z.output<typeof detector>, bench: Bench): Leaf {
  const look = bench.lookFor({ kind: 'detector', name: is });
  return countLeaf(`at least ${atLeast} ${is} in ${within.join(', ')}`, { look, atLeast, in: within });
}

export function listLeaf({ is, atLeast, in: within }: z.output<typeof list>, bench: Bench): Leaf {
  const found = bench.lists.get(is);
  if (found === undefined) throw new Error('a condition names a list that does not exist');
  const look = bench.lookFor(listWhat(found));
  return countLeaf(`at least ${atLeast} of the list ${is} in ${within.join(', ')}`, { look, atLeast, in: within });
}

function listWhat({ words, pattern: source = '', ignoreCase = false }: List): Look['what'] {
  return words === undefined ? { kind: 'pattern', pattern: source, ignoreCase } : { kind: 'words', words };
}

export function unreadableLeaf(reasons: z.output<typeof unreadable>, bench: Bench): Leaf {
  bench.readParts();
  return {
    says: `a part cannot be read: ${reasons.join(', ')}`,
    perRecipient: false,
    ask: (situation) =>
      holdsAt(
        situation.unreadable
          .filter(({ why }) => reasons.includes(why))
          .map(({ part, path, why }) => ({ where: part === 0 ? 'body' : 'attachments', part, path, masked: why })),
      ),
  };
}

interface Counted {
  readonly look: string;
  readonly atLeast: number;
  readonly in: readonly Source[];
}

// Different values are counted for each source by itself: one that stands in the body and in a file counts twice.
function countLeaf(says: string, { look, atLeast: wanted, in: within }: Counted): Leaf {
  return {
    says,
    perRecipient: false,
    ask: (situation: Situation): Answer => {
      const hits = within.flatMap((source) => situation.hit(look, source) ?? []);
      const count = hits.reduce((sum, hit) => sum + hit.count, 0);
      const places = hits.flatMap((hit) => hit.places).map(({ source, ...place }) => ({ where: source, ...place }));
      return { ...holdsAt(places), holds: count >= wanted, there: `${count} found` };
    },
  };
}

// Owns the conditions on a mail's subject and headers.

import { z } from 'zod';
import { exactlyOne, headerName } from '../words.ts';
import { holdsAt } from './leaf.ts';
import type { Leaf } from './leaf.ts';
import { compileTextMatch } from './text-find.ts';
import { contains, pattern, textMatch } from './text-match.ts';
import type { TextMatch } from './text-match.ts';

const header = z
  .strictObject({
    name: headerName,
    contains: contains.exactOptional(),
    matches: pattern.exactOptional(),
    present: z.literal(true).exactOptional(),
  })
  .superRefine(exactlyOne('contains', 'matches', 'present'));

export const headShapes = { subject: textMatch, header };

export function subjectLeaf(match: TextMatch): Leaf {
  const { says, find } = compileTextMatch(match);
  return {
    says: `subject ${says}`,
    perRecipient: false,
    ask: ({ subject }) => {
      const masked = find(subject);
      return holdsAt(masked === undefined ? [] : [{ where: 'subject', masked }]);
    },
  };
}

export function headerLeaf({ name, present, ...match }: z.output<typeof header>): Leaf {
  const where = `header ${name}`;
  if (present === true) {
    return {
      says: `${where} is there`,
      perRecipient: false,
      ask: (situation) => ({ holds: situation.header(name).length > 0 }),
    };
  }
  const { says, find } = compileTextMatch(match);
  return {
    says: `${where} ${says}`,
    perRecipient: false,
    ask: (situation) =>
      holdsAt(
        situation
          .header(name)
          .flatMap((value) => find(value) ?? [])
          .map((masked) => ({ where, masked })),
      ),
  };
}

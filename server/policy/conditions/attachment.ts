// Owns the conditions on attachments and on a mail's size.

import { z } from 'zod';
import { extensionOf } from '../../files/types-by-name.ts';
import { policyLimits } from '../policy-limits.ts';
import { holdsAt } from './leaf.ts';
import type { AttachmentFacts, Bench, Leaf } from './leaf.ts';
import { listed } from './people.ts';
import { compileTextMatch } from './text-find.ts';
import { textMatch } from './text-match.ts';

const bytes = z
  .int()
  .min(1)
  .max(10 * 1024 * 1024 * 1024);

// RFC 6838 section 4.2, or `image/*`.
const contentType = z
  .string()
  .max(200)
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9!#$&^_.+-]*\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]*)$/, 'is not a type such as application/pdf');

const extension = z
  .string()
  .max(20)
  .toLowerCase()
  .regex(/^[a-z0-9_-]+$/, 'is not an extension such as pdf');

/** One attachment that is all of this. With nothing said: any attachment. */
const attachment = z.strictObject({
  types: z.array(contentType).min(1).max(policyLimits.namedMax).exactOptional(),
  extensions: z.array(extension).min(1).max(policyLimits.namedMax).exactOptional(),
  atLeastBytes: bytes.exactOptional(),
  name: textMatch.exactOptional(),
});

const size = z.strictObject({ atLeastBytes: bytes });

export const attachmentShapes = { attachment, size };

export function attachmentLeaf(
  { types, extensions, atLeastBytes, name }: z.output<typeof attachment>,
  bench: Bench,
): Leaf {
  // What a file is, and what lies in it, shows only when it is looked at.
  const isInside = types !== undefined || extensions !== undefined || name !== undefined;
  if (isInside) bench.readParts();
  const kinds = types && new Set(types);
  const ends = extensions && new Set(extensions);
  const named = name && compileTextMatch(name);
  const fits = ({ types: its, filename, sizeBytes }: AttachmentFacts): boolean =>
    (kinds === undefined || its.some((type) => kinds.has(type) || kinds.has(`${type.split('/')[0] ?? ''}/*`))) &&
    (ends === undefined || ends.has(extensionOf(filename))) &&
    (atLeastBytes === undefined || sizeBytes >= atLeastBytes) &&
    (named === undefined || named.find(filename) !== undefined || named.find(baseOf(filename)) !== undefined);
  const facets = [
    ...(types === undefined ? [] : [`of type ${listed(types)}`]),
    ...(extensions === undefined ? [] : [`ending in ${listed(extensions)}`]),
    ...(atLeastBytes === undefined ? [] : [`of at least ${atLeastBytes} bytes`]),
    ...(named === undefined ? [] : [`whose name ${named.says}`]),
  ];
  return {
    says: ['an attachment', ...facets].join(' '),
    perRecipient: false,
    ask: ({ attachments, innerFiles }) =>
      holdsAt(
        [...attachments, ...(isInside ? innerFiles : [])].filter(fits).map(({ n, path, types: [type], sizeBytes }) => ({
          where: 'attachments',
          part: n,
          ...(path.length === 0 ? {} : { path }),
          masked: `${type ?? 'unknown type'}, ${sizeBytes} bytes`,
        })),
      ),
  };
}

export function sizeLeaf({ atLeastBytes }: z.output<typeof size>): Leaf {
  return {
    says: `a size of at least ${atLeastBytes} bytes`,
    perRecipient: false,
    ask: ({ sizeBytes }) => ({ holds: sizeBytes >= atLeastBytes, there: `${sizeBytes} bytes` }),
  };
}

// In an archive a name leads through folders.
function baseOf(filename: string): string {
  return filename.replace(/^.*[/\\]/s, '');
}

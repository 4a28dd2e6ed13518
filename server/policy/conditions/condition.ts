// Owns the shape of a condition: exactly one of the leaves, or all, any or none of several conditions.

import { z } from 'zod';
import { policyLimits } from '../policy-limits.ts';
import { attachmentShapes } from './attachment.ts';
import { contentShapes } from './content.ts';
import { headShapes } from './head.ts';
import { peopleShapes } from './people.ts';
import { signShapes } from './signs.ts';
import { timeShapes } from './time.ts';

const leafShapes = {
  ...peopleShapes,
  ...headShapes,
  ...contentShapes,
  ...attachmentShapes,
  ...signShapes,
  ...timeShapes,
};

type LeafKey = keyof typeof leafShapes;
export type LeafValues = { readonly [Key in LeafKey]: z.output<(typeof leafShapes)[Key]> };

/** One key is set. */
export interface Condition extends Partial<LeafValues> {
  readonly all?: readonly Condition[];
  readonly any?: readonly Condition[];
  readonly none?: readonly Condition[];
}

const optionalLeaves = Object.fromEntries(
  Object.entries(leafShapes).map(([key, shape]) => [key, shape.exactOptional()]),
);

const several = (): z.ZodType<readonly Condition[]> => z.array(condition).min(1).max(policyLimits.conditionsMax);

export const condition: z.ZodType<Condition> = z.lazy(() => shape);

const shape = z
  .strictObject({
    all: z.lazy(several).exactOptional(),
    any: z.lazy(several).exactOptional(),
    none: z.lazy(several).exactOptional(),
    ...optionalLeaves,
  })
  .superRefine((value, context) => {
    const keys = Object.keys(value);
    if (keys.length === 1) return;
    context.addIssue({
      code: 'custom',
      message: keys.length === 0 ? 'holds no condition' : `holds ${keys.length} conditions; join them by all or any`,
    });
  });

/** How many levels of all, any and none lie in each other; 1 for a leaf. */
export function conditionDepth({ all, any, none }: Condition): number {
  const within = all ?? any ?? none;
  return within === undefined ? 1 : 1 + Math.max(...within.map(conditionDepth));
}

/** The condition and all conditions within it, each with the keys that lead to it. */
export function leavesOf(condition: Condition): (readonly [Condition, readonly PropertyKey[]])[] {
  const within = (['all', 'any', 'none'] as const).flatMap((key) =>
    (condition[key] ?? []).flatMap((inner, n) =>
      leavesOf(inner).map(([leaf, path]) => [leaf, [key, n, ...path]] as const),
    ),
  );
  return [...within, [condition, []]];
}

// Owns the conditions on the marks that other programs set: sensitivity labels and the Sensitivity header.

import { z } from 'zod';
import { guid } from '../words.ts';
import type { Leaf } from './leaf.ts';

/** RFC 4021 section 2.1.55. */
export const sensitivities = ['personal', 'private', 'company-confidential'] as const;
export type Sensitivity = (typeof sensitivities)[number];

export const signShapes = {
  /** The label that counts has this GUID; or there is one at all. */
  label: z.union([z.literal('any'), guid]),
  sensitivity: z.enum(sensitivities),
};

export function labelLeaf(wanted: string): Leaf {
  const isAny = wanted === 'any';
  return {
    says: isAny ? 'there is a label' : `label is ${wanted}`,
    perRecipient: false,
    ask: ({ label }) => ({
      holds: label !== undefined && (isAny || label === wanted),
      ...(label === undefined ? {} : { there: label }),
    }),
  };
}

export function sensitivityLeaf(wanted: Sensitivity): Leaf {
  return {
    says: `sensitivity is ${wanted}`,
    perRecipient: false,
    ask: ({ sensitivity }) => ({
      holds: sensitivity === wanted,
      ...(sensitivity === undefined ? {} : { there: sensitivity }),
    }),
  };
}

// Owns the one document that holds everything an administrator decides about mail: its shape, its limits, and that it
// is refused whole when any part of it is wrong. Pure: what is in force lies elsewhere.

import { z } from 'zod';
import { schemaFaults } from '../core/document-faults.ts';
import { action } from './actions.ts';
import { condition } from './conditions/condition.ts';
import { pattern } from './conditions/text-match.ts';
import { checkDepth } from './document-depth.ts';
import { PolicyFaults } from './document-faults.ts';
import { referenceFaults } from './document-references.ts';
import type { PolicySurroundings } from './document-references.ts';
import { labels } from './labels-shape.ts';
import { policyLimits } from './policy-limits.ts';
import { template } from './templates.ts';
import { addressPattern, exactlyOne, kebab, line } from './words.ts';

const group = z.strictObject({ name: kebab, members: z.array(addressPattern).max(policyLimits.membersMax) });

const list = z
  .strictObject({
    name: kebab,
    words: z.array(line(policyLimits.wordCharactersMax)).min(1).max(policyLimits.wordsMax).exactOptional(),
    pattern: pattern.exactOptional(),
    ignoreCase: z.boolean().exactOptional(),
  })
  .superRefine(exactlyOne('words', 'pattern'))
  .refine(({ words, ignoreCase }) => words === undefined || ignoreCase !== false, {
    path: ['ignoreCase'],
    message: 'is for patterns: words are found whatever their case',
  });

const rule = z.strictObject({
  /** Stays the same when the rule is renamed: it is what hits are counted under. */
  id: kebab,
  name: line(policyLimits.titleCharactersMax),
  /** `shadow`: tried and counted, and nothing else. */
  state: z.enum(['on', 'off', 'shadow']).default('on'),
  /** Absent: every mail. */
  when: condition.exactOptional(),
  unless: condition.exactOptional(),
  then: z.array(action).min(1).max(policyLimits.actionsMax),
});

const policyDocument = z.strictObject({
  format: z.literal(1),
  templates: z.array(template).max(policyLimits.templatesMax).default([]),
  labels: labels.prefault({}),
  groups: z.array(group).max(policyLimits.groupsMax).default([]),
  lists: z.array(list).max(policyLimits.listsMax).default([]),
  rules: z.array(rule).max(policyLimits.rulesMax).default([]),
});

export type Rule = z.output<typeof rule>;
export type Group = z.output<typeof group>;
export type List = z.output<typeof list>;
export type PolicyDocument = z.output<typeof policyDocument>;

/**
 * The document in its one spelling: every default filled in, addresses and names in lower case, a secret as its digest.
 * Throws PolicyFaults with the path of each fault.
 */
export function parsePolicyDocument(value: unknown, surroundings: PolicySurroundings = {}): PolicyDocument {
  checkDepth(value);
  const read = policyDocument.safeParse(value, { reportInput: true });
  if (!read.success) throw new PolicyFaults(schemaFaults(read.error));
  const faults = referenceFaults(read.data, surroundings);
  if (faults.length > 0) throw new PolicyFaults(faults);
  return read.data;
}

/** Decides nothing: every mail gets the default, and what it asks for. */
export const emptyPolicyDocument: PolicyDocument = policyDocument.parse({ format: 1 });

// Owns applying a template that the policy itself names. Pure.

import type { Asks, PolicyFrame } from './asks.ts';
import { templateAsks } from './template-asks.ts';

export function namedTemplateAsks(name: string, { policy, nowMs }: Pick<PolicyFrame, 'policy' | 'nowMs'>): Asks {
  const template = policy.templates.get(name);
  // Looked up when the document was saved.
  if (template === undefined) throw new Error('a policy names a template that it does not hold');
  const asks = templateAsks(template, nowMs);
  // A sender who names a template has chosen its end, and may choose another; of this one they were not asked.
  return asks.expiresAtMs === undefined ? asks : { ...asks, isBindingEnd: true };
}

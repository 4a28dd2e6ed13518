// Owns applying a template that the policy itself names. Pure.

import type { Asks, PolicyFrame } from './asks.ts';
import { templateAsks } from './template-asks.ts';

export function namedTemplateAsks(name: string, { policy, nowMs }: Pick<PolicyFrame, 'policy' | 'nowMs'>): Asks {
  const template = policy.templates.get(name);
  // Looked up when the document was saved.
  if (template === undefined) throw new Error('a policy names a template that it does not hold');
  return templateAsks(template, nowMs);
}

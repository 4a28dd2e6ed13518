// Owns the guard against documents that lie too deep: whoever reads one after it may recurse.

import { PolicyFaults } from './document-faults.ts';
import { policyLimits } from './policy-limits.ts';

/** Throws PolicyFaults. Does not recurse itself. */
export function checkDepth(value: unknown): void {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > policyLimits.documentDepthMax) throw new PolicyFaults([{ path: '', says: 'is nested too deeply' }]);
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
}

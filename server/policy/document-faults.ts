// Owns what a policy's document is refused with.

import { DocumentFaults } from '../core/document-faults.ts';
import type { Fault } from '../core/document-faults.ts';

/** The policy is refused whole, and what is in force stays. */
export class PolicyFaults extends DocumentFaults {
  constructor(faults: readonly Fault[]) {
    super('The policy', faults);
    this.name = 'PolicyFaults';
  }
}

// Owns the rows of what waits for somebody's approval.

import type { RecipientsTable } from './messages.ts';

/** One rule's hold on one message. */
export interface HoldsTable {
  id: string;
  message_id: string;
  rule_id: string;
  state: 'open' | 'released' | 'refused';
  created_at: string;
  answered_at: string | null;
  /** The rule's name, who may lift the hold, who did and what they wrote, sealed as a record. */
  sealed: Uint8Array;
}

/** By whom a hold is found: those who may lift it. */
export interface HoldApproversTable {
  hold_id: string;
  address_index: string;
  /** The mail to them failed for good. */
  unreached_at: string | null;
}

/**
 * Recipients of a message that is held. They stand apart, so that nothing that looks for a reader's messages can come upon it;
 * the release moves them to the others.
 */
export type HeldRecipientsTable = RecipientsTable;

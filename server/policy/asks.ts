// Owns what anything can ask for a mail, be it a header, a field, a label or a rule, and what has to be known to read it.
// Types, and what "never" is.

import type { Policy } from './policy.ts';
import type { Protection } from './protection.ts';

/** The last moment that a date can tell: an end that is none. A number that JSON can hold. */
export const NEVER_MS = 8_640_000_000_000_000;

/**
 * portal: nothing else. smime: the mail itself, encrypted to its recipient's certificate. tls: the mail itself, over TLS that
 * evidence vouches for. best: whatever is the least trouble for its reader and keeps what is asked. What the portal alone can
 * keep leads there in any case.
 */
export type Delivery = 'portal' | 'smime' | 'tls' | 'best';

/** What one of them asks for. Of several, the most restrictive holds (merge.ts). */
export interface Asks {
  readonly protection?: Protection;
  /** NEVER_MS: never. */
  readonly expiresAtMs?: number;
  /** A rule says so, or the template of a label or of a Sensitivity, and not the sender: no sender may move the end beyond it. */
  readonly isBindingEnd?: true;
  readonly brand?: string;
  /** What readers must prove (core/proofs.ts). */
  readonly demands?: readonly string[];
  readonly deliver?: Delivery;
  /** Days before the last one on which readers are reminded; 0: never. */
  readonly reminderDays?: number;
  /** Days it is kept after its last day. */
  readonly retentionDays?: number;
}

/** What stands in the mail itself, or came along with it. */
export interface Wish extends Asks {
  /** What was written: "X-Sealpost-Protection: do-not-forward". Holds no address and no content. */
  readonly words: string;
  /** Said and reasoned about; asks for nothing that could be granted or refused, and stands in nobody's way. */
  readonly isNote?: true;
  /** The sender wants to hear when it is read. */
  readonly readReceipt?: true;
  /** An access phrase comes along, so that one can be demanded. */
  readonly givesPhrase?: true;
  /** Of what is answered: its readers have met its demands already. */
  readonly isInherited?: true;
}

export interface PolicyFrame {
  readonly nowMs: number;
  readonly expiryDaysDefault: number;
  readonly expiryDaysMax: number;
  /** Names of the brands that exist, in lower case. */
  readonly brands: readonly string[];
  /** By the domain of whoever sends; a domain without one has the default. */
  readonly brandByDomain: ReadonlyMap<string, string>;
  /** By what, beside a code, readers can come in here. */
  readonly offers: Offers;
  /** ORG_DOMAINS. */
  readonly orgDomains: readonly string[];
  /** What is in force. */
  readonly policy: Policy;
}

export interface Offers {
  readonly accounts: boolean;
  readonly passkeys: boolean;
  /** The mail itself can go: encrypted, or to a recipient's own servers. Unless it is said, it cannot. */
  readonly direct?: boolean;
}

export interface HeaderLine {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
}

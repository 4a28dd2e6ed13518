// Owns the question whether a session has proved enough for a message. Pure: the message's demands and what was proved
// in, an answer out. Asked wherever a message is read, before anything of it is opened.

import { AppError } from '../core/errors.ts';
import { kindOf, splitWords } from '../core/proofs.ts';
import type { ProofKind, Way } from '../core/proofs.ts';
import { sentence } from '../language/words.ts';

/** The column of a message that demands. */
export interface Demanding {
  readonly demands: string;
}

/** The columns of a recipient that matter. */
export interface Asked {
  readonly road: 'notice' | 'answer' | 'direct';
}

/** What the reader still has to do; each of them, in the order in which it is asked. `other`: what is no word here. */
export type Missing = Exclude<ProofKind, 'phrase' | 'totp'> | 'another' | 'phrase' | 'other';

/** The reader is known, but has proved too little for this message: the page then tells what is missing. */
export class ProofNeeded extends AppError {
  readonly missing: readonly Missing[];

  constructor(missing: readonly Missing[]) {
    super('signin/proof-needed', sentence('ways.step-needed'), { detail: missing.join(' ') });
    this.name = 'ProofNeeded';
    this.missing = missing;
  }
}

/** The kinds that a session proved, and the phrase where this session gave it for this message. */
export function provedKinds(ways: readonly Way[], phraseGiven: boolean): ReadonlySet<ProofKind> {
  return new Set<ProofKind>([...ways.map(kindOf), ...(phraseGiven ? (['phrase'] as const) : [])]);
}

/** What of the demands is not proved; empty when the message may be read. */
export function missingProofs(message: Demanding, { road }: Asked, proved: ReadonlySet<ProofKind>): Missing[] {
  // An answer to a sender lies in the sender's own mailbox as well; a demand here would guard nothing.
  if (road === 'answer') return [];
  const demands = splitWords(message.demands);
  const missing = demands.flatMap((demand) => missingFor(demand, proved));
  // Whoever has to do something else for another demand comes to two kinds by that.
  const others = missing.filter((one) => one !== 'another');
  const kindsThen = proved.size + new Set(others).size;
  const left = kindsThen >= 2 ? others : missing;
  return left.toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
}

// The phrase last: it belongs to the message, and is asked for once it is known who reads.
const ORDER: readonly Missing[] = ['other', 'code', 'federated', 'passkey', 'another', 'phrase'];

/** Throws ProofNeeded (signin/proof-needed) unless enough is proved. */
export function checkProved(message: Demanding, recipient: Asked, proved: ReadonlySet<ProofKind>): void {
  const missing = missingProofs(message, recipient, proved);
  if (missing.length > 0) throw new ProofNeeded(missing);
}

function missingFor(demand: string, proved: ReadonlySet<ProofKind>): Missing[] {
  switch (demand) {
    case 'code':
    case 'federated':
    case 'passkey':
    case 'phrase':
      return proved.has(demand) ? [] : [demand];
    case 'two':
      return proved.size >= 2 ? [] : ['another'];
    default:
      // Written by a later version, or by somebody else: nobody can prove it.
      return ['other'];
  }
}

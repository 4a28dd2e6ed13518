// Owns the one word for the road that a message takes to one recipient, alike in the API and in proofs. Pure.

import type { RecipientsTable } from '../db/tables/messages.ts';
import type { DeliveryRecord, RecipientCard } from './message.ts';

/** best: the mail itself goes, and how is not decided yet. */
export const deliveryWords = ['portal', 'smime', 'tls', 'best'] as const;
export type DeliveryWord = (typeof deliveryWords)[number];

export function deliveryWord(
  { road }: Pick<RecipientsTable, 'road'>,
  { rungs = ['tls'] }: Pick<RecipientCard, 'rungs'>,
  record: DeliveryRecord | undefined,
): DeliveryWord {
  if (record !== undefined) return record.road;
  if (road !== 'direct') return 'portal';
  return rungs.length > 1 ? 'best' : (rungs[0] ?? 'tls');
}

// Owns the one word for what became of a message with one recipient. Pure. The last thing that counts
// comes first.

export const recipientStatuses = ['queued', 'notified', 'bounced', 'opened', 'replied', 'expired', 'revoked'] as const;
export type RecipientStatus = (typeof recipientStatuses)[number];

/** What may be searched for: a state of any of its recipients, or of the whole message while rules hold it. */
export const findStates = [...recipientStatuses, 'held', 'refused'] as const;
export type FindState = (typeof findStates)[number];

export interface StatusFacts {
  readonly revoked_at: string | null;
  readonly own_expires_at: string | null;
  readonly replied_at: string | null;
  readonly opened_at: string | null;
  readonly failed_at: string | null;
  readonly notified_at: string | null;
}

export function recipientStatus(
  recipient: StatusFacts,
  message: { readonly expires_at: string | null; readonly destroyed_at: string | null },
  now: string,
): RecipientStatus {
  // A message that was over before it was shredded stays what it was.
  const ends = [message.expires_at, recipient.own_expires_at];
  const isExpired = ends.some((end) => end !== null && end <= (message.destroyed_at ?? now));
  if (recipient.revoked_at !== null || (message.destroyed_at !== null && !isExpired)) return 'revoked';
  if (recipient.replied_at !== null) return 'replied';
  if (isExpired) return 'expired';
  if (recipient.opened_at !== null) return 'opened';
  if (recipient.failed_at !== null) return 'bounced';
  return recipient.notified_at === null ? 'queued' : 'notified';
}

// Owns until when a message can be brought back after its last day. Then it is due to be shredded, and stays so. Pure.

import { DAY_MS, isoTime } from '../core/clock.ts';
import type { MessagesTable } from '../db/tables/messages.ts';

type Kept = Pick<MessagesTable, 'expires_at' | 'retention_days'>;

/** ISO 8601 UTC; null: it never ends, and is kept as long. */
export function keptUntil({ expires_at: end, retention_days: days }: Kept): string | null {
  return end === null ? null : isoTime(Date.parse(end) + days * DAY_MS);
}

/** Whether the next sweep takes it, if it has not been taken yet. `now`: ISO 8601 UTC. */
export function isOverdue(message: Kept, now: string): boolean {
  const until = keptUntil(message);
  return until !== null && until <= now;
}

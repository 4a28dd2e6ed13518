// Owns what the entries of the audit log are asked for by, as it is typed or called: days and moments become the time between.

import { momentIn } from '../core/moment-in.ts';
import type { AuditEvent } from './audit-event.ts';
import type { AuditFilter } from './audit-list.store.ts';

export interface AskedFor {
  readonly event?: AuditEvent | undefined;
  /** Blind index of an address. */
  readonly person?: string | undefined;
  readonly message?: string | undefined;
  /** A day or a moment each, as momentIn takes it: checked before. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

export function filterOf({ event, person, message, from, until }: AskedFor): AuditFilter {
  return {
    event,
    person,
    messageId: message,
    from: from === undefined ? undefined : momentIn(from, 'from'),
    until: until === undefined ? undefined : momentIn(until, 'until'),
  };
}

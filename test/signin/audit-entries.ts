// Owns looking at the audit's entries of one kind, opened, newest first.

import { readAudit } from '../../server/audit/audit-list.store.ts';
import type { Running } from '../support/program.ts';

export async function readAuditOf(running: Running, event: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const entry of readAudit(running.store.keyring, running.store.db)) {
    if (entry.event === event) found.unshift(Object(entry.details) as Record<string, unknown>); // details are an object
  }
  return found;
}

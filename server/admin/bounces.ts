// Owns telling which domains refused notices of late. The domain of a recipient lies sealed with its message, so the newest
// failures are opened one by one; of a message that is gone nothing is told.

import { listAudit } from '../audit/audit-list.store.ts';
import { detailOf } from '../audit/formats.ts';
import { domainOf, parseAddress } from '../core/address.ts';
import type { Site } from '../http/site.ts';
import { unlessBroken } from '../http/message-views.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { loadRecipient } from '../messages/recipients.store.ts';
import type { TodayPage } from '../render/page-models/today.ts';

const FAILURES_OPENED = 200;
const DOMAINS_SHOWN = 10;

/** Of the newest failures since `from` (ISO 8601 UTC), the domains with the most first. */
export async function bouncesByDomain(site: Site, from: string): Promise<TodayPage['bounces']> {
  const { keyring, db } = site;
  const failures = await listAudit(keyring, db, { event: 'notice-failed', from }, { limit: FAILURES_OPENED });
  const domains = new Map<string, { count: number; last: string }>();
  for (const entry of failures) {
    const domain = await domainOfRecipient(site, entry.messageId, entry.recipientId);
    if (domain === undefined) continue;
    const known = domains.get(domain);
    domains.set(domain, { count: (known?.count ?? 0) + 1, last: known?.last ?? detailOf(entry, 'failure') ?? '' });
  }
  return [...domains]
    .map(([domain, { count, last }]) => ({ domain, count, last }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, DOMAINS_SHOWN);
}

async function domainOfRecipient(
  site: Site,
  messageId: string | null,
  recipientId: string | null,
): Promise<string | undefined> {
  if (messageId === null || recipientId === null) return undefined;
  const row = await loadMessage(site.db, messageId);
  const recipient = await loadRecipient(site.db, recipientId);
  if (row === undefined || recipient === undefined || row.destroyed_at !== null) return undefined;
  const card = await unlessBroken(site, messageId, () => openRecipient(openMessage(site.vault, row), recipient));
  const address = card === undefined ? undefined : parseAddress(card.address);
  return address === undefined ? undefined : domainOf(address);
}

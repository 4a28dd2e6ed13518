// Owns what the API says of a message: states and times, never a token, never content.

import { isoNow } from '../core/clock.ts';
import { splitWords } from '../core/proofs.ts';
import type { ReadEntry } from '../audit/audit-entry.ts';
import type { HoldsTable } from '../db/tables/holds.ts';
import type { MessagesTable, RecipientsTable, RequestsTable } from '../db/tables/messages.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { deliveryWord } from '../messages/delivery-word.ts';
import { openDelivery, openMessage, openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { recipientStatus } from '../messages/recipient-state.ts';
import { keptUntil } from '../messages/retention.ts';
import { listAllRecipients, listAllRecipientsOf, listHolds, listHoldsOf } from '../messages/holds.store.ts';
import { listRequests, listRequestsOf } from '../messages/requests.store.ts';
import type { KeyDeps } from './authorize.ts';
import type { EventList, MessageView } from './schemas.ts';

/** A message that is known to be there. */
export async function presentStored(deps: KeyDeps, id: string): Promise<MessageView> {
  const row = await loadMessage(deps.db, id);
  if (row === undefined) throw new Error('a message that was just there is missing');
  return presentMessage(deps, row);
}

export async function presentMessage(deps: KeyDeps, row: MessagesTable): Promise<MessageView> {
  const { db } = deps;
  return present(deps, row, {
    recipients: await listAllRecipients(db, row.id),
    requests: await listRequestsOf(db, row.id),
    holds: await listHoldsOf(db, row.id),
  });
}

export async function presentMessages(deps: KeyDeps, rows: readonly MessagesTable[]): Promise<MessageView[]> {
  const recipients = await listAllRecipientsOf(deps.db, rows);
  const ids = rows.map(({ id }) => id);
  const requests = Map.groupBy(await listRequests(deps.db, ids), (request) => request.message_id);
  const holds = Map.groupBy(await listHolds(deps.db, ids), (hold) => hold.message_id);
  return rows.map((row) =>
    present(deps, row, {
      recipients: recipients.of(row.id),
      requests: requests.get(row.id) ?? [],
      holds: holds.get(row.id) ?? [],
    }),
  );
}

interface Around {
  readonly recipients: readonly RecipientsTable[];
  readonly requests: readonly RequestsTable[];
  readonly holds: readonly HoldsTable[];
}

function present({ vault }: KeyDeps, row: MessagesTable, { recipients, requests, holds }: Around): MessageView {
  const open = row.destroyed_at === null ? openMessage(vault, row) : undefined;
  const now = isoNow(vault.clock);
  return {
    id: row.id,
    createdAt: row.created_at,
    subject: open?.meta.subject ?? null,
    protection: row.protection,
    expiresAt: row.expires_at,
    keptUntil: open === undefined ? null : keptUntil(row),
    reminderDays: row.reminder_days,
    destroyed: open === undefined,
    demands: splitWords(row.demands),
    recipients: recipients.map((recipient) => ({
      n: recipient.position,
      address: open === undefined ? null : openRecipient(open, recipient).address,
      ...presentDelivery(open, recipient),
      status: recipientStatus(recipient, row, now),
      notifiedAt: recipient.notified_at,
      openedAt: recipient.opened_at,
      repliedAt: recipient.replied_at,
      revokedAt: recipient.revoked_at,
      failure: recipient.failure,
    })),
    requests: requests.map((request) => ({
      id: request.id,
      recipient: recipients.find(({ id }) => id === request.recipient_id)?.position ?? 0,
      state: request.state,
      askedAt: request.created_at,
      answeredAt: request.answered_at,
      expiresAt: request.expires_at,
    })),
    hold: holdState(holds),
    reasons: [...(open?.meta.reasons ?? [])],
    transit: presentTransit(open),
  };
}

/** One refusal ends it, and every one has to let it go. */
function holdState(holds: readonly HoldsTable[]): MessageView['hold'] {
  if (holds.length === 0) return null;
  if (holds.some(({ state }) => state === 'refused')) return 'refused';
  return holds.some(({ state }) => state === 'open') ? 'open' : 'released';
}

function presentTransit(open: OpenMessage | undefined): MessageView['transit'] {
  const transit = open?.meta.transit;
  return transit === undefined ? null : { ...transit, without: [...transit.without] };
}

/** By which road, and by what evidence once the mail itself has gone. */
function presentDelivery(
  open: OpenMessage | undefined,
  recipient: RecipientsTable,
): Pick<MessageView['recipients'][number], 'delivery' | 'evidence'> {
  const record = open === undefined ? undefined : openDelivery(open, recipient);
  const delivery = deliveryWord(recipient, open === undefined ? {} : openRecipient(open, recipient), record);
  if (record?.road === 'smime') {
    const { certificate, algorithms, isSigned: signed, at } = record;
    const { fingerprint, issuer, notAfter: validUntil } = certificate;
    return { delivery, evidence: { by: 'certificate', fingerprint, issuer, validUntil, algorithms, signed, at } };
  }
  if (record?.road === 'tls') {
    const { evidence: by, host, protocol, cipher, at } = record;
    return { delivery, evidence: { by, host, protocol, cipher, at } };
  }
  return { delivery, evidence: null };
}

export function presentEvents(entries: readonly ReadEntry[], recipients: readonly RecipientsTable[]): EventList {
  const places = new Map(recipients.map((row) => [row.id, row.position]));
  return {
    events: entries.map(({ at, event, recipientId }) => ({
      at,
      event,
      recipient: recipientId === null ? null : (places.get(recipientId) ?? null),
    })),
  };
}

// Owns filling a store with many messages in little time: each truly sealed, with its recipient, its notice sent and
// its audit entry, made by the program's own functions; only the commits are shared by many.

import { parseAddress } from '../../server/core/address.ts';
import type { Address } from '../../server/core/address.ts';
import { DAY_MS, isoNow } from '../../server/core/clock.ts';
import { appendAudit } from '../../server/audit/audit.store.ts';
import { newId } from '../../server/crypto/random.ts';
import { inTransaction } from '../../server/db/engine.ts';
import type { Tx } from '../../server/db/engine.ts';
import type { MessagesTable, PartsTable, RecipientsTable } from '../../server/db/tables/messages.ts';
import type { OutboxTable } from '../../server/db/tables/outbox.ts';
import { messageRow, recipientRow } from '../../server/ingest/message-rows.ts';
import type { Content, Submission } from '../../server/ingest/submission.ts';
import { Sealing } from '../../server/messages/seal.ts';
import { nothingSeen } from '../../server/inspect/inspect.ts';
import { mailToDecide } from '../../server/ingest/judge.ts';
import { decide } from '../../server/policy/decide.ts';
import { emptyPolicyDocument } from '../../server/policy/document.ts';
import { compilePolicy } from '../../server/policy/policy.ts';
import type { Store } from '../../server/store.ts';

export interface FillAsk {
  readonly count: number;
  readonly from?: (n: number) => string;
  readonly to?: (n: number) => string;
  /** How many are there. */
  readonly onProgress?: (done: number) => void;
}

interface Rows {
  readonly messages: MessagesTable[];
  readonly recipients: RecipientsTable[];
  readonly parts: PartsTable[];
  readonly outbox: OutboxTable[];
}

const BATCH = 500;
const HOST = 'example.com';

/** As in an organisation: one mail of ten is Alice's and one of ten is for Bob, the others are anybody's. */
export const anySender = (n: number): string => (n % 10 === 0 ? 'alice@example.com' : `sender${n % 997}@example.com`);
export const anyReader = (n: number): string =>
  n % 10 === 5 ? 'bob@recipient.example' : `reader${n % 9_973}@recipient.example`;

/** The tables must be there. @returns the ids, oldest first. */
export async function fill(store: Store, ask: FillAsk): Promise<string[]> {
  const { count, from = anySender, to = anyReader, onProgress } = ask;
  const ids: string[] = [];
  while (ids.length < count) {
    const rows: Rows = { messages: [], recipients: [], parts: [], outbox: [] };
    const batch = Math.min(BATCH, count - ids.length);
    for (let k = 0; k < batch; k += 1) {
      const n = ids.length + k;
      await sealInto(rows, store, { n, from: address(from(n)), to: address(to(n)) });
    }
    await inTransaction(store.db, (tx) => write(store, tx, rows));
    ids.push(...rows.messages.map((row) => row.id));
    onProgress?.(ids.length);
  }
  return ids;
}

async function sealInto(rows: Rows, store: Store, mail: { n: number; from: Address; to: Address }): Promise<void> {
  const { vault } = store;
  const sealing = new Sealing(vault);
  const content: Content = {
    tree: {
      headers: [],
      from: { name: 'Alice Example', address: mail.from },
      to: [{ name: 'Bob Recipient', address: mail.to }],
      cc: [],
      subject: `Matter ${mail.n}`,
      sentAt: isoNow(vault.clock),
      mailId: `<${sealing.id}@${HOST}>`,
      inReplyTo: undefined,
      references: [],
      automatic: false,
      text: 'Here it is.',
      html: undefined,
      parts: [],
    },
    digest: sealing.id,
    recipients: [{ address: mail.to }],
    repeatKey: sealing.id,
  };
  const submission: Submission = {
    road: 'smtp',
    from: mail.from,
    read: () => Promise.resolve(content),
    fields: () => [],
    actor: 'fill',
  };
  const frame = {
    nowMs: vault.clock.nowMs(),
    expiryDaysDefault: 3_650,
    expiryDaysMax: 3_650,
    brands: ['default'],
    brandByDomain: new Map(),
    offers: { accounts: false, passkeys: false },
    orgDomains: ['example.com'],
    policy: compilePolicy(emptyPolicyDocument),
  };
  await sealing.sealBody({ text: 'Here it is.' });
  const placed = { address: mail.to, name: 'Bob Recipient', role: 'to' } as const;
  const decision = decide(mailToDecide(frame, submission, content, [placed], nothingSeen), frame);
  const message = messageRow({ vault, mailIdHost: HOST }, submission, sealing, content, {
    decision,
    threadId: undefined,
    phraseId: null,
  });
  const recipient = recipientRow({ vault, mailIdHost: HOST }, submission, sealing, placed, 0);
  rows.messages.push(message);
  rows.recipients.push({ ...recipient, notified_at: isoNow(vault.clock) });
  for (const part of sealing.parts()) {
    rows.parts.push({
      message_id: message.id,
      n: part.n,
      size_bytes: part.sizeBytes,
      inline_bytes: part.inlineBytes,
      blob_id: part.blobId,
    });
  }
  rows.outbox.push({
    id: newId(vault.clock),
    kind: 'notice',
    message_id: message.id,
    recipient_id: recipient.id,
    sealed: null,
    state: 'done',
    attempts: 1,
    next_at: isoNow(vault.clock),
    give_up_at: isoNow(vault.clock, 4 * DAY_MS),
    lease_until: null,
    lease_token: null,
    last_error: null,
    created_at: isoNow(vault.clock),
  });
}

async function write(store: Store, tx: Tx, rows: Rows): Promise<void> {
  await tx.insertInto('messages').values(rows.messages).execute();
  await tx.insertInto('recipients').values(rows.recipients).execute();
  await tx.insertInto('parts').values(rows.parts).execute();
  await tx.insertInto('outbox').values(rows.outbox).execute();
  for (const { id } of rows.messages) {
    await appendAudit(store.vault, tx, {
      event: 'message-accepted',
      messageId: id,
      details: { road: 'smtp', actor: 'fill', recipients: 1, reasons: [] },
    });
  }
}

export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
}

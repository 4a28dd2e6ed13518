// Owns making the proof of one message: what was sent, to whom, under which protection, and what became of it by the audit
// log. It never holds a recipient's link, a code, an access phrase, or from where somebody read.

import { isoNow } from '../core/clock.ts';
import { parseAddress } from '../core/address.ts';
import { listAudit, messageAudit } from '../audit/audit-list.store.ts';
import type { ReadEntry } from '../audit/audit-entry.ts';
import { detailOf, otherDetails, whoOf } from '../audit/formats.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { createSha256, sha256 } from '../crypto/digest.ts';
import type { Signer } from '../crypto/signing-key.ts';
import type { Db } from '../db/engine.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { listAllRecipients } from '../messages/holds.store.ts';
import { deliveryWord } from '../messages/delivery-word.ts';
import { loadBody } from '../messages/load-body.ts';
import { loadPart } from '../messages/messages.store.ts';
import { openDelivery, openMessage, openPart, openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { recipientStatus } from '../messages/recipient-state.ts';
import type { Vault } from '../messages/seal.ts';
import { PROOF_TYPE } from './proof-statement.ts';
import type { Statement } from './proof-statement.ts';

export interface ProofDeps {
  readonly db: Db;
  readonly vault: Vault;
  /** Made for proofs alone. */
  readonly signer: Signer;
  /** PUBLIC_URL. */
  readonly issuer: string;
  readonly orgName: string;
}

export interface Proof {
  readonly statement: Statement;
  /** Compact JWS over it. */
  readonly signature: string;
}

/** Of all events, and of the sign-ins of each recipient. */
const EVENTS_MAX = 5_000;
const SIGN_INS_MAX = 200;

/** `message`: one that is not destroyed; `madeFor`: who asked. @throws {SealBroken} when it does not open. */
export async function makeProof(deps: ProofDeps, message: MessagesTable, madeFor: string): Promise<Proof> {
  const { db, vault, signer } = deps;
  const open = openMessage(vault, message);
  const rows = await listAllRecipients(db, message.id);
  const { entries, complete } = await entriesOf(deps, open, rows);
  const now = isoNow(vault.clock);
  const statement: Statement = {
    format: 1,
    issuer: deps.issuer,
    organisation: deps.orgName,
    madeAt: now,
    madeFor,
    message: await whatWasSent(deps, open),
    protection: {
      name: open.meta.protectionTitle ?? message.protection,
      rights: message.rights.split(' ').filter((right) => right !== ''),
      expiresAt: message.expires_at,
      reasons: [...open.meta.reasons],
    },
    recipients: rows.map((row) => {
      const card = openRecipient(open, row);
      const { name, address } = card;
      const status = recipientStatus(row, message, now);
      const delivery = deliveryWord(row, card, openDelivery(open, row));
      return { name, address, role: row.role, status, revokedAt: row.revoked_at, delivery };
    }),
    events: entries.map((entry) => eventOf(entry, rows)),
    complete,
  };
  return { statement, signature: await signer.sign(PROOF_TYPE, statement) };
}

async function whatWasSent({ db, vault }: ProofDeps, open: OpenMessage): Promise<Statement['message']> {
  const { row, meta } = open;
  const { text, html } = await loadBody(db, vault, open);
  const attachments: Statement['message']['attachments'] = [];
  for (const part of meta.parts) {
    const { filename, contentType, size: sizeBytes } = part;
    attachments.push({ filename, contentType, sizeBytes, sha256: await digestOf({ db, vault }, open, part) });
  }
  return {
    id: row.id,
    acceptedAt: row.created_at,
    from: { name: meta.from.name, address: meta.from.address },
    subject: meta.subject,
    ...(meta.transit === undefined ? {} : { transit: { ...meta.transit, without: [...meta.transit.without] } }),
    ...(text === undefined ? {} : { textSha256: sha256(text).toString('hex') }),
    ...(html === undefined ? {} : { htmlSha256: sha256(html).toString('hex') }),
    attachments,
  };
}

async function digestOf(
  { db, vault }: Pick<ProofDeps, 'db' | 'vault'>,
  open: OpenMessage,
  { n }: MailPart,
): Promise<string> {
  const part = await loadPart(db, open.row.id, n);
  if (part === undefined) throw new Error('an attachment without its row');
  const digest = createSha256();
  for await (const piece of openPart(vault, open, part)) digest.update(piece);
  return digest.digest().toString('hex');
}

/** The message's own entries and its readers' sign-ins for it, oldest first. */
async function entriesOf(
  { db, vault }: ProofDeps,
  open: OpenMessage,
  rows: readonly RecipientsTable[],
): Promise<{ entries: ReadEntry[]; complete: boolean }> {
  const own = await messageAudit(vault.keyring, db, open.row.id, EVENTS_MAX);
  const entries = [...own];
  for (const row of rows) {
    const address = parseAddress(openRecipient(open, row).address);
    if (address === undefined) continue;
    const filter = { person: addressIndex(vault.keyring, address), from: open.row.created_at };
    const theirs = await listAudit(vault.keyring, db, filter, { limit: SIGN_INS_MAX });
    entries.push(...theirs.filter((entry) => entry.messageId === null && purposeOf(entry) === row.id));
  }
  const inOrder = entries.toSorted((a, b) => a.seq - b.seq);
  return {
    entries: inOrder,
    complete: own.length < EVENTS_MAX && inOrder.every(({ details }) => details !== undefined),
  };
}

// Whom a sign-in was for stands in its purpose.
function purposeOf(entry: ReadEntry): string | undefined {
  return detailOf(entry, 'purpose');
}

/** What a rule in shadow met is not the sender's to know, and whom a sign-in was for is told by its recipient. */
const HOUSE_ONLY: readonly string[] = ['purpose', 'rules'];

function eventOf(entry: ReadEntry, rows: readonly RecipientsTable[]): Statement['events'][number] {
  const id = entry.recipientId ?? purposeOf(entry);
  const recipient = rows.findIndex((row) => row.id === id);
  const by = whoOf(entry);
  return {
    at: entry.at,
    event: entry.event,
    recipient: recipient === -1 ? null : recipient,
    ...(by === '' ? {} : { by }),
    particulars: Object.fromEntries(otherDetails(entry).filter(([name]) => !HOUSE_ONLY.includes(name))),
  };
}

// Owns how a submission that was read and judged becomes rows. It writes none of them.

import { canonicalAddress, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { DAY_MS, isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { limits } from '../core/limits.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import type { AuthorProof } from '../mail/dkim-proof.ts';
import type { MailTree } from '../mail/mail-tree.ts';
import { readTransit } from '../mail/received.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import type { MessageMeta, RecipientCard } from '../messages/message.ts';
import { newRecipient } from '../messages/new-recipient.ts';
import type { Sealing, Vault } from '../messages/seal.ts';
import type { Decision } from '../policy/decide.ts';
import { reasonLines } from '../policy/reasons.ts';
import type { Road } from '../policy/roads.ts';
import { answerTerms } from './answer-terms.ts';
import type { Content, Submission, SubmittedRecipient } from './submission.ts';

export interface RowDeps {
  readonly vault: Vault;
  /** Host that stands in Message-IDs made here. */
  readonly mailIdHost: string;
}

export interface PlacedRecipient {
  readonly address: Address;
  readonly name: string;
  readonly role: 'to' | 'cc' | 'bcc' | 'review';
}

export interface Judged {
  readonly decision: Decision;
  readonly threadId: string | undefined;
  readonly phraseId: string | null;
}

/** The message's row, without its thread when it is the first of one. */
export function messageRow(
  deps: RowDeps,
  submission: Submission,
  sealing: Sealing,
  content: Content,
  { decision, threadId, phraseId }: Judged,
): MessagesTable {
  const { tree } = content;
  const { keyring, clock } = deps.vault;
  const mailId = submission.answer === undefined ? tree.mailId : ownMailId(sealing.id, deps.mailIdHost);
  const meta: MessageMeta = {
    from: tree.from,
    to: tree.to,
    cc: tree.cc,
    subject: decision.subject,
    ...believedDate(tree, clock),
    ...(mailId === undefined ? {} : { mailId }),
    references: submission.answer === undefined ? tree.references : answerTerms(submission.answer).references,
    ...(decision.title === undefined ? {} : { protectionTitle: decision.title }),
    reasons: reasonLines(decision.reasons),
    parts: tree.parts,
    ...(content.smime === undefined ? {} : { smime: content.smime }),
    ...byMail(submission.answer?.cameByMail),
    ...(submission.answer === undefined ? transitOf(tree) : {}),
  };
  const { keyId, wrapped } = sealing.wrappedKey();
  return {
    id: sealing.id,
    thread_id: threadId ?? sealing.id,
    kind: submission.answer === undefined ? 'mail' : 'reply',
    sender_index: addressIndex(keyring, tree.from.address),
    mail_id_index: mailId === undefined ? null : keyring.blindIndex('mail-id', mailId),
    ...repeatMarks(keyring, content),
    protection: decision.protection.name,
    rights: decision.protection.rights.join(' '),
    brand: decision.brand,
    demands: decision.demands,
    phrase_id: phraseId,
    created_at: isoNow(clock),
    expires_at: decision.expiresAt,
    policy_end: decision.policyEnd,
    size_bytes: sealing.parts().reduce((sum, part) => sum + part.sizeBytes, 0),
    key_id: keyId,
    wrapped_key: wrapped,
    sealed_meta: sealing.sealMeta(meta),
    destroyed_at: null,
    reminded_at: null,
    reminder_days: decision.reminderDays ?? null,
    retention_days: decision.retentionDays ?? limits.retentionDaysDefault,
  };
}

function byMail(proof: AuthorProof | undefined): Pick<MessageMeta, 'cameByMail' | 'authorProvedBy'> {
  if (proof === undefined) return {};
  return { cameByMail: true, ...(proof.kind === 'proved' ? { authorProvedBy: proof.domain } : {}) };
}

function transitOf({ headers }: MailTree): Pick<MessageMeta, 'transit'> {
  const transit = readTransit(headers);
  return transit === undefined ? {} : { transit };
}

// A mail's own date is whatever its author's machine says. Readers are shown it when it can be true: not later than
// the arrival, and not earlier than a mail server would go on trying (RFC 5321 section 4.5.4.1).
const ON_ITS_WAY_MAX_MS = 5 * DAY_MS;

function believedDate({ sentAt }: MailTree, clock: Clock): Pick<MessageMeta, 'sentAt'> {
  const believed = sentAt !== undefined && sentAt <= isoNow(clock) && sentAt >= isoNow(clock, -ON_ITS_WAY_MAX_MS);
  return believed ? { sentAt } : {};
}

export type RepeatMarks = Pick<MessagesTable, 'repeat_index' | 'repeat_digest'>;

/** By what a repeat of this content is known, and by what it is told from other content under the same key. */
export function repeatMarks(keyring: Keyring, { repeatKey, digest }: Content): RepeatMarks {
  if (repeatKey === undefined) return { repeat_index: null, repeat_digest: null };
  return {
    repeat_index: keyring.blindIndex('repeat', repeatKey),
    repeat_digest: keyring.blindIndex('repeat digest', digest),
  };
}

/** One recipient's row, with a new link token sealed in it. `decided`: what the policy says of their road; a reviewer's is the portal. */
export function recipientRow(
  deps: RowDeps,
  submission: Submission,
  sealing: Sealing,
  recipient: PlacedRecipient,
  position: number,
  decided?: Road,
): RecipientsTable {
  const direct = decided === undefined || decided.road === 'portal' ? 'notice' : 'direct';
  const road = submission.answer?.isSender(recipient.address) === true ? 'answer' : direct;
  const bypass = decided?.road === 'bypass' ? { host: decided.host, port: decided.port } : undefined;
  const rungs = decided === undefined ? undefined : rungsOf(decided);
  const row = newRecipient(deps.vault, { ...recipient, messageId: sealing.id, road, bypass, rungs }, (id, card) =>
    sealing.sealRecipient(id, card),
  );
  return { ...row, position };
}

function rungsOf({ road }: Road): RecipientCard['rungs'] {
  if (road === 'best') return ['smime', 'tls'];
  return road === 'smime' ? ['smime'] : undefined;
}

/** Each recipient once: the envelope decides who receives, the headers tell under which name and place. */
export function placeRecipients(submitted: readonly SubmittedRecipient[], tree: MailTree): PlacedRecipient[] {
  const shown = new Map<string, { name: string; role: 'to' | 'cc' }>();
  for (const box of tree.cc) shown.set(canonicalAddress(box.address), { name: box.name, role: 'cc' });
  for (const box of tree.to) shown.set(canonicalAddress(box.address), { name: box.name, role: 'to' });
  const placed = new Map<string, PlacedRecipient>();
  for (const recipient of submitted) {
    const canonical = canonicalAddress(recipient.address);
    if (placed.has(canonical)) continue;
    const header = shown.get(canonical);
    placed.set(canonical, {
      address: recipient.address,
      name: recipient.name ?? header?.name ?? '',
      role: recipient.role ?? header?.role ?? 'bcc',
    });
  }
  return [...placed.values()];
}

/** Whom rules send a copy, beside the recipients; who is one already needs none. */
export function reviewersBeside(
  { reviewers }: Pick<Decision, 'reviewers'>,
  placed: readonly PlacedRecipient[],
): PlacedRecipient[] {
  const known = new Set(placed.map(({ address }) => canonicalAddress(address)));
  return reviewers
    .map((text) => {
      const address = parseAddress(text);
      // The policy's document is checked when it is saved; a copy that cannot be sent is no copy.
      if (address === undefined) throw new Error('a reviewer has no address');
      return address;
    })
    .filter((address) => !known.has(canonicalAddress(address)))
    .map((address) => ({ address, name: '', role: 'review' }));
}

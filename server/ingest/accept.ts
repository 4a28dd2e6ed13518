// Owns the one road in. Whatever the door (SMTP, the API, a reply in the portal), a message is read,
// judged, sealed and committed here, and only then may the door say yes. On any failure nothing is left.

import { domainOf } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables.ts';
import type { MailTree } from '../mail/mail-tree.ts';
import { insertMessage, loadByMailId, loadRepeat } from '../messages/messages.store.ts';
import { insertRecipients, loadRecipientOf } from '../messages/recipients.store.ts';
import { Sealing } from '../messages/seal.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { askProtection } from '../policy/ask.ts';
import type { PolicyFrame } from '../policy/ask.ts';
import { decide } from '../policy/decide.ts';
import { checkNoLoop } from './check-no-loop.ts';
import { messageRow, placeRecipients, recipientRow } from './message-rows.ts';
import type { RowDeps } from './message-rows.ts';
import type { Accepted, Content, Submission, SubmittedRecipient } from './submission.ts';

export interface AcceptDeps extends RowDeps {
  readonly db: Db;
  readonly orgDomains: readonly string[];
  /** Our own author address: mail from it coming in is a loop. */
  readonly ownAddress: Address;
  readonly policyFrame: () => PolicyFrame;
  /** Called after the commit: there is work in the outbox. */
  readonly kick: () => void;
}

/** Takes a message in. Throws an AppError for whatever is refused; weather passes through. */
export async function accept(deps: AcceptDeps, submission: Submission): Promise<Accepted> {
  if (submission.answer === undefined) checkAuthor(deps, submission.from);
  const sealing = new Sealing(deps.vault);
  try {
    const content = await submission.read(sealing.sink);
    checkRecipients(content.recipients);
    if (submission.answer === undefined) checkAuthor(deps, content.tree.from.address);
    if (submission.answer === undefined) await checkNoLoop(deps, content);
    const accepted = await commit(deps, submission, sealing, content);
    // The loser of two equal submissions has sealed for nothing.
    if (accepted.repeated) await sealing.discard();
    else deps.kick();
    return accepted;
  } catch (error) {
    await sealing.discard();
    throw error;
  }
}

async function commit(
  deps: AcceptDeps,
  submission: Submission,
  sealing: Sealing,
  content: Content,
): Promise<Accepted> {
  const { tree } = content;
  const frame = deps.policyFrame();
  const decision = decide(
    {
      headers: submission.road === 'portal' ? [] : tree.headers,
      subject: tree.subject,
      fields: [
        ...submission.fields(frame),
        ...(submission.answer === undefined ? [] : [askProtection('field', 'answer', submission.answer.protection)]),
      ],
    },
    frame,
  );
  await sealing.sealBody({
    ...(tree.text === undefined ? {} : { text: tree.text }),
    ...(tree.html === undefined ? {} : { html: tree.html }),
  });
  const threadId =
    submission.answer?.threadId ??
    (await continuedThread(deps, tree, addressIndex(deps.vault.keyring, tree.from.address)));
  const message = messageRow(deps, submission, sealing, content, decision, threadId);
  const rows = placeRecipients(content.recipients, tree).map((recipient, position) =>
    recipientRow(deps, submission, sealing, recipient, position),
  );
  await sealing.commitBlobs();

  return inTransaction(deps.db, async (tx) => {
    if (!(await insertMessage(tx, message, sealing.parts()))) return repeatOf(tx, message);
    await insertRecipients(tx, rows);
    for (const row of rows) {
      await enqueue(deps.vault, tx, { kind: row.road, messageId: message.id, recipientId: row.id });
    }
    await appendAudit(deps.vault, tx, {
      event: 'message-accepted',
      messageId: message.id,
      details: { road: submission.road, actor: submission.actor, recipients: rows.length, reasons: decision.reasons },
    });
    await submission.alongside?.(tx, message.id);
    return { id: message.id, repeated: false };
  });
}

// A mail joins the conversation its References name, if its author is a party of it: nobody can write
// into other people's threads by knowing a Message-ID.
async function continuedThread(deps: AcceptDeps, tree: MailTree, authorIndex: string): Promise<string | undefined> {
  const ids = [...(tree.inReplyTo === undefined ? [] : [tree.inReplyTo]), ...tree.references.slice(-REFERENCES_LOOKED_AT)];
  const indexes = ids.map((id) => deps.vault.keyring.blindIndex('mail-id', id));
  const earlier = await loadByMailId(deps.db, indexes);
  if (earlier === undefined) return undefined;
  if (earlier.sender_index === authorIndex) return earlier.thread_id;
  const party = await loadRecipientOf(deps.db, earlier.id, authorIndex);
  return party === undefined ? undefined : earlier.thread_id;
}

const REFERENCES_LOOKED_AT = 20;

async function repeatOf(tx: Tx, message: MessagesTable): Promise<Accepted> {
  const first = message.repeat_index === null ? undefined : await loadRepeat(tx, message.repeat_index);
  if (first === undefined) throw new Error('a message conflicts with none');
  if (first.repeat_digest !== message.repeat_digest) {
    throw new AppError('request/conflict', 'This Idempotency-Key was used before with another content.');
  }
  return { id: first.id, repeated: true };
}

function checkRecipients(recipients: readonly SubmittedRecipient[]): void {
  if (recipients.length === 0) throw new AppError('mail/recipients', 'The message names no recipient.');
  if (recipients.length > limits.recipientsMax) {
    throw new AppError('mail/recipients', `A message may have at most ${limits.recipientsMax} recipients.`);
  }
}

function checkAuthor(deps: AcceptDeps, author: Address): void {
  if (deps.orgDomains.includes(domainOf(author))) return;
  throw new AppError('mail/author', 'The author is not of a domain this server serves.');
}

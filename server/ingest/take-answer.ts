// Owns an answer that somebody wrote by ordinary mail to a notice: it becomes a sealed message to the sender of what the notice was
// about, by the road of every answer, marked as what it is, and its author is told how to answer safely. It was in the open until here;
// it must not be so from here on.

import { canonicalAddress, domainOf, parseAddress } from '../core/address.ts';
import type { Address, Mailbox } from '../core/address.ts';
import { DAY_MS, isoNow } from '../core/clock.ts';
import { AppError, isRefusal } from '../core/errors.ts';
import { hasRight, readability } from '../access/reading.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { charge } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import type { Tx } from '../db/engine.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import { proveAuthor, unprovedWords } from '../mail/dkim-proof.ts';
import type { ProvingDeps } from '../mail/dkim-proof.ts';
import { replySubject } from '../mail/reply-subject.ts';
import type { HeaderLine, MailTree } from '../mail/mail-tree.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { markReplied } from '../messages/recipient-progress.store.ts';
import { loadRecipient } from '../messages/recipients.store.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { addNews } from '../people/news.store.ts';
import { isWrittenToUs } from './is-written-to-us.ts';
import { readRaw } from './read-raw.ts';
import type { RawDeps } from './read-raw.ts';
import type { OwnNames } from './return-head.ts';
import type { Spooled } from './spool.ts';
import type { Accept, Content } from './submission.ts';
import type { ReportDeps } from './take-report.ts';

export interface AnswerDeps extends ReportDeps, RawDeps, ProvingDeps, OwnNames {
  readonly orgDomains: readonly string[];
  readonly accept: Accept;
  /** Text of HTML that came from outside. */
  readonly textOf: (html: string) => Promise<string>;
}

interface Written {
  readonly recipientId: string | undefined;
  /** As the mail says. */
  readonly author: Mailbox;
}

/** How many a day from one reader to one message; more are a loop, or somebody's mischief. */
const answersTaken: Limit = { name: 'answers by mail', most: 10, windowMs: DAY_MS };
const answersTold: Limit = { name: 'answers by mail told', most: 1, windowMs: DAY_MS };

/** Throws policy/refused where it can reach nobody, so that the author's own mail server tells them; request/too-many. */
export async function takeAnswer(
  deps: AnswerDeps,
  spooled: Spooled,
  envelope: { readonly from: Address | ''; readonly to: readonly Address[] },
  headers: readonly HeaderLine[],
  written: Written,
): Promise<{ id: string }> {
  const { message, recipient, author } = await findAnswered(deps, written);
  const limited = { db: deps.db, keyring: deps.vault.keyring, clock: deps.vault.clock };
  await charge(limited, answersTaken, recipient.id);
  const proof = await proveAuthor(deps.proofDeps(), {
    headers,
    author: author.address,
    source: asStream(spooled),
    service: 'email',
    isForThis: (covered) => isWrittenToUs({ headers, covered, recipientId: recipient.id }, deps),
  });
  const { row, meta } = message;
  // Under the name that we know somebody writes only who is proved to be them.
  const shown = proof.kind === 'proved' ? author : { address: author.address, name: '' };
  return deps.accept({
    road: 'portal',
    from: author.address,
    read: async (sink) => {
      const from = envelope.from === '' ? undefined : envelope.from;
      const content = await readRaw(deps, { from, to: envelope.to }, asStream(spooled), sink);
      return { ...content, recipients: [meta.from], tree: await answerTree(deps, content, message, shown) };
    },
    fields: () => [],
    answer: {
      answered: message,
      isSender: (address) => deps.orgDomains.includes(domainOf(address)),
      cameByMail: proof,
    },
    actor: author.address,
    alongside: async (tx, id) => {
      const details = { answer: id, address: author.address, way: 'ordinary mail' };
      const about = { messageId: row.id, recipientId: recipient.id };
      if (proof.kind === 'proved') {
        await markReplied(tx, recipient.id, isoNow(deps.vault.clock), undefined);
        await addNews(deps.vault, tx, { addressIndex: row.sender_index, messageId: row.id, kind: 'replied' });
        await appendAudit(deps.vault, tx, {
          event: 'message-replied',
          ...about,
          details: { ...details, vouching: proof.domain },
        });
      } else {
        // Whoever wrote it, it is not known that the recipient has answered.
        await appendAudit(deps.vault, tx, {
          event: 'answer-unproved',
          ...about,
          details: { ...details, reason: unprovedWords[proof.why] },
        });
      }
      await tellHow(deps, tx, recipient);
    },
  });
}

/** Once a day to each: two programs that pass for people do not play ball. */
async function tellHow({ vault }: AnswerDeps, tx: Tx, recipient: RecipientsTable): Promise<void> {
  try {
    await charge({ db: tx, keyring: vault.keyring, clock: vault.clock }, answersTold, recipient.id);
  } catch (error) {
    if (isRefusal(error, 'request/too-many')) return;
    throw error;
  }
  await enqueue(vault, tx, { kind: 'by-mail', messageId: recipient.message_id, recipientId: recipient.id });
}

interface Answered {
  readonly message: OpenMessage;
  readonly recipient: RecipientsTable;
  readonly author: Mailbox;
}

async function findAnswered(deps: AnswerDeps, { recipientId, author }: Written): Promise<Answered> {
  const recipient = recipientId === undefined ? undefined : await loadRecipient(deps.db, recipientId);
  const row = recipient === undefined ? undefined : await loadMessage(deps.db, recipient.message_id);
  if (recipient === undefined || row === undefined) throw reachesNobody();
  if (readability(row, recipient, isoNow(deps.vault.clock)) !== 'readable' || !hasRight(row, 'reply')) {
    throw reachesNobody();
  }
  const message = openMessage(deps.vault, row);
  const card = openRecipient(message, recipient);
  const address = parseAddress(card.address);
  // Whoever answers must at least say that they are who was written to. Those of the house are judged by its rules, as all
  // that they write; this road knows none but what holds of the outside.
  if (address === undefined || canonicalAddress(address) !== canonicalAddress(author.address)) throw reachesNobody();
  if (deps.orgDomains.includes(domainOf(address))) throw reachesNobody();
  return { message, recipient, author: { address, name: card.name === '' ? author.name : card.name } };
}

function reachesNobody(): AppError {
  return new AppError(
    'policy/refused',
    'Nobody reads this mailbox, and your mail was not passed on. Please answer on the page that the link in the notice leads to.',
  );
}

async function answerTree(
  { textOf }: AnswerDeps,
  { tree }: Content,
  { meta }: OpenMessage,
  author: Mailbox,
): Promise<MailTree> {
  const { text, html } = tree;
  return {
    ...tree,
    headers: [],
    from: author,
    to: [meta.from],
    cc: [],
    // Of its own it has the subject of the notice.
    subject: replySubject(meta.subject),
    inReplyTo: meta.mailId,
    text: text === undefined && html !== undefined ? await textOf(html) : text,
  };
}

async function* asStream(spooled: Spooled): AsyncGenerator<Buffer> {
  yield* spooled.read();
}

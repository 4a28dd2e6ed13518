// Owns the one road in. Whatever the door (SMTP, the API, a reply in the portal), a message is read,
// judged, sealed and committed here, and only then may the door say yes. On any failure nothing is left.

import { domainOf } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Db, Tx } from '../db/engine.ts';
import { CommitUnknown, inTransaction } from '../db/engine.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import type { PhrasesTable } from '../db/tables/signin.ts';
import { insertMessage, loadRepeat } from '../messages/messages.store.ts';
import { insertRecipients } from '../messages/recipients.store.ts';
import { insertRuleHits } from '../messages/rule-hits.store.ts';
import { Sealing } from '../messages/seal.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { decisionOf, tryOut } from '../policy/decide.ts';
import type { Trial } from '../policy/decide.ts';
import { hitWords } from '../policy/hit-words.ts';
import { reasonLines } from '../policy/reasons.ts';
import { insertPhrase } from '../signin/phrases.store.ts';
import { answerTerms } from './answer-terms.ts';
import { checkNoLoop } from './check-no-loop.ts';
import { checkRoads } from './check-roads.ts';
import type { RoadChecks } from './check-roads.ts';
import { inheritedFrom, loadContinued } from './continued.ts';
import { holdBack } from './hold-back.ts';
import { examine, sealedBodyOf } from './judge.ts';
import type { JudgeDeps } from './judge.ts';
import { messageRow, recipientRow, repeatMarks, reviewersBeside } from './message-rows.ts';
import type { RepeatMarks, RowDeps } from './message-rows.ts';
import { offerCertificate } from './offer-certificate.ts';
import type { Accepted, Content, Submission, SubmittedRecipient } from './submission.ts';

export interface AcceptDeps extends RowDeps, JudgeDeps, RoadChecks {
  readonly db: Db;
  readonly orgDomains: readonly string[];
  /** Our own author address: mail from it coming in is a loop. */
  readonly ownAddress: Address;
  /** signin/phrases.ts, with its dependencies given. */
  readonly hashPhrase: (phrase: string) => Promise<PhrasesTable>;
  /** Called after the commit: there is work in the outbox. */
  readonly kick: () => void;
}

/** Takes a message in. Throws an AppError for whatever is refused; weather passes through. */
export async function accept(deps: AcceptDeps, submission: Submission): Promise<Accepted> {
  if (submission.answer === undefined && submission.from !== undefined) checkAuthor(deps, submission.from);
  const sealing = new Sealing(deps.vault);
  let accepted: Accepted | undefined;
  let isUnknown = false;
  try {
    const content = await submission.read(sealing.sink);
    checkRecipients(content.recipients);
    if (submission.answer === undefined) checkAuthor(deps, content.tree.from.address);
    accepted = await takeOnce(deps, submission, sealing, content);
  } catch (error) {
    // Perhaps it is there, and will be met when it comes again; if not, its blobs are swept a day later.
    isUnknown = error instanceof CommitUnknown;
    throw error;
  } finally {
    // Refused, failed, or here before: what was sealed belongs to no message.
    if (!isUnknown && accepted?.repeated !== false) await sealing.discard();
  }
  if (!accepted.repeated) deps.kick();
  return accepted;
}

// What was taken in once is not refused when its answer got lost and it comes again. The insert meets a repeat by
// itself; it is looked for where taking it again would count against its author or make a large attachment durable.
async function takeOnce(
  deps: AcceptDeps,
  submission: Submission,
  sealing: Sealing,
  content: Content,
): Promise<Accepted> {
  const earlier = (): Promise<Accepted | undefined> => repeatOf(deps.db, repeatMarks(deps.vault.keyring, content));
  const first = content.tree.automatic || content.tree.parts.length > 0 ? await earlier() : undefined;
  if (first !== undefined) return first;

  const judged: Judged = {};
  try {
    return await take(deps, submission, sealing, content, judged);
  } catch (error) {
    const taken = error instanceof AppError ? await earlier() : undefined;
    if (taken !== undefined) return taken;
    const { trial } = judged;
    if (trial !== undefined && trial.refusal === error) await recordRefusal(deps, submission, trial);
    throw error;
  }
}

/** What the policy said, for whoever has to tell of it when nothing else stays. */
interface Judged {
  trial?: Trial;
}

// What rules refuse, or would have met, is a decision of the organisation, and this its only trace. No address of a recipient
// and no text. Where no rule was met, a sender mistyped a wish of their own, and hears of it.
async function recordRefusal({ db, vault }: AcceptDeps, { road, actor }: Submission, trial: Trial): Promise<void> {
  const { decidedBy } = trial;
  const rule = decidedBy !== undefined && 'rule' in decidedBy ? { rule: decidedBy.rule, name: decidedBy.name } : {};
  const rules = hitWords(trial);
  if (rules.length === 0) return;
  await inTransaction(db, (tx) =>
    appendAudit(vault, tx, {
      event: 'message-refused',
      details: { road, actor, ...rule, rules },
    }),
  );
}

async function take(
  deps: AcceptDeps,
  submission: Submission,
  sealing: Sealing,
  content: Content,
  judged: Judged,
): Promise<Accepted> {
  if (submission.answer === undefined) await checkNoLoop(deps, content);
  const terms = submission.answer === undefined ? undefined : answerTerms(submission.answer);
  const earlier = terms === undefined ? await loadContinued(deps, content.tree) : undefined;
  const inherited = earlier === undefined ? undefined : await inheritedFrom(deps.db, earlier);
  const { frame, placed, mail } = await examine(deps, submission, content, sealing, inherited);
  const trial = tryOut(mail, frame);
  judged.trial = trial;
  const decision = decisionOf(trial);
  const rules = hitWords(trial);
  await checkRoads(deps, { decision, placed, tree: content.tree });
  const threadId = terms === undefined ? earlier?.thread_id : terms.threadId;
  await sealing.sealBody(sealedBodyOf(content, mail, frame));
  const asked = submission.phrase?.();
  const phrase = asked === undefined ? undefined : await deps.hashPhrase(asked);
  const earlierPhrase = inherited === undefined ? terms?.phraseId : earlier?.phrase_id;
  const phraseId = phrase?.id ?? earlierPhrase ?? null;
  const message = messageRow(deps, submission, sealing, content, { decision, threadId, phraseId });
  const readers = [...placed, ...reviewersBeside(decision, placed)];
  const recipients = readers.map((recipient, n) =>
    recipientRow(deps, submission, sealing, recipient, n, decision.roads[n]),
  );
  await sealing.commitBlobs();
  return inTransaction(deps.db, async (tx) => {
    // Of equal submissions at the same time the first is stored; the others meet it here.
    if (!(await insertMessage(tx, message, sealing.parts()))) return getRepeat(tx, message);
    if (phrase !== undefined) await insertPhrase(tx, phrase);
    await insertRuleHits(tx, message.id, message.created_at, decision.hits);
    if (decision.holds.length > 0) await holdBack(deps.vault, tx, message.id, recipients, decision.holds);
    else await announce(deps, tx, recipients);
    const { road, actor } = submission;
    await appendAudit(deps.vault, tx, {
      event: 'message-accepted',
      messageId: message.id,
      details: {
        road,
        actor,
        recipients: recipients.length,
        reasons: reasonLines(decision.reasons),
        ...(rules.length === 0 ? {} : { rules }),
      },
    });
    if (content.offer !== undefined) await offerCertificate(deps.vault, tx, content.offer);
    await submission.alongside?.(tx, message.id);
    return { id: message.id, repeated: false };
  });
}

async function announce(deps: AcceptDeps, tx: Tx, recipients: readonly RecipientsTable[]): Promise<void> {
  await insertRecipients(tx, recipients);
  for (const { road, message_id: messageId, id } of recipients) {
    await enqueue(deps.vault, tx, { kind: road, messageId, recipientId: id });
  }
}

/** What was taken in under the same key before, if anything. Throws request/conflict when that was something else. */
async function repeatOf(db: Db | Tx, marks: RepeatMarks): Promise<Accepted | undefined> {
  const first = marks.repeat_index === null ? undefined : await loadRepeat(db, marks.repeat_index);
  if (first === undefined) return undefined;
  if (first.repeat_digest !== marks.repeat_digest) {
    throw new AppError('request/conflict', 'This was sent before with other content, under the same key.');
  }
  return { id: first.id, repeated: true };
}

async function getRepeat(tx: Tx, marks: RepeatMarks): Promise<Accepted> {
  const first = await repeatOf(tx, marks);
  if (first === undefined) throw new Error('a message conflicts with none');
  return first;
}

/** Throws mail/recipients. */
export function checkRecipients(recipients: readonly SubmittedRecipient[]): void {
  if (recipients.length === 0) throw new AppError('mail/recipients', 'The message names no recipient.');
  if (recipients.length > limits.recipientsMax) {
    throw new AppError('mail/recipients', `A message may have at most ${limits.recipientsMax} recipients.`);
  }
}

/** Throws mail/author. */
export function checkAuthor({ orgDomains }: Pick<AcceptDeps, 'orgDomains'>, author: Address): void {
  if (orgDomains.includes(domainOf(author))) return;
  throw new AppError('mail/author', 'The author is not of a domain this server serves.');
}

// Owns the view models of the sender's pages.

import { nameOf } from '../core/address.ts';
import { DAY_MS, isoNow, isoTime, justBefore } from '../core/clock.ts';
import { messageAudit } from '../audit/audit-list.store.ts';
import { protectionLabel, protectionView } from '../access/protection-words.ts';
import { asWriter, hasRight, pageRights, readability } from '../access/reading.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { attachmentView, person, subjectWords, threadEntry, unlessBroken } from '../http/message-views.ts';
import { isProved } from '../http/proved.ts';
import type { Site } from '../http/site.ts';
import { statusWords } from '../http/status-words.ts';
import { momentAt } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import { loadBody } from '../messages/load-body.ts';
import { listAllRecipients, listAllRecipientsOf, listHolds } from '../messages/holds.store.ts';
import { listThread } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { recipientStatus } from '../messages/recipient-state.ts';
import type { RecipientStatus } from '../messages/recipient-state.ts';
import { isOverdue, keptUntil } from '../messages/retention.ts';
import { listRecipientsOf } from '../messages/recipients.store.ts';
import { listRequests } from '../messages/requests.store.ts';
import { moment } from '../render/moment.ts';
import type { ThreadEntry } from '../render/page-models/message.ts';
import type { SentMessagePage, SentRow } from '../render/page-models/sent.ts';
import type { Session } from '../signin/sessions.store.ts';
import { directState } from './direct-facts.ts';
import { heldStates, holdWords } from './held.ts';
import { sentUrl } from './mailboxes.ts';
import type { Mailbox } from './mailboxes.ts';
import { isBeyondPolicyEnd, policyEndSentence } from './policy-end.ts';
import { requestRows } from './request-rows.ts';
import { recipientView } from './recipient-view.ts';
import { transitWords } from './transit-words.ts';
import { TIMELINE_MAX, timelineRows } from './timeline.ts';

/** What tells most about a message to many, the most pressing first. */
const PRESSING: readonly RecipientStatus[] = [
  'bounced',
  'queued',
  'notified',
  'opened',
  'replied',
  'expired',
  'revoked',
];

export async function sentRows(site: Site, words: Words, rows: readonly MessagesTable[]): Promise<SentRow[]> {
  const recipients = await listAllRecipientsOf(site.db, rows);
  const held = await heldStates(site.db, words, recipients.untold);
  return Promise.all(
    rows.map(
      async (row) =>
        (await unlessBroken(site, row.id, () => ({
          ...wholeRow(site, words, row, recipients.of(row.id)),
          ...(row.destroyed_at !== null || isTakenBack(recipients.of(row.id)) ? {} : held.get(row.id)),
        }))) ?? brokenRow(site, words, row),
    ),
  );
}

function isTakenBack(recipients: readonly RecipientsTable[]): boolean {
  return recipients.length > 0 && recipients.every(({ revoked_at: at }) => at !== null);
}

function brokenRow(site: Site, words: Words, row: MessagesTable): SentRow {
  return {
    url: `${site.base}/sent/${row.id}`,
    subject: words.say('sending.broken'),
    recipients: '',
    sent: moment(row.created_at, site.clock.nowMs(), words),
    stateWords: words.say('sending.broken-state'),
    tone: 'bad',
    protection: protectionLabel(words, row.protection),
  };
}

function wholeRow(site: Site, words: Words, row: MessagesTable, recipients: readonly RecipientsTable[]): SentRow {
  const open = openUnlessDestroyed(site, row);
  const states = recipients.map((recipient) => recipientStatus(recipient, row, isoNow(site.clock)));
  const state = PRESSING.find((one) => states.includes(one)) ?? 'queued';
  // Who has the mail itself was not told to come and read it.
  const atHome = recipients.filter((_, n) => states[n] === state).map((recipient) => directState(open, recipient));
  const isAtHome = atHome.length > 0 && atHome.every((one) => one !== undefined);
  const shown = state === 'notified' && isAtHome ? (atHome[0] ?? statusWords[state]) : statusWords[state];
  return {
    url: `${site.base}/sent/${row.id}`,
    subject: subjectOf(words, row, open),
    recipients: recipientsWords(words, open, recipients),
    sent: moment(row.created_at, site.clock.nowMs(), words),
    stateWords: stateWords(words, row, { state, said: words.say(shown.key) }, states),
    tone: shown.tone,
    protection: protectionLabel(words, row.protection, open?.meta.protectionTitle),
  };
}

export function sentSubject(site: Site, words: Words, row: MessagesTable): string {
  return subjectOf(words, row, openUnlessDestroyed(site, row));
}

export async function sentMessagePage(
  site: Site,
  words: Words,
  row: MessagesTable,
  session: Session,
  mailbox: Mailbox,
): Promise<SentMessagePage> {
  const path = `${site.base}/sent/${row.id}`;
  const nowMs = site.clock.nowMs();
  const rows = await listAllRecipients(site.db, row.id);
  const holds = await listHolds(site.db, [row.id]);
  const isHeld = holds.some(({ state }) => state !== 'released');
  const open = openUnlessDestroyed(site, row);
  // One more than is shown tells whether there are older ones.
  const entries = open === undefined ? [] : await messageAudit(site.keyring, site.db, row.id, TIMELINE_MAX + 1);
  const recipients =
    open === undefined ? [] : rows.map((one) => recipientView(site, words, open, one, { all: rows, entries, isHeld }));
  const latest = isoTime(nowMs + (site.expiryDaysMax - 1) * DAY_MS);
  // Of two limits the nearer one is told.
  const bound = isBeyondPolicyEnd(row, latest) ? policyEndSentence(row) : undefined;
  const body = open === undefined ? undefined : await loadBody(site.db, site.vault, open);
  return {
    id: row.id,
    backUrl: sentUrl(site, mailbox),
    subject: subjectOf(words, row, open),
    from: open === undefined ? { name: '', address: mailbox.address } : person(open.meta.from),
    sent: moment(row.created_at, nowMs, words),
    protection: protectionView(words, row, nowMs, { speakingTo: 'sender', title: open?.meta.protectionTitle }),
    destroyed: open === undefined,
    wasOver: wasOver(row),
    recipients,
    runs: body === undefined ? [] : [{ text: body.text ?? words.say('sending.own-layout') }],
    attachments: (open?.meta.parts ?? []).filter((part) => !part.inline).map((part) => attachmentView(words, part)),
    thread: await sentThread(site, words, row, session, mailbox),
    timeline: open === undefined ? [] : timelineRows(site, words, open, rows, entries.slice(0, TIMELINE_MAX)),
    timelineCut: entries.length > TIMELINE_MAX,
    revokeAction: `${path}/revoke`,
    restoreAction: `${path}/restore`,
    resendAction: `${path}/resend`,
    requests: open === undefined ? [] : requestRows(words, path, open, rows, await listRequests(site.db, [row.id])),
    holds: await holdWords(site, words, holds),
    reasons: open?.meta.reasons ?? [],
    came: transitWords(words, open?.meta.transit),
    cameInClear: (open?.meta.transit?.withoutTls ?? 0) > 0,
    ...(open === undefined ? {} : { proofUrl: `${path}/proof` }),
    destroyUrl: `${path}/destroy`,
    expiryAction: `${path}/expiry`,
    bound: bound === undefined ? undefined : words.tell(bound.key, bound.given),
    kept: keptWords(words, row, nowMs),
    phraseAction: `${path}/phrase`,
    hasPhrase: row.phrase_id !== null,
    // The end of a day is stored as the start of the next.
    expiryDate: row.expires_at === null ? '' : justBefore(row.expires_at).slice(0, 10),
    expiryMin: isoTime(nowMs).slice(0, 10),
    expiryMax: lastDay(row, latest),
    revokedCount: recipients.filter(({ revoked }) => revoked).length,
    readableCount: recipients.filter(({ revoked, mayTakeBack }) => mayTakeBack && !revoked).length,
  };
}

// What rules and templates allow, if that is less than what the server does.
function lastDay({ policy_end: limit }: MessagesTable, latest: string): string {
  return (limit === null || latest < limit ? latest : justBefore(limit)).slice(0, 10);
}

function keptWords(words: Words, row: MessagesTable, nowMs: number): Told | undefined {
  const until = keptUntil(row);
  // Until then it is kept, but no time can be given beyond what a rule or a label says.
  const isBound = row.policy_end !== null && until !== null && row.policy_end < until;
  return until === null || isBound || isOverdue(row, isoTime(nowMs))
    ? undefined
    : words.tell('sending.end-kept', { time: momentAt(until) });
}

// The answers, and what the sender wrote in the same conversation.
async function sentThread(
  site: Site,
  words: Words,
  row: MessagesTable,
  session: Session,
  mailbox: Mailbox,
): Promise<ThreadEntry[]> {
  const entries: ThreadEntry[] = [];
  const isShared = mailbox.key !== undefined;
  const others = await listThread(site.db, row.thread_id, row.id);
  const recipientsOf = await listRecipientsOf(site.db, others);
  for (const other of others) {
    if (other.destroyed_at !== null) continue;
    const recipients = recipientsOf(other.id);
    const mine = other.sender_index === mailbox.addressIndex;
    const me = recipients.find((recipient) => recipient.address_index === mailbox.addressIndex);
    if (!mine && (me === undefined || readability(other, me, isoNow(site.clock)) !== 'readable')) continue;
    const closed = mine ? undefined : await whyClosed(site, words, session, other, me);
    const entry = await unlessBroken(site, other.id, () =>
      threadEntry(site, words, openMessage(site.vault, other), recipients, {
        mine,
        ...(mine || !isShared ? { url: `${site.base}/${mine ? 'sent' : 'messages'}/${other.id}` } : {}),
        isElsewhere: isShared,
        ...(closed === undefined ? {} : { closed }),
      }),
    );
    // Another delegate may have written it: it is the mailbox's, not the visitor's own.
    if (entry !== undefined) entries.push(isShared ? { ...entry, mine: false } : entry);
  }
  return entries;
}

// This page hinders neither copying nor printing, asks for nothing but a sign-in, and tells no sender of a reading. An
// answer came by mail as well.
async function whyClosed(
  site: Site,
  words: Words,
  session: Session,
  other: MessagesTable,
  me: RecipientsTable | undefined,
): Promise<string | undefined> {
  if (!(await isProved(site.db, session, other, me ?? { road: 'notice' }))) return words.say('ways.thread-withheld');
  if (me?.road === 'notice' && me.opened_at === null) return words.say('reading.thread-unopened');
  return pageRights.every((right) => hasRight(other, right)) ? undefined : words.say('sending.thread-own-page');
}

function openUnlessDestroyed(site: Site, row: MessagesTable): OpenMessage | undefined {
  return row.destroyed_at === null ? openMessage(site.vault, row) : undefined;
}

function subjectOf(words: Words, row: MessagesTable, open: OpenMessage | undefined): string {
  if (open !== undefined) return subjectWords(open.meta.subject, words);
  return words.say(wasOver(row) ? 'sending.over' : 'sending.destroyed');
}

/** Whether a shredded message was over before somebody could have destroyed it. */
function wasOver(row: MessagesTable): boolean {
  return row.destroyed_at !== null && readability(row, asWriter, row.destroyed_at) === 'expired';
}

function recipientsWords(words: Words, open: OpenMessage | undefined, recipients: readonly RecipientsTable[]): string {
  const [first, ...others] = recipients;
  if (open === undefined || first === undefined) return words.say('reading.people', { count: recipients.length });
  const name = nameOf(openRecipient(open, first));
  return others.length === 0 ? name : words.say('sending.row-recipients', { name, count: others.length });
}

// The most pressing, and beside it whether somebody answered already: for that the sender waits.
function stateWords(
  words: Words,
  row: MessagesTable,
  { state, said }: { readonly state: RecipientStatus; readonly said: string },
  all: readonly RecipientStatus[],
): string {
  if (row.destroyed_at !== null) return words.say(wasOver(row) ? 'sending.over-state' : 'sending.destroyed-state');
  const count = (one: RecipientStatus): number => all.filter((other) => other === one).length;
  if (count(state) === all.length) return said;
  const some = { state: said, count: count(state), all: all.length };
  const answered = state === 'replied' ? 0 : count('replied');
  return answered === 0
    ? words.say('sending.row-some', some)
    : words.say('sending.row-some-answered', { ...some, answered });
}

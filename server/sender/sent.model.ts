// Owns the view models of the sender's pages.

import { domainOf, parseAddress } from '../core/address.ts';
import { DAY_MS, isoNow, isoTime } from '../core/clock.ts';
import { protectionLabel, protectionView } from '../access/protection-words.ts';
import { hasRight, readability } from '../access/reading.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables.ts';
import { attachmentView, person, subjectWords, threadEntry, unlessBroken } from '../http/message-views.ts';
import { isProved } from '../http/proved.ts';
import type { Site } from '../http/site.ts';
import type { Words } from '../language/words.ts';
import { wordsIn } from '../language/words.ts';
import { failureWords } from '../messages/failure-words.ts';
import { loadBody } from '../messages/load-body.ts';
import { listThread } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import { recipientStatus } from '../messages/recipient-state.ts';
import type { RecipientStatus } from '../messages/recipient-state.ts';
import { listRecipients, listRecipientsOf } from '../messages/recipients.store.ts';
import { listRequests } from '../messages/requests.store.ts';
import { moment } from '../render/moment.ts';
import type { SentMessagePage, SentRecipientView, SentRow, ThreadEntry } from '../render/page-models.ts';
import type { Session } from '../signin/sessions.store.ts';
import { requestRows } from './request-rows.ts';
import { isWaiting } from './take-back.ts';

type Tone = SentRow['tone'];

const english = wordsIn('en');

const stateNames: Record<RecipientStatus, { readonly words: string; readonly tone: Tone }> = {
  queued: { words: 'Notice on its way', tone: 'waiting' },
  notified: { words: 'Notified, not read yet', tone: 'waiting' },
  bounced: { words: 'Could not be reached', tone: 'bad' },
  opened: { words: 'Read', tone: 'good' },
  replied: { words: 'Answered', tone: 'good' },
  expired: { words: 'Expired', tone: 'off' },
  revoked: { words: 'Taken back', tone: 'off' },
};

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

export async function sentRows(site: Site, rows: readonly MessagesTable[]): Promise<SentRow[]> {
  const recipientsOf = await listRecipientsOf(site.db, rows);
  return Promise.all(
    rows.map(
      async (row) =>
        (await unlessBroken(site, row.id, () => wholeRow(site, row, recipientsOf(row.id)))) ?? brokenRow(site, row),
    ),
  );
}

function brokenRow(site: Site, row: MessagesTable): SentRow {
  return {
    url: `${site.base}/sent/${row.id}`,
    subject: 'Damaged message',
    recipients: '',
    sent: moment(row.created_at, site.clock.nowMs()),
    stateWords: 'Cannot be opened',
    tone: 'bad',
    protection: protectionLabel(english, row.protection),
  };
}

function wholeRow(site: Site, row: MessagesTable, recipients: readonly RecipientsTable[]): SentRow {
  const open = openUnlessDestroyed(site, row);
  const states = recipients.map((recipient) => recipientStatus(recipient, row, isoNow(site.clock)));
  const state = PRESSING.find((one) => states.includes(one)) ?? 'queued';
  return {
    url: `${site.base}/sent/${row.id}`,
    subject: subjectOf(row, open),
    recipients: recipientsWords(open, recipients),
    sent: moment(row.created_at, site.clock.nowMs()),
    stateWords: stateWords(row, state, states),
    tone: stateNames[state].tone,
    protection: protectionLabel(english, row.protection),
  };
}

export function sentSubject(site: Site, row: MessagesTable): string {
  return subjectOf(row, openUnlessDestroyed(site, row));
}

export async function sentMessagePage(
  site: Site,
  said: Words,
  row: MessagesTable,
  session: Session,
): Promise<SentMessagePage> {
  const path = `${site.base}/sent/${row.id}`;
  const nowMs = site.clock.nowMs();
  const rows = await listRecipients(site.db, row.id);
  const open = openUnlessDestroyed(site, row);
  const recipients =
    open === undefined ? [] : rows.map((recipient) => recipientView(site, said, open, recipient, rows));
  const body = open === undefined ? undefined : await loadBody(site.db, site.vault, open);
  return {
    id: row.id,
    subject: subjectOf(row, open),
    from: open === undefined ? { name: '', address: session.address } : person(open.meta.from),
    sent: moment(row.created_at, nowMs),
    protection: protectionView(english, row, nowMs, 'sender'),
    destroyed: open === undefined,
    wasOver: wasOver(row),
    recipients,
    runs:
      body === undefined
        ? []
        : [{ text: body.text ?? 'This message has its own layout. You find it in your mail program.' }],
    attachments: (open?.meta.parts ?? []).filter((part) => !part.inline).map((part) => attachmentView(said, part)),
    thread: await sentThread(site, said, row, session),
    revokeAction: `${path}/revoke`,
    restoreAction: `${path}/restore`,
    resendAction: `${path}/resend`,
    requests: open === undefined ? [] : requestRows(said, path, open, rows, await listRequests(site.db, [row.id])),
    destroyUrl: `${path}/destroy`,
    expiryAction: `${path}/expiry`,
    phraseAction: `${path}/phrase`,
    hasPhrase: row.phrase_id !== null,
    // The end of a day is stored as the start of the next.
    expiryDate: row.expires_at === null ? '' : isoTime(Date.parse(row.expires_at) - 1).slice(0, 10),
    expiryMin: isoTime(nowMs).slice(0, 10),
    expiryMax: isoTime(nowMs + (site.expiryDaysMax - 1) * DAY_MS).slice(0, 10),
    anyRevoked: recipients.some((recipient) => recipient.revoked),
    anyReadable: recipients.some((recipient) => !recipient.revoked),
  };
}

function recipientView(
  site: Site,
  said: Words,
  message: OpenMessage,
  recipient: RecipientsTable,
  all: readonly RecipientsTable[],
): SentRecipientView {
  const nowMs = site.clock.nowMs();
  const card = openRecipient(message, recipient);
  const state = stateNames[recipientStatus(recipient, message.row, isoNow(site.clock))];
  const forwarder = all.find((one) => one.id === recipient.forwarded_by);
  const fact = (label: string, at: string | null): string[] =>
    at === null ? [] : [`${label} ${moment(at, nowMs).words}`];
  const address = parseAddress(card.address);
  return {
    n: recipient.position,
    name: card.name,
    address: card.address,
    stateWords: state.words,
    tone: state.tone,
    facts: [
      ...fact('Notified', recipient.notified_at),
      ...(recipient.failure === null || address === undefined
        ? []
        : [failureWords(said, recipient.failure, domainOf(address))]),
      ...fact('First read', recipient.opened_at),
      ...(recipient.read_at === recipient.opened_at ? [] : fact('Last read', recipient.read_at)),
      ...fact('Answered', recipient.replied_at),
      ...fact('Taken back', recipient.revoked_at),
    ],
    ...(forwarder === undefined ? {} : { forwardedBy: openRecipient(message, forwarder).address }),
    revoked: recipient.revoked_at !== null,
    mayResend: readability(message.row, recipient, isoNow(site.clock)) === 'readable' && isWaiting(recipient),
  };
}

// The answers, and what the sender wrote in the same conversation.
async function sentThread(site: Site, said: Words, row: MessagesTable, session: Session): Promise<ThreadEntry[]> {
  const entries: ThreadEntry[] = [];
  const others = await listThread(site.db, row.thread_id, row.id);
  const recipientsOf = await listRecipientsOf(site.db, others);
  for (const other of others) {
    if (other.destroyed_at !== null) continue;
    const recipients = recipientsOf(other.id);
    const mine = other.sender_index === session.addressIndex;
    const me = recipients.find((recipient) => recipient.address_index === session.addressIndex);
    if (!mine && (me === undefined || readability(other, me, isoNow(site.clock)) !== 'readable')) continue;
    const closed = mine ? undefined : await whyClosed(site, said, session, other, me);
    const entry = await unlessBroken(site, other.id, () =>
      threadEntry(site, english, openMessage(site.vault, other), recipients, {
        mine,
        url: `${site.base}/${mine ? 'sent' : 'messages'}/${other.id}`,
        ...(closed === undefined ? {} : { closed }),
      }),
    );
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

// This page hinders neither copying nor printing, and asks for nothing but a sign-in.
async function whyClosed(
  site: Site,
  said: Words,
  session: Session,
  other: MessagesTable,
  me: RecipientsTable | undefined,
): Promise<string | undefined> {
  if (!(await isProved(site.db, session, other, me ?? { road: 'notice' }))) return said.say('ways.thread-withheld');
  return hasRight(other, 'copy') ? undefined : 'This answer is shown on its own page only.';
}

function openUnlessDestroyed(site: Site, row: MessagesTable): OpenMessage | undefined {
  return row.destroyed_at === null ? openMessage(site.vault, row) : undefined;
}

function subjectOf(row: MessagesTable, open: OpenMessage | undefined): string {
  if (open !== undefined) return subjectWords(open.meta.subject);
  return wasOver(row) ? 'Expired message' : 'Destroyed message';
}

/** Whether a shredded message was over before somebody could have destroyed it. */
function wasOver(row: MessagesTable): boolean {
  return (
    row.destroyed_at !== null &&
    readability(row, { revoked_at: null, own_expires_at: null }, row.destroyed_at) === 'expired'
  );
}

function recipientsWords(open: OpenMessage | undefined, recipients: readonly RecipientsTable[]): string {
  const [first, ...others] = recipients;
  if (open === undefined || first === undefined) {
    return recipients.length === 1 ? '1 person' : `${recipients.length} people`;
  }
  const card = openRecipient(open, first);
  const name = card.name === '' ? card.address : card.name;
  return others.length === 0 ? name : `${name} and ${others.length} more`;
}

// The most pressing, and beside it whether somebody answered already: for that the sender waits.
function stateWords(row: MessagesTable, state: RecipientStatus, all: readonly RecipientStatus[]): string {
  if (row.destroyed_at !== null) return wasOver(row) ? 'Expired' : 'Destroyed';
  const count = (one: RecipientStatus): number => all.filter((other) => other === one).length;
  if (count(state) === all.length) return stateNames[state].words;
  const pressing = `${stateNames[state].words} (${count(state)} of ${all.length})`;
  return state === 'replied' || count('replied') === 0 ? pressing : `${pressing}, answered by ${count('replied')}`;
}

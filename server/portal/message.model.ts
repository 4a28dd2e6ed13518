// Owns the message page's view model: every field that the page shows, from opened message and rows.

import { canonicalAddress, nameOf } from '../core/address.ts';
import type { Mailbox } from '../core/address.ts';
import { protectionView } from '../access/protection-words.ts';
import { endOf, hasRight, mayTakeCopy, pageRights } from '../access/reading.ts';
import { newToken } from '../crypto/random.ts';
import { attachmentView, person, subjectWords, waysTo } from '../http/message-views.ts';
import type { Site } from '../http/site.ts';
import type { Words } from '../language/words.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import { byMailWords } from '../messages/by-mail-words.ts';
import { loadDraft } from '../messages/drafts.store.ts';
import type { MessageMeta } from '../messages/message.ts';
import type { SavedDraft } from '../messages/drafts.store.ts';
import { listThread } from '../messages/messages.store.ts';
import { openRecipient } from '../messages/open.ts';
import { loadRecipient } from '../messages/recipients.store.ts';
import { moment } from '../render/moment.ts';
import type { MessagePage } from '../render/page-models/message.ts';
import { bodyView } from './message-body.ts';
import type { BodyDeps } from './message-body.ts';
import { passedOn } from './passed-on.ts';
import type { Reading } from './reading.ts';
import { threadEntries } from './thread.ts';
import { TYPED_FILES_MAX } from '../http/typed-mail.ts';

/** Who looks at the page, beyond whom it is for. */
export interface Looker {
  readonly words: Words;
  readonly browserHash: string;
}

/** What was typed before and could not be taken, to be shown again. */
export interface Retry {
  readonly reply?: { readonly text: string; readonly all: boolean; readonly error: string };
  readonly forward?: { readonly to: string; readonly text: string; readonly error: string };
}

export async function messagePage(
  deps: BodyDeps,
  reading: Reading,
  { words, browserHash }: Looker,
  retry: Retry = {},
): Promise<MessagePage> {
  const { site } = deps;
  const { row, meta } = reading.message;
  const path = `${site.base}/messages/${row.id}`;
  const nowMs = site.clock.nowMs();
  const may = (right: string): boolean => hasRight(row, right);
  const body = await bodyView(deps, reading, words);
  // A picture the text does not show would be lost to the reader, so it stands among the files.
  const isPicture = (part: MailPart): boolean => part.inline && body.pictures.includes(part.contentId ?? '');
  const shown = meta.parts.filter((part) => !isPicture(part));
  const thread = await listThread(site.db, row.thread_id, row.id);
  return {
    subject: subjectWords(meta.subject, words),
    from: person(meta.from),
    to: meta.to.map(person),
    cc: meta.cc.map(person),
    sent: moment(meta.sentAt ?? row.created_at, nowMs, words),
    protection: protectionView(words, { ...row, expires_at: endOf(row, reading.recipient) }, nowMs, {
      title: meta.protectionTitle,
    }),
    ...signatureView(words, meta),
    body: body.view,
    attachments: shown.map((part) => attachmentView(words, part, waysTo(path, row, part.n))),
    ...(may('download') || shown.length === 0
      ? {}
      : { attachmentsWithheld: words.say('reading.attachments-withheld') }),
    thread: await threadEntries(site, words, { session: reading.session, lets: pageRights.filter(may) }, thread),
    ...(await forwardNote(site, reading)),
    ...(may('reply') ? { reply: await replyForm(site, reading, words, browserHash, retry.reply) } : {}),
    ...(may('forward')
      ? {
          forward: {
            action: `${path}/forward`,
            to: retry.forward?.to ?? '',
            text: retry.forward?.text ?? '',
            ...(retry.forward === undefined ? {} : { error: retry.forward.error }),
          },
        }
      : {}),
    passedOn: await passedOn(site, reading, words),
    ...(mayTakeCopy(row) ? { copy: { emlUrl: `${path}/copy.eml`, pdfUrl: `${path}/copy.pdf` } } : {}),
    ...(may('copy') ? {} : { watermark: reading.session.address }),
    mayPrint: may('print'),
    mayCopy: may('copy'),
  };
}

function signatureView(words: Words, meta: MessageMeta): Pick<MessagePage, 'signature'> {
  const { smime, from } = meta;
  // It was in the open, whatever it was signed with.
  const caution = byMailWords(words, meta);
  if (caution !== undefined) {
    return { signature: { words: caution, isBroken: meta.authorProvedBy === undefined } };
  }
  if (smime?.signature === undefined) return {};
  const said = words.say(signatureKeys[smime.signature], { name: nameOf(from) });
  return { signature: { words: said, isBroken: smime.signature === 'broken' } };
}

const signatureKeys = {
  valid: 'reading.signature-valid',
  untrusted: 'reading.signature-untrusted',
  broken: 'reading.signature-broken',
  unchecked: 'reading.signature-unchecked',
} as const;

async function replyForm(
  site: Site,
  reading: Reading,
  words: Words,
  browserHash: string,
  retry: Retry['reply'],
): Promise<NonNullable<MessagePage['reply']>> {
  const { row, meta } = reading.message;
  const path = `${site.base}/messages/${row.id}`;
  const draft = retry === undefined ? await loadDraft(site.db, site.clock, reading, browserHash) : undefined;
  return {
    action: `${path}/reply`,
    draftAction: `${path}/draft`,
    toName: nameOf(meta.from),
    others: hasRight(row, 'reply-all') ? otherReaders(reading).map(person) : [],
    files: {
      count: TYPED_FILES_MAX,
      size: words.size(site.messageBytesMax),
      bytes: site.messageBytesMax,
    },
    once: newToken(),
    text: retry?.text ?? draft?.text ?? '',
    all: retry?.all ?? draft?.all ?? false,
    ...(draft === undefined ? {} : { draftWords: draftWords(site, words, draft) }),
    ...(retry === undefined ? {} : { error: retry.error }),
  };
}

function draftWords(site: Site, words: Words, { isSetAside, savedAt }: SavedDraft): string {
  if (isSetAside) return words.say('reading.draft-set-aside');
  return words.say('reading.draft-shown', { relative: moment(savedAt, site.clock.nowMs(), words).relative });
}

/** Everybody named in To and Cc but the author and the reader: who a reply to all goes to besides the author. */
export function otherReaders(reading: Reading): Mailbox[] {
  const { meta } = reading.message;
  const leftOut = [meta.from.address, reading.session.address].map(canonicalAddress);
  const others = new Map<string, Mailbox>();
  for (const box of [...meta.to, ...meta.cc]) {
    const canonical = canonicalAddress(box.address);
    if (!leftOut.includes(canonical) && !others.has(canonical)) others.set(canonical, box);
  }
  return [...others.values()];
}

async function forwardNote(site: Site, reading: Reading): Promise<Pick<MessagePage, 'forwardNote'>> {
  const { recipient, message } = reading;
  if (recipient.forwarded_by === null) return {};
  const from = await loadRecipient(site.db, recipient.forwarded_by);
  if (from === undefined) return {};
  const { name, address } = openRecipient(message, from);
  const { note } = openRecipient(message, recipient);
  return { forwardNote: { from: { name, address }, runs: note === undefined ? [] : [{ text: note }] } };
}

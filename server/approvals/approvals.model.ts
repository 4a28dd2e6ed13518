// Owns the view models of an approver's pages. Of what is answered already nothing is opened any more.

import { isRefusal } from '../core/errors.ts';
import type { HoldsTable } from '../db/tables/holds.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { attachmentView, person, subjectWords, unlessBroken } from '../http/message-views.ts';
import type { Site } from '../http/site.ts';
import { dayAt, plainly } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import { textOfSafeHtml } from '../mail/html-text.ts';
import type { HtmlCleaner } from '../mail/safe-html.ts';
import type { MessageBody } from '../messages/message.ts';
import { listHeldRecipients, openHold } from '../messages/holds.store.ts';
import { loadBody } from '../messages/load-body.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { moment } from '../render/moment.ts';
import type { ApprovalPage, ApprovalRow } from '../render/page-models/approvals.ts';
import { isOver } from './find-hold.ts';

export async function approvalRows(site: Site, words: Words, holds: readonly HoldsTable[]): Promise<ApprovalRow[]> {
  const rows: ApprovalRow[] = [];
  for (const hold of holds) {
    const message = await loadMessage(site.db, hold.message_id);
    if (message === undefined || isOver(site, message)) continue;
    const row = await unlessBroken(site, message.id, () => approvalRow(site, words, hold, message));
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

function approvalRow(site: Site, words: Words, hold: HoldsTable, message: MessagesTable): ApprovalRow {
  const { meta } = openMessage(site.vault, message);
  return {
    url: `${site.base}/approvals/${hold.id}`,
    subject: subjectWords(meta.subject, words),
    from: person(meta.from),
    rule: openHold(site.keyring, hold).name,
    since: moment(hold.created_at, site.clock.nowMs(), words),
  };
}

export async function approvalPage(
  { site, cleaner }: { site: Site; cleaner: HtmlCleaner },
  words: Words,
  hold: HoldsTable,
  message: MessagesTable,
): Promise<ApprovalPage> {
  const action = `${site.base}/approvals/${hold.id}`;
  const frame = {
    rule: openHold(site.keyring, hold).name,
    since: moment(hold.created_at, site.clock.nowMs(), words),
    listUrl: `${site.base}/approvals`,
    action,
  };
  const answered = answeredWords(site, words, hold, message);
  if (answered !== undefined) return { ...frame, ...nothingOfIt, subject: words.say('approval.title'), answered };
  const open = openMessage(site.vault, message);
  const body = await loadBody(site.db, site.vault, open);
  const recipients = await listHeldRecipients(site.db, [message.id]);
  return {
    ...frame,
    subject: subjectWords(open.meta.subject, words),
    from: person(open.meta.from),
    recipients: recipients.map((row) => openRecipient(open, row)).map(({ name, address }) => ({ name, address })),
    reasons: open.meta.reasons,
    runs: [{ text: await shownText(cleaner, body) }],
    attachments: open.meta.parts
      .filter((part) => !part.inline)
      .map((part) => attachmentView(words, part, { view: `${action}/attachments/${part.n}?view=1` })),
  };
}

// What its readers would see: the HTML, and the text beside it only where there is none or it is too intricate to show.
async function shownText(cleaner: HtmlCleaner, { text = '', html }: MessageBody): Promise<string> {
  if (html === undefined) return text;
  try {
    const clean = await cleaner.clean({ html, images: new Map(), linkPrefix: undefined });
    return textOfSafeHtml(clean.html);
  } catch (error) {
    if (isRefusal(error, 'mail/unreadable')) return text;
    throw error;
  }
}

const nothingOfIt = { from: { name: '', address: '' }, recipients: [], reasons: [], runs: [], attachments: [] };

function answeredWords(site: Site, words: Words, hold: HoldsTable, message: MessagesTable): Told | undefined {
  if (hold.state === 'open') return isOver(site, message) ? plainly(words.say('approval.gone')) : undefined;
  const day = dayAt(hold.answered_at ?? hold.created_at);
  return words.tell(hold.state === 'released' ? 'approval.is-released' : 'approval.is-refused', { day });
}

// Owns the list of a reader's messages.

import { Router } from 'express';
import { canonicalAddress } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { protectionLabel } from '../access/protection-words.ts';
import { readability } from '../access/reading.ts';
import { subjectWords, unlessBroken } from '../http/message-views.ts';
import { sendPage } from '../http/page.ts';
import { isProved } from '../http/proved.ts';
import { takePage } from '../http/pager.ts';
import type { Site } from '../http/site.ts';
import { checkSignedIn, visitOf } from '../http/visit.ts';
import type { Words } from '../language/words.ts';
import { listReceived } from '../messages/messages.store.ts';
import type { ReceivedRow } from '../messages/messages.store.ts';
import { openMessage } from '../messages/open.ts';
import { moment } from '../render/moment.ts';
import type { InboxRow } from '../render/page-models/inbox.ts';
import type { Session } from '../signin/sessions.store.ts';
import { mayWrite } from './write.routes.ts';
import { writtenRows } from './written-rows.ts';

export function inboxRoutes(site: Site): Router {
  const router = Router();

  router.get('/messages', async (req, res) => {
    const session = checkSignedIn(req);
    const { words } = visitOf(req);
    const { rows, pager } = await takePage(
      req,
      `${site.base}/messages`,
      (page) => listReceived(site.db, session.addressIndex, page),
      ({ message }) => message.id,
    );
    await sendPage(site, req, res, {
      name: 'inbox',
      title: words.say('reading.inbox-title'),
      at: 'inbox',
      model: {
        rows: await Promise.all(rows.map((row) => inboxRow(site, words, row, session))),
        pager,
        written: pager.newerUrl === undefined ? await writtenRows(site, words, session.addressIndex) : [],
        ...((await mayWrite(site, session)) ? { writeUrl: `${site.base}/write` } : {}),
      },
    });
  });

  return router;
}

async function inboxRow(site: Site, words: Words, row: ReceivedRow, session: Session): Promise<InboxRow> {
  // Nothing of a message that is over is opened, not even for its own list.
  switch (readability(row.message, row.recipient, isoNow(site.clock))) {
    case 'readable':
      return (
        (await unlessBroken(site, row.message.id, async () => {
          const shown = readableRow(site, words, row);
          // What a message is about is part of it; who sent it stands in the notice as well.
          const isOpen = await isProved(site.db, session, row.message, row.recipient);
          return isOpen ? shown : { ...shown, subject: words.say('ways.inbox-withheld'), attachments: 0 };
        })) ?? closedRow(site, words, row, 'broken')
      );
    case 'expired':
      return closedRow(site, words, row, 'expired');
    default:
      return closedRow(site, words, row, 'revoked');
  }
}

function readableRow(site: Site, words: Words, { message, recipient }: ReceivedRow): InboxRow {
  const { meta } = openMessage(site.vault, message);
  return {
    url: `${site.base}/messages/${message.id}`,
    fromName: meta.from.name === '' ? canonicalAddress(meta.from.address) : meta.from.name,
    fromAddress: meta.from.address,
    subject: subjectWords(meta.subject, words),
    sent: moment(meta.sentAt ?? message.created_at, site.clock.nowMs(), words),
    ...readState(words, recipient),
    attachments: meta.parts.filter((part) => !part.inline).length,
    protection: protectionLabel(words, message.protection, meta.protectionTitle),
  };
}

const closedWords = {
  expired: { subject: 'reading.inbox-expired', state: 'expired', stateWords: 'reading.state-expired' },
  revoked: { subject: 'reading.inbox-revoked', state: 'revoked', stateWords: 'reading.state-revoked' },
  broken: { subject: 'reading.inbox-broken', state: 'revoked', stateWords: 'reading.state-broken' },
} as const;

function closedRow(site: Site, words: Words, { message }: ReceivedRow, why: keyof typeof closedWords): InboxRow {
  const { subject, state, stateWords } = closedWords[why];
  return {
    url: `${site.base}/messages/${message.id}`,
    fromName: '',
    fromAddress: '',
    subject: words.say(subject),
    state,
    stateWords: words.say(stateWords),
    sent: moment(message.created_at, site.clock.nowMs(), words),
    attachments: 0,
    protection: protectionLabel(words, message.protection),
  };
}

function readState(words: Words, recipient: ReceivedRow['recipient']): Pick<InboxRow, 'state' | 'stateWords'> {
  if (recipient.replied_at !== null) return { state: 'replied', stateWords: words.say('reading.state-answered') };
  if (recipient.opened_at !== null) return { state: 'read', stateWords: words.say('reading.state-read') };
  return { state: 'unread', stateWords: words.say('reading.state-new') };
}

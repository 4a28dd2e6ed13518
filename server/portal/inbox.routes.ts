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
import type { Visit } from '../http/visit.ts';
import { listReceived } from '../messages/messages.store.ts';
import type { ReceivedRow } from '../messages/messages.store.ts';
import { openMessage } from '../messages/open.ts';
import { moment } from '../render/moment.ts';
import type { InboxRow } from '../render/page-models.ts';
import type { Session } from '../signin/sessions.store.ts';

export function inboxRoutes(site: Site): Router {
  const router = Router();

  router.get('/messages', async (req, res) => {
    const session = checkSignedIn(req);
    const { rows, pager } = await takePage(
      req,
      `${site.base}/messages`,
      (page) => listReceived(site.db, session.addressIndex, page),
      ({ message }) => message.id,
    );
    await sendPage(site, req, res, {
      name: 'inbox',
      title: 'Your messages',
      at: 'inbox',
      model: { rows: await Promise.all(rows.map((row) => inboxRow(site, row, visitOf(req), session))), pager },
    });
  });

  return router;
}

async function inboxRow(site: Site, row: ReceivedRow, { words }: Visit, session: Session): Promise<InboxRow> {
  // Nothing of a message that is over is opened, not even for its own list.
  switch (readability(row.message, row.recipient, isoNow(site.clock))) {
    case 'readable':
      return (
        (await unlessBroken(site, row.message.id, async () => {
          const shown = readableRow(site, row);
          // What a message is about is part of it; who sent it stands in the notice as well.
          const isOpen = await isProved(site.db, session, row.message, row.recipient);
          return isOpen ? shown : { ...shown, subject: words.say('ways.inbox-withheld'), attachments: 0 };
        })) ?? closedRow(site, row, 'broken')
      );
    case 'expired':
      return closedRow(site, row, 'expired');
    default:
      return closedRow(site, row, 'revoked');
  }
}

function readableRow(site: Site, { message, recipient }: ReceivedRow): InboxRow {
  const { meta } = openMessage(site.vault, message);
  return {
    url: `${site.base}/messages/${message.id}`,
    fromName: meta.from.name === '' ? canonicalAddress(meta.from.address) : meta.from.name,
    fromAddress: meta.from.address,
    subject: subjectWords(meta.subject),
    sent: moment(meta.sentAt ?? message.created_at, site.clock.nowMs()),
    ...readState(recipient),
    attachments: meta.parts.filter((part) => !part.inline).length,
    protection: protectionLabel(message.protection),
  };
}

const closedWords = {
  expired: { subject: 'Expired message', state: 'expired', stateWords: 'Expired' },
  revoked: { subject: 'Message taken back', state: 'revoked', stateWords: 'Taken back by the sender' },
  broken: { subject: 'Damaged message', state: 'revoked', stateWords: 'Cannot be opened' },
} as const;

function closedRow(site: Site, { message }: ReceivedRow, why: keyof typeof closedWords): InboxRow {
  return {
    url: `${site.base}/messages/${message.id}`,
    fromName: '',
    fromAddress: '',
    ...closedWords[why],
    sent: moment(message.created_at, site.clock.nowMs()),
    attachments: 0,
    protection: protectionLabel(message.protection),
  };
}

function readState(recipient: ReceivedRow['recipient']): Pick<InboxRow, 'state' | 'stateWords'> {
  if (recipient.replied_at !== null) return { state: 'replied', stateWords: 'Answered' };
  if (recipient.opened_at !== null) return { state: 'read', stateWords: 'Read' };
  return { state: 'unread', stateWords: 'New' };
}

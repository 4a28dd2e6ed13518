// Owns getting from a request to a message its visitor sent, or a shared mailbox they are a delegate of. One that somebody
// else sent is the same as one that does not exist.

import type { Request } from 'express';
import { isMessageId } from '../core/ids.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import type { Site } from '../http/site.ts';
import { checkSender } from '../http/visit.ts';
import { loadSent } from '../messages/messages.store.ts';
import type { Session } from '../signin/sessions.store.ts';
import { mailboxesOf } from './mailboxes.ts';
import type { Mailbox } from './mailboxes.ts';

export interface Managing {
  /** Of whoever acts: what is done stands in the audit under their own name. */
  readonly session: Session;
  readonly message: MessagesTable;
  /** That sent it. */
  readonly mailbox: Mailbox;
}

/** Throws request/unauthenticated or request/not-found. */
export async function startManaging(site: Site, req: Request): Promise<Managing> {
  const session = checkSender(site, req);
  const { id } = req.params;
  const mailboxes = mailboxesOf(site, req, session);
  const indexes = mailboxes.map((mailbox) => mailbox.addressIndex);
  const message = isMessageId(id) ? await loadSent(site.db, id, indexes) : undefined;
  const mailbox = mailboxes.find((one) => one.addressIndex === message?.sender_index);
  if (message === undefined || mailbox === undefined) throw noSuchPage();
  return { session, message, mailbox };
}

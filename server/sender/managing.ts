// Owns getting from a request to a message its visitor sent. One that somebody else sent is the same as one that does
// not exist.

import type { Request } from 'express';
import { isMessageId } from '../core/ids.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import type { Site } from '../http/site.ts';
import { checkSender } from '../http/visit.ts';
import { loadMessage } from '../messages/messages.store.ts';
import type { Session } from '../signin/sessions.store.ts';

export interface Managing {
  readonly session: Session;
  readonly message: MessagesTable;
}

/** Throws request/unauthenticated or request/not-found. */
export async function startManaging(site: Site, req: Request): Promise<Managing> {
  const session = checkSender(site, req);
  const { id } = req.params;
  const message = isMessageId(id) ? await loadMessage(site.db, id) : undefined;
  if (message === undefined || message.sender_index !== session.addressIndex) {
    throw noSuchPage();
  }
  return { session, message };
}

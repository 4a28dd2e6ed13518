// Owns getting from a request to a hold that its visitor may lift. To all others there is no such hold.

import type { Request } from 'express';
import { isoNow } from '../core/clock.ts';
import { isId } from '../core/ids.ts';
import { asWriter, readability } from '../access/reading.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { HoldsTable } from '../db/tables/holds.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import type { Site } from '../http/site.ts';
import { checkSender, mayHere } from '../http/visit.ts';
import { loadHoldFor, loadHoldOfOthers } from '../messages/holds.store.ts';
import { loadMessage } from '../messages/messages.store.ts';
import type { Session } from '../signin/sessions.store.ts';

export interface FoundHold {
  readonly session: Session;
  readonly hold: HoldsTable;
  readonly message: MessagesTable;
  /** The hold as it is now, if the visitor may still lift it. */
  again(db: Db | Tx): Promise<HoldsTable | undefined>;
}

/** Open, answered or over. Throws request/unauthenticated or request/not-found. */
export async function findHold(site: Site, req: Request): Promise<FoundHold> {
  const session = checkSender(site, req);
  const { hid } = req.params;
  const load = mayHere(req, 'held:answer') ? loadAsStandIn : loadHoldFor;
  const again = async (db: Db | Tx): Promise<HoldsTable | undefined> =>
    typeof hid === 'string' && isId(hid) ? load(db, hid, session.addressIndex) : undefined;
  const hold = await again(site.db);
  const message = hold === undefined ? undefined : await loadMessage(site.db, hold.message_id);
  if (hold === undefined || message === undefined) throw noSuchPage();
  return { session, hold, message, again };
}

// Whoever stands in for every approver may be named by a rule as well.
async function loadAsStandIn(db: Db | Tx, id: string, ownIndex: string): Promise<HoldsTable | undefined> {
  return (await loadHoldFor(db, id, ownIndex)) ?? loadHoldOfOthers(db, id, ownIndex);
}

/** Nothing of it is opened any more, and nobody would get it. */
export function isOver({ clock }: Site, message: MessagesTable): boolean {
  return readability(message, asWriter, isoNow(clock)) !== 'readable';
}

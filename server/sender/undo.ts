// Owns what takes the last change to a message back: said in the link after the change, under a keyed hash of session and
// message, so that nobody can hand a sender a button that does something else. With it goes which change it undoes: what others
// changed after that is not undone with it.

import { isoNow, isoTime } from '../core/clock.ts';
import { equalBytes } from '../crypto/digest.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import type { Site } from '../http/site.ts';
import { listAllRecipients } from '../messages/holds.store.ts';
import { listRequests } from '../messages/requests.store.ts';
import type { UndoView } from '../render/page-models/shell.ts';
import type { Session } from '../signin/sessions.store.ts';
import type { Changed, Places } from './changing.ts';

type Way =
  | { readonly act: 'revoke' | 'restore'; readonly places: readonly number[] }
  | { readonly act: 'expiry'; readonly endMs: number };

/** To be asked before the change: what gives back to those whom it is taken from, and the other way about. */
export async function undoOfPlaces(
  site: Site,
  messageId: string,
  act: 'revoke' | 'restore',
  places: Places,
): Promise<Way> {
  const changing = (await listAllRecipients(site.db, messageId)).filter(
    ({ position, revoked_at: revokedAt }) =>
      (places === 'all' || places.includes(position)) && (revokedAt === null) === (act === 'revoke'),
  );
  return { act: act === 'revoke' ? 'restore' : 'revoke', places: changing.map(({ position }) => position) };
}

/** To be asked before the change. Undefined where the old end cannot be had again just as it was. */
export async function undoOfExpiry(site: Site, message: MessagesTable): Promise<Way | undefined> {
  const end = message.expires_at;
  if (end === null || end <= isoNow(site.clock)) return undefined;
  const recipients = await listAllRecipients(site.db, message.id);
  // A change of the last day answers who asked, and ends what readers had apart: neither comes back.
  if (recipients.some(({ own_expires_at: own }) => own !== null)) return undefined;
  if ((await listRequests(site.db, [message.id])).some(({ state }) => state === 'open')) return undefined;
  return { act: 'expiry', endMs: Date.parse(end) };
}

/** What follows `&` in the link; '' where there is nothing to undo. */
export function undoQuery(
  site: Site,
  session: Session,
  messageId: string,
  way: Way | undefined,
  { newest }: Changed,
): string {
  if (way === undefined || (way.act !== 'expiry' && way.places.length === 0)) return '';
  const numbers = way.act === 'expiry' ? [way.endMs] : way.places;
  const said = `${way.act}-${[newest, ...numbers].join('-')}`;
  return `&undo=${said}.${mark(site, session, messageId, said)}`;
}

/** The button that a link speaks of; undefined for one that was not made for this session and message. */
export function undoIn(site: Site, session: Session, messageId: string, undo: unknown): UndoView | undefined {
  const [, said = '', act = '', rest = '', given = ''] =
    (typeof undo === 'string' ? /^((revoke|restore|expiry)((?:-\d{1,15})+))\.([\w-]{43})$/.exec(undo) : null) ?? [];
  if (said === '') return undefined;
  if (!equalBytes(Buffer.from(given), Buffer.from(mark(site, session, messageId, said)))) return undefined;
  const [after = '', ...numbers] = rest.slice(1).split('-');
  const known = { name: 'after', value: after };
  const action = `${site.base}/sent/${messageId}/${act}`;
  return act === 'expiry'
    ? { action, fields: [known, { name: 'expires', value: isoTime(Number(numbers[0])) }] }
    : { action, fields: [known, ...numbers.map((value) => ({ name: 'recipient', value }))] };
}

function mark(site: Site, session: Session, messageId: string, said: string): string {
  return site.keyring.macText('undo', `${session.tokenHash} ${messageId} ${said}`);
}

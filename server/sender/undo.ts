// Owns what takes the last change to a message back: said in the link after the change, under a keyed hash of session and
// message, so that nobody can hand a sender a button that does something else. With it goes which change it undoes: what others
// changed after that is not undone with it.

import { isoTime } from '../core/clock.ts';
import { equalBytes } from '../crypto/digest.ts';
import type { Site } from '../http/site.ts';
import type { UndoView } from '../render/page-models/shell.ts';
import type { Session } from '../signin/sessions.store.ts';
import type { Changed } from './changing.ts';

type Way =
  | { readonly act: 'revoke' | 'restore'; readonly places: readonly number[] }
  | { readonly act: 'expiry'; readonly endMs: number };

/** What gives back to those whom it was taken from, and the other way about. */
export function undoOfPlaces(act: 'revoke' | 'restore', { places = [] }: Changed): Way {
  return { act: act === 'revoke' ? 'restore' : 'revoke', places };
}

/** Undefined where the old end cannot be had again just as it was. */
export function undoOfExpiry({ endBefore }: Changed): Way | undefined {
  return endBefore === undefined ? undefined : { act: 'expiry', endMs: Date.parse(endBefore) };
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

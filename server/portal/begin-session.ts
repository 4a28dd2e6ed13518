// Owns the one beginning of a session, by whatever way somebody came in: the browser's earlier session ends, and the
// audit says how.

import type { Request, Response } from 'express';
import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { isId } from '../core/ids.ts';
import type { Way } from '../core/proofs.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Tx } from '../db/engine.ts';
import { setCookie } from '../http/cookies.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { wornBrand } from '../http/worn-brand.ts';
import { dropSetAsideOfOthers } from '../messages/drafts.store.ts';
import { dropKeptOfOthers } from '../messages/kept-letters.store.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { loadRecipient } from '../messages/recipients.store.ts';
import { saveLanguage } from '../people/people.store.ts';
import { carryPhrases } from '../signin/phrases.store.ts';
import { endSession, startSession } from '../signin/sessions.store.ts';
import { dropFormsOfOthers } from '../staff/kept-forms.store.ts';

export interface CameIn {
  readonly address: Address;
  readonly way: Way;
  /** 'sign-in', or the recipient a link or message belongs to. */
  readonly purpose: string;
}

/** @returns the token, to be handed over once the transaction has committed. */
export async function beginSession(
  site: Site,
  req: Request,
  tx: Tx,
  { address, way, purpose }: CameIn,
): Promise<string> {
  const { browserHash, network, session, words } = visitOf(req);
  const index = addressIndex(site.keyring, address);
  const now = isoNow(site.clock);
  // What somebody else proved in this browser is nothing to this person.
  const before = session?.addressIndex === index ? session : undefined;
  const brand = wornBrand(req) ?? (await brandOf(tx, purpose));
  const { token, tokenHash } = await startSession(site.session, tx, { address, way, before, brand });
  if (before !== undefined) await carryPhrases(tx, before.tokenHash, tokenHash);
  if (session !== undefined) await endSession(tx, session.tokenHash, now);
  await dropSetAsideOfOthers(tx, browserHash, index);
  await dropKeptOfOthers(tx, browserHash, index);
  await dropFormsOfOthers(tx, browserHash, index);
  await saveLanguage(tx, index, words.language, now);
  await appendAudit(site.vault, tx, { event: 'signed-in', details: { address, network, purpose, method: way } });
  return token;
}

// Who comes back from another issuer comes to a path that names no message.
async function brandOf(tx: Tx, purpose: string): Promise<string | undefined> {
  const recipient = isId(purpose) ? await loadRecipient(tx, purpose) : undefined;
  return recipient === undefined ? undefined : (await loadMessage(tx, recipient.message_id))?.brand;
}

export async function handOverSession(site: Site, res: Response, token: string): Promise<void> {
  setCookie(site, res, 'session', await site.cookies.sign(token));
}

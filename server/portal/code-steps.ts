// Owns the steps that both ways in share, by a link and by an address: ask for a code, wait, try it. What
// is written down of them goes to the audit in the same transaction.

import type { Request, Response } from 'express';
import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { isRefusal } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { setCookie } from '../http/cookies.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { askCode, challengeContext } from '../signin/ask-code.ts';
import { checkCode } from '../signin/check-code.ts';
import { loadChallenge, loadReference } from '../signin/codes.store.ts';
import { signSessionCookie } from '../signin/session-cookie.ts';
import { endSession, startSession } from '../signin/sessions.store.ts';

/** `purpose`: 'sign-in', or the recipient a link belongs to. */
export async function requestCode(site: Site, req: Request, purpose: string, address: Address): Promise<void> {
  const { browserHash, network } = visitOf(req);
  await askCode(site.signin, { purpose, address, browserHash, network }, async (tx, made) => {
    const { expiresAt, ...payload } = made;
    await enqueue(site.vault, tx, { kind: 'passcode', payload, giveUpAt: expiresAt });
    await appendAudit(site.vault, tx, { event: 'code-asked', details: { address, network, purpose } });
  });
  site.kick();
}

export interface Waiting {
  /** The newest code's. */
  readonly reference: string;
  readonly address: string;
}

/** What this browser is waiting for, or undefined when nothing is under way. */
export async function loadWaiting(site: Site, req: Request, purpose: string): Promise<Waiting | undefined> {
  const { browserHash } = visitOf(req);
  const challenge = await loadChallenge(site.db, { browserHash, purpose, now: isoNow(site.clock) });
  if (challenge === undefined) return undefined;
  const reference = await loadReference(site.db, challenge.id);
  if (reference === undefined) return undefined;
  const address = site.keyring.openRecord(challengeContext(challenge.id), challenge.sealed_address).toString('utf8');
  return { reference, address };
}

/** Tries the code; on success a new session's cookie is set and any earlier one of this browser ended. */
export async function signInByCode(
  site: Site,
  req: Request,
  res: Response,
  purpose: string,
  code: string,
): Promise<Address> {
  const { browserHash, network, session: before } = visitOf(req);
  const proved = await checkCode(site.signin, { purpose, code, browserHash, network }, async (tx, address) => {
    if (before !== undefined) await endSession(tx, before.tokenHash, isoNow(site.clock));
    await appendAudit(site.vault, tx, { event: 'signed-in', details: { address, network, purpose } });
    return { address, ...(await startSession(site.session, tx, address)) };
  });
  setCookie(site, res, 'session', await signSessionCookie(site.keyring.sessionKey(), proved.token));
  return proved.address;
}

/**
 * What to say on the waiting page after a refused code, or undefined when the error is not about the code
 * or nothing is waiting any more.
 */
export async function codeRefusal(
  site: Site,
  req: Request,
  purpose: string,
  error: unknown,
): Promise<{ message: string; reference: string } | undefined> {
  if (!isRefusal(error, 'signin/code-refused')) return undefined;
  const waiting = await loadWaiting(site, req, purpose);
  if (waiting === undefined) return undefined;
  await inTransaction(site.db, (tx) =>
    appendAudit(site.vault, tx, {
      event: 'sign-in-refused',
      details: { address: waiting.address, network: visitOf(req).network, purpose },
    }),
  );
  return { message: error.message, reference: waiting.reference };
}

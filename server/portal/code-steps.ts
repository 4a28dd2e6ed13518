// Owns the steps that both ways in share, by a link and by an address: ask for a code, wait, try it. What
// is written down of them goes to the audit in the same transaction.

import type { Request, Response } from 'express';
import type { Address } from '../core/address.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { brandIdOf } from '../http/worn-brand.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { askCode } from '../signin/ask-code.ts';
import { checkCode } from '../signin/check-code.ts';
import { loadWaiting } from '../signin/waiting.ts';
import type { Waiting } from '../signin/waiting.ts';
import { beginSession, handOverSession } from './begin-session.ts';

/** The purpose of codes asked for to write first: they go to addresses that nobody here has met, too. */
export const WRITE_PURPOSE = 'write';

/** `purpose`: 'sign-in', 'write', or the recipient a link belongs to. */
export async function requestCode(site: Site, req: Request, purpose: string, address: Address): Promise<void> {
  const { browserHash, network } = visitOf(req);
  const isForStrangers = purpose === WRITE_PURPOSE;
  await askCode(site.signin, { purpose, address, browserHash, network, isForStrangers }, async (tx, made) => {
    const { expiresAt, ...payload } = made;
    await enqueue(site.vault, tx, {
      kind: 'passcode',
      payload: { ...payload, isForStrangers, brand: brandIdOf(site, req) },
      giveUpAt: expiresAt,
    });
    await appendAudit(site.vault, tx, { event: 'code-asked', details: { address, network, purpose } });
  });
  site.kick();
}

/** What this browser is waiting for, or undefined when nothing is under way. */
export function waitingFor(site: Site, req: Request, purpose: string): Promise<Waiting | undefined> {
  return loadWaiting(site.signin, { browserHash: visitOf(req).browserHash, purpose });
}

/** Tries the code; on success a new session's cookie is set and any earlier one of this browser ended. */
export async function signInByCode(
  site: Site,
  req: Request,
  res: Response,
  purpose: string,
  code: string,
): Promise<Address> {
  const { browserHash, network } = visitOf(req);
  const proved = await checkCode(
    site.signin,
    { purpose, code, browserHash, network },
    {
      proved: async (tx, address) => ({
        address,
        token: await beginSession(site, req, tx, { address, way: 'code', purpose }),
      }),
      wrong: (tx, address) =>
        appendAudit(site.vault, tx, {
          event: 'sign-in-refused',
          details: { address, network, purpose, method: 'code' },
        }),
    },
  );
  await handOverSession(site, res, proved.token);
  return proved.address;
}

// Owns coming in by an account with another issuer: leaving for it, and coming back. What comes back counts only with
// the state that this browser was given, once; then only for the address the message is for.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Address } from '../core/address.ts';
import { canonicalAddress, parseAddress } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { AppError, isRefusal } from '../core/errors.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { inTransaction } from '../db/engine.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { sentence } from '../language/words.ts';
import { beginCeremony, takeCeremony } from '../signin/ceremonies.store.ts';
import { bindIdentity } from '../signin/identities.store.ts';
import type { OidcClient } from '../signin/oidc-client.ts';
import type { Claims } from '../signin/oidc-providers.ts';
import { beginSession, handOverSession } from './begin-session.ts';
import { getLink } from './link.routes.ts';
import { canOpen } from './other-ways.ts';
import { findReadable } from './reading.ts';
import { refuseWay } from './refused-way.ts';
import { goOn } from './sign-in.routes.ts';

const nothing = z.object({});

/** What is kept of a sign-in under way, sealed, until its answer comes. */
const underWay = z.object({
  verifier: z.string(),
  nonce: z.string(),
  purpose: z.string(),
  /** The only address that counts; absent where any may sign in. */
  expected: z.string().optional(),
  /** Where to afterwards; absent: where people like this one go. */
  next: z.string().optional(),
  back: z.string(),
});
type UnderWay = z.infer<typeof underWay>;
type Destination = Omit<UnderWay, 'verifier' | 'nonce'>;

export function oidcRoutes(site: Site): Router {
  const router = Router();

  router.post('/sign-in/oidc/:issuer', async (req, res) => {
    readForm(req, nothing);
    await leaveFor(site, req, res, { purpose: 'sign-in', back: `${site.base}/sign-in` });
  });

  router.post('/m/:token/oidc/:issuer', async (req, res) => {
    readForm(req, nothing);
    const { recipient, address, path } = await getLink(site, req);
    await leaveFor(site, req, res, {
      purpose: recipient.id,
      expected: address,
      next: `${site.base}/messages/${recipient.message_id}`,
      back: path,
    });
  });

  router.post('/messages/:id/prove/oidc/:issuer', async (req, res) => {
    readForm(req, nothing);
    const { session, recipient, message } = await findReadable(site, req);
    const path = `${site.base}/messages/${message.id}`;
    await leaveFor(site, req, res, { purpose: recipient.id, expected: session.address, next: path, back: path });
  });

  // The one GET that changes something: the issuer sends the browser here by a link. It does nothing without a state
  // that was given to this very browser, and that only once.
  router.get('/sign-in/oidc/:issuer/callback', async (req, res) => {
    const client = clientOf(site, req);
    const method = client.provider.name;
    // A HEAD is nobody coming back.
    const given = req.method === 'GET' ? req.query['state'] : undefined;
    const state = typeof given === 'string' ? given : '';
    const begun = underWay.safeParse(
      await takeCeremony(site, { handedOut: state, kind: kindOf(client), browserHash: visitOf(req).browserHash }),
    );
    if (!begun.success) {
      const late = new AppError('signin/way-refused', sentence('ways.answer-late'), { detail: 'no such state' });
      await refuseWay(site, req, res, { method, purpose: 'unknown', back: `${site.base}/sign-in` }, late);
      return;
    }
    const { purpose, back, next, expected } = begun.data;
    try {
      const address = await comeBack(site, req, res, client, state, begun.data);
      if (next === undefined) goOn(site, req, res, address);
      else res.redirect(303, next);
    } catch (error) {
      if (!isRefusal(error, 'signin/way-refused', 'server/unavailable')) throw error;
      await refuseWay(site, req, res, { method, purpose, back, address: parseAddress(expected) }, error);
    }
  });

  return router;
}

async function leaveFor(site: Site, req: Request, res: Response, destination: Destination): Promise<void> {
  const client = clientOf(site, req);
  const { browserHash, network, words } = visitOf(req);
  const { label: issuer, name: method } = client.provider;
  try {
    const { url, state, secrets } = await client.begin();
    const details: UnderWay = { ...secrets, ...destination };
    await beginCeremony(site, { handedOut: state, kind: kindOf(client), browserHash, network, details });
    // Not a redirect: a browser that keeps forms on their own site (form-action) would not follow it.
    res.set('Refresh', `0; url=${url}`);
    await sendPage(site, req, res, {
      name: 'away',
      title: words.say('ways.away-title', { issuer }),
      model: { issuer, host: new URL(url).host, url, backUrl: destination.back },
    });
  } catch (error) {
    if (!isRefusal(error, 'signin/way-refused', 'server/unavailable')) throw error;
    await refuseWay(site, req, res, { method, ...destination, address: parseAddress(destination.expected) }, error);
  }
}

async function comeBack(
  site: Site,
  req: Request,
  res: Response,
  client: OidcClient,
  state: string,
  { verifier, nonce, purpose, expected }: UnderWay,
): Promise<Address> {
  const query = new URL(req.originalUrl, site.origin).searchParams;
  const claims = await client.finish(query, state, { verifier, nonce });
  const address = chooseAddress(site, client, claims, expected);
  const { name: way, label: issuer } = client.provider;
  const token = await inTransaction(site.db, async (tx) => {
    const account = { issuer: claims.iss, subject: claims.sub, provider: way };
    const index = addressIndex(site.keyring, address);
    const isTheirs = await bindIdentity(site.keyring, tx, { ...account, addressIndex: index }, isoNow(site.clock));
    return isTheirs ? beginSession(site, req, tx, { address, way, purpose }) : undefined;
  });
  if (token === undefined) throw new AppError('signin/way-refused', sentence('ways.other-account', { issuer }));
  await handOverSession(site, res, token);
  return address;
}

/** The address that the account opens here. Throws signin/way-refused. */
function chooseAddress(site: Site, { provider }: OidcClient, claims: Claims, expected: string | undefined): Address {
  const issuer = provider.label;
  const confirmed = provider.confirmed(claims);
  if (confirmed.length === 0) throw new AppError('signin/way-refused', sentence('ways.unconfirmed', { issuer }));
  const wanted = parseAddress(expected);
  const isWanted = (one: Address): boolean =>
    wanted === undefined || canonicalAddress(one) === canonicalAddress(wanted);
  const found = confirmed.find(isWanted);
  // As the message has it, however the issuer spells it.
  const address = found === undefined ? undefined : (wanted ?? found);
  if (address === undefined) throw new AppError('signin/way-refused', sentence('ways.other-address', { issuer }));
  if (canOpen(site, provider, address)) return address;
  const key = provider.opens === 'outside' ? 'ways.not-for-organisation' : 'ways.only-for-organisation';
  throw new AppError('signin/way-refused', sentence(key, { issuer }));
}

function clientOf(site: Site, req: Request): OidcClient {
  const client = site.issuers.find(({ provider }) => provider.name === req.params['issuer']);
  if (client === undefined) throw noSuchPage();
  return client;
}

// The issuer stands in it, so that the answer of one is never taken for that of another (RFC 9700 section 4.4).
function kindOf({ provider }: OidcClient): string {
  return `oidc ${provider.name}`;
}

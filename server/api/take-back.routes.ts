// Owns the calls that change a message which is out: take it back, give it back, announce it once more, destroy it,
// move its last day.

import express, { Router } from 'express';
import { parseAddress } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { RequestsTable } from '../db/tables/messages.ts';
import type { PhrasesTable } from '../db/tables/signin.ts';
import { cleanBodyText } from '../mail/body-text.ts';
import { listAllRecipients } from '../messages/holds.store.ts';
import { loadRequest } from '../messages/requests.store.ts';
import { checkAccessPhrase } from '../policy/ask.ts';
import { parseExpiry } from '../policy/expiry.ts';
import type { MoreTime } from '../sender/more-time.ts';
import type { TakeBack } from '../sender/take-back.ts';
import { getMessageOf, keyOf, needsScope } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { presentStored } from './present.ts';
import { changeAsk, decisionAsk, resendAsk, restoreAsk, revokeAsk } from './schemas.ts';

export interface TakeBackRouteDeps extends KeyDeps {
  readonly takeBack: TakeBack;
  readonly moreTime: MoreTime;
  /** signin/phrases.ts, with its dependencies given. */
  readonly hashPhrase: (phrase: string) => Promise<PhrasesTable>;
  /** Called after a commit that left work in the outbox. */
  readonly kick: () => void;
}

export function takeBackRoutes(deps: TakeBackRouteDeps): Router {
  const { takeBack } = deps;
  const mayRevoke = needsScope(deps, 'messages:revoke');
  const maySend = needsScope(deps, 'messages:send');
  // A revocation may name every recipient.
  const json = express.json({ limit: '256kb' });
  const router = Router();

  router.post('/v1/messages/:id/revoke', mayRevoke, json, async (req, res) => {
    const { id } = await getMessageOf(deps, req);
    const { recipients, reason, destroy } = revokeAsk.parse(req.body ?? {});
    const change = { messageId: id, actor: keyOf(req).id, ...(reason === undefined ? {} : { reason }) };
    if (destroy !== true) {
      await takeBack.takeBack(change, await positionsOf(deps, id, recipients));
    } else if (recipients === undefined) {
      await takeBack.destroy(change);
    } else {
      throw new AppError('request/malformed', 'destroy is for the whole message; leave recipients out.');
    }
    res.json(await presentStored(deps, id));
  });

  router.post('/v1/messages/:id/restore', mayRevoke, json, async (req, res) => {
    const { id } = await getMessageOf(deps, req);
    const { recipients } = restoreAsk.parse(req.body ?? {});
    const positions = await positionsOf(deps, id, recipients);
    await takeBack.giveBack({ messageId: id, actor: keyOf(req).id }, positions);
    res.json(await presentStored(deps, id));
  });

  router.post('/v1/messages/:id/resend', maySend, json, async (req, res) => {
    const { id } = await getMessageOf(deps, req);
    const { recipients } = resendAsk.parse(req.body ?? {});
    const positions = await positionsOf(deps, id, recipients);
    await takeBack.resend({ messageId: id, actor: keyOf(req).id }, positions);
    deps.kick();
    res.json(await presentStored(deps, id));
  });

  router.patch('/v1/messages/:id', mayRevoke, json, async (req, res) => {
    const { id } = await getMessageOf(deps, req);
    const { expiresAt, accessPhrase } = changeAsk.parse(req.body ?? {});
    const change = { messageId: id, actor: keyOf(req).id };
    const atMs = expiresAt === undefined ? undefined : parseExpiry(expiresAt, deps.vault.clock.nowMs());
    if (expiresAt !== undefined && atMs === undefined) {
      throw new AppError('policy/unknown-value', 'expiresAt is not a time.');
    }
    const phrase = accessPhrase === undefined ? undefined : checkAccessPhrase('accessPhrase', accessPhrase);
    // A time that is refused leaves the phrase as it was.
    if (atMs !== undefined) await takeBack.changeExpiry(change, atMs);
    if (phrase !== undefined) await takeBack.changePhrase(change, await deps.hashPhrase(phrase));
    res.json(await presentStored(deps, id));
  });

  router.post('/v1/messages/:id/requests/:request', mayRevoke, json, async (req, res) => {
    const { id } = await getMessageOf(deps, req);
    const decided = decisionAsk.parse(req.body ?? {});
    const request = await requestOf(deps, id, req.params['request']);
    const change = { messageId: id, actor: keyOf(req).id, recipientId: request.recipient_id };
    if (decided.decision === 'give') await deps.moreTime.give(change, request, decided.days, decided.whom);
    else await deps.moreTime.refuse(change, request, cleanBodyText(decided.word).trim());
    deps.kick();
    res.json(await presentStored(deps, id));
  });

  return router;
}

async function requestOf({ db }: KeyDeps, messageId: string, id: unknown): Promise<RequestsTable> {
  const request = typeof id === 'string' && isId(id) ? await loadRequest(db, id) : undefined;
  if (request?.message_id === messageId) return request;
  throw new AppError('request/not-found', 'Nobody asked for more time under this id.');
}

// Names of people, not places: an address that is not among the recipients refuses the whole call.
async function positionsOf(
  { db, vault }: KeyDeps,
  messageId: string,
  addresses: readonly string[] | undefined,
): Promise<readonly number[] | 'all'> {
  if (addresses === undefined) return 'all';
  const rows = await listAllRecipients(db, messageId);
  const places = new Map(rows.map((row) => [row.address_index, row.position]));
  return addresses.map((text) => {
    const address = parseAddress(text);
    const place = address === undefined ? undefined : places.get(addressIndex(vault.keyring, address));
    if (place !== undefined) return place;
    throw new AppError('mail/recipients', 'recipients names somebody this message was not sent to.');
  });
}

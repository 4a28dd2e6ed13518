// Owns the calls about messages that a rule holds: which wait, and what is decided. A key stands in for every approver, as an
// administrator does, and lets nothing go that its maker sent; it is the key that the audit log names.

import express, { Router } from 'express';
import type { HoldAnswer } from '../approvals/settle-hold.ts';
import { AppError } from '../core/errors.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { cleanBodyText } from '../mail/body-text.ts';
import { listOpenHoldsOfOthers, loadHold, loadHoldOfOthers, openHold } from '../messages/holds.store.ts';
import type { ApiKey } from '../signin/api-keys.store.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { heldAnswer, heldQuery, holdId } from './held-schemas.ts';
import type { HeldList } from './held-schemas.ts';
import { noQuery } from './schemas.ts';

export interface HeldRouteDeps extends KeyDeps {
  readonly settleHold: (answer: HoldAnswer) => Promise<void>;
  readonly kick: () => void;
}

/** Nobody's own: a key has sent nothing. */
const NOBODY = '';

export function heldRoutes(deps: HeldRouteDeps): Router {
  const { db, vault } = deps;
  const router = Router();

  router.get('/v1/held', needsScope(deps, 'admin:read'), unbound, async (req, res) => {
    const { limit } = heldQuery.parse(req.query);
    const holds = await listOpenHoldsOfOthers(db, NOBODY, limit + 1);
    const list: HeldList = {
      held: holds.slice(0, limit).map((hold) => ({
        id: hold.id,
        messageId: hold.message_id,
        rule: openHold(vault.keyring, hold).name,
        since: hold.created_at,
      })),
      more: holds.length > limit,
    };
    res.json(list);
  });

  const json = express.json({ limit: '16kb' });
  router.post('/v1/held/:hold', needsScope(deps, 'admin:write'), unbound, json, async (req, res) => {
    noQuery.parse(req.query);
    const id = holdId.parse(req.params['hold']);
    const { decision, word } = heldAnswer.parse(req.body ?? {});
    if (decision === 'release') await checkMayRelease(keyOf(req), id);
    const state = decision === 'release' ? 'released' : 'refused';
    await deps.settleHold({ holdId: id, state, by: keyOf(req).id, word: cleanBodyText(word).trim() });
    deps.kick();
    res.status(204).end();
  });

  return router;

  /** Of what they sent themselves others decide, as on the pages. Throws request/forbidden. */
  async function checkMayRelease({ madeBy }: ApiKey, id: string): Promise<void> {
    if (madeBy === undefined) {
      throw new AppError(
        'request/forbidden',
        'Nobody stands behind this key, so it may refuse what is held, not let it go.',
      );
    }
    if ((await loadHoldOfOthers(db, id, addressIndex(vault.keyring, madeBy))) !== undefined) return;
    if ((await loadHold(db, id)) === undefined) throw new AppError('request/not-found', 'There is no such hold.');
    throw new AppError('request/forbidden', 'Whoever made this key sent that message: somebody else has to let it go.');
  }
}

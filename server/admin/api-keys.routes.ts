// Owns the page of API keys: who may call, for whom, until when. A key is shown once, on the page that answers its making, and
// nowhere else.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { isRefusal } from '../core/errors.ts';
import { isoNow } from '../core/clock.ts';
import { isId } from '../core/ids.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { newId } from '../crypto/random.ts';
import { inTransaction } from '../db/engine.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import { moment } from '../render/moment.ts';
import type { ApiKeyRow, ApiKeysPage } from '../render/page-models/keys.ts';
import { createApiKey, listApiKeys, revokeApiKey, scopes } from '../signin/api-keys.store.ts';
import type { ApiKey, Scope } from '../signin/api-keys.store.ts';
import { wantedKey } from '../signin/wanted-key.ts';
import { askFirst, sure } from './removal.ts';

const makeForm = z.object({
  name: z.string().max(400).default(''),
  scope: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  senders: z.string().max(20_000).default(''),
  expires: z.string().max(40).default(''),
  /** The id that the key will have: a form that is sent twice makes one. */
  once: z.string().refine(isId),
});
const revokeForm = z.object({ key: z.string().refine(isId), sure });

const scopeWords: Readonly<Record<Scope, string>> = {
  'messages:send': 'send messages',
  'messages:read': 'see what became of them',
  'messages:revoke': 'take them back',
  'admin:read': 'read policy, brands, people and the audit log',
  'admin:write': 'change policy, brands, people and keys',
};

interface Shown {
  readonly typed?: z.infer<typeof makeForm>;
  readonly error?: string;
  readonly made?: ApiKeysPage['made'];
}

export function apiKeyPages(site: Site): Router {
  const path = `${site.base}/admin/api-keys`;
  const router = Router();

  router.get('/admin/api-keys', async (req, res) => {
    checkMay(req, 'api-keys:read');
    await send(req, res, {});
  });

  router.post('/admin/api-keys', async (req, res) => {
    const session = checkMay(req, 'api-keys:write');
    const typed = readForm(req, makeForm);
    const senders = typed.senders.split(/[\s,]+/).filter((one) => one !== '');
    try {
      const asked = { name: typed.name.trim(), scopes: typed.scope, senders, expires: typed.expires };
      const wanted = wantedKey(asked, site.orgDomains, site.clock.nowMs());
      const made = await inTransaction(site.db, async (tx) => {
        const created = await createApiKey(site.vault, tx, { ...wanted, madeBy: session.address, id: typed.once });
        const who = { actor: session.address, network: visitOf(req).network };
        const details = { ...who, key: created.id, name: wanted.name, scopes: wanted.scopes };
        await appendAudit(site.vault, tx, { event: 'api-key-created', details });
        return { ...created, name: wanted.name };
      });
      await send(req, res, { made });
    } catch (error) {
      if (isRefusal(error, 'request/conflict')) {
        const known = (await listApiKeys(site.vault, site.db)).find(({ id }) => id === typed.once);
        await send(req, res, known === undefined ? {} : { made: { id: known.id, name: known.name } });
        return;
      }
      if (!isRefusal(error, 'request/malformed', 'policy/unknown-value', 'mail/author')) throw error;
      await send(req, res, { typed, error: error.message });
    }
  });

  router.post('/admin/api-keys/revoke', async (req, res) => {
    const session = checkMay(req, 'api-keys:write');
    const { key, sure: isSure } = readForm(req, revokeForm);
    if (isSure === undefined) {
      const known = (await listApiKeys(site.vault, site.db)).find(({ id }) => id === key);
      if (known === undefined) throw noSuchPage();
      const last = known.lastUsedAt === null ? 'It was never used' : `It was used last on ${known.lastUsedAt}`;
      await askFirst(site, req, res, 'api-keys', {
        heading: `Stop the key ${known.name}?`,
        means: `This one key opens nothing any more, from its next call on, and that cannot be taken back. ${last}; the program that calls with it needs another.`,
        label: 'Stop the key',
        action: `${path}/revoke`,
        backUrl: path,
        backLabel: 'API keys',
        fields: { key },
      });
      return;
    }
    await inTransaction(site.db, async (tx) => {
      if (!(await revokeApiKey(site.vault, tx, key))) return;
      const details = { actor: session.address, network: visitOf(req).network, key };
      await appendAudit(site.vault, tx, { event: 'api-key-revoked', details });
    });
    leadDone(site, req, res, path, 'revoked');
  });

  return router;

  async function send(req: Request, res: Response, { typed, error, made }: Shown): Promise<void> {
    const mayChange = mayHere(req, 'api-keys:write');
    const keys = await listApiKeys(site.vault, site.db);
    const chosen = typed?.scope ?? ['messages:send', 'messages:read', 'messages:revoke'];
    await sendPage(site, req, res, {
      name: 'api-keys',
      title: 'API keys',
      at: 'api-keys',
      ...(error === undefined ? {} : { status: 422 }),
      done: doneHere(site, req) === 'revoked' ? 'The key opens nothing any more.' : undefined,
      model: {
        rows: keys.toReversed().map((key) => keyRow(site, key, mayChange)),
        mayChange,
        action: path,
        revokeAction: `${path}/revoke`,
        once: typed?.once ?? newId(site.clock),
        scopes: scopes.map((name) => ({ name, words: scopeWords[name], chosen: chosen.includes(name) })),
        typed: { name: typed?.name ?? '', senders: typed?.senders ?? '', expires: typed?.expires ?? '' },
        ...(error === undefined ? {} : { error }),
        ...(made === undefined ? {} : { made }),
      },
    });
  }
}

function keyRow(site: Site, key: ApiKey, mayChange: boolean): ApiKeyRow {
  const nowMs = site.clock.nowMs();
  const isOver = key.expiresAt !== null && key.expiresAt <= isoNow(site.clock);
  const living = key.revokedAt === null && !isOver;
  return {
    id: key.id,
    name: key.name,
    scopes: key.scopes,
    senders: key.senders.length === 0 ? ['all senders'] : key.senders,
    created: moment(key.createdAt, nowMs),
    lastUsed: key.lastUsedAt ?? 'never',
    ...(key.expiresAt === null ? {} : { ends: moment(key.expiresAt, nowMs) }),
    state:
      key.revokedAt !== null
        ? { words: 'Revoked', tone: 'off' }
        : isOver
          ? { words: 'Ended', tone: 'bad' }
          : { words: 'In use', tone: 'good' },
    mayRevoke: living && mayChange,
  };
}

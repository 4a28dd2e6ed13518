// Owns the calls about webhooks. What the pages under /admin/webhooks can do, these can.

import express, { Router } from 'express';
import type { Request, Response } from 'express';
import { AppError } from '../core/errors.ts';
import type { By, Switchboard, WithSecret } from '../switchboard/switchboard.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { keyOf, needsScope, unbound } from './authorize.ts';
import type { KeyDeps } from './authorize.ts';
import { readVersionMatch } from './if-match.ts';
import { noQuery } from './schemas.ts';
import { newWebhook, putWebhook } from './webhook-schemas.ts';
import type { DeliveryList, WebhookView } from './webhook-schemas.ts';

export interface WebhookRouteDeps extends KeyDeps {
  readonly switchboard: Switchboard;
}

export function webhookRoutes(deps: WebhookRouteDeps): Router {
  const { switchboard } = deps;
  const mayRead = [needsScope(deps, 'admin:read'), unbound];
  const mayWrite = [needsScope(deps, 'admin:write'), unbound];
  const body = express.json({ limit: '64kb' });
  const router = Router();

  router.get('/v1/webhooks', ...mayRead, async (req, res) => {
    noQuery.parse(req.query);
    res.json({ webhooks: (await switchboard.list()).map(viewOf) });
  });

  router.post('/v1/webhooks', ...mayWrite, body, async (req, res) => {
    noQuery.parse(req.query);
    sendSecret(res.status(201), await switchboard.add(newWebhook.parse(req.body ?? {}), byOf(req)));
  });

  router.get('/v1/webhooks/:webhook', ...mayRead, async (req, res) => {
    noQuery.parse(req.query);
    sendOne(res, await switchboard.get(idIn(req)));
  });

  router.put('/v1/webhooks/:webhook', ...mayWrite, body, async (req, res) => {
    noQuery.parse(req.query);
    const basedOn = await basisOf(req);
    sendOne(res, await switchboard.save(idIn(req), basedOn, putWebhook.parse(req.body ?? {}), byOf(req)));
  });

  router.delete('/v1/webhooks/:webhook', ...mayWrite, async (req, res) => {
    noQuery.parse(req.query);
    await switchboard.remove(idIn(req), await basisOf(req), byOf(req));
    res.status(204).end();
  });

  router.post('/v1/webhooks/:webhook/rotate', ...mayWrite, async (req, res) => {
    noQuery.parse(req.query);
    sendSecret(res, await switchboard.rotate(idIn(req), byOf(req)));
  });

  router.post('/v1/webhooks/:webhook/test', ...mayWrite, async (req, res) => {
    noQuery.parse(req.query);
    res.status(202).json({ id: await switchboard.sendTest(idIn(req), byOf(req)) });
  });

  router.get('/v1/webhooks/:webhook/deliveries', ...mayRead, async (req, res) => {
    noQuery.parse(req.query);
    const { id } = await switchboard.get(idIn(req));
    const list: DeliveryList = {
      deliveries: (await switchboard.deliveries(id)).map((delivery) => ({
        id: delivery.id,
        event: delivery.event,
        state: delivery.state,
        createdAt: delivery.createdAt,
        attempts: delivery.attempts.map(({ at, outcome }) => ({ at, outcome })),
      })),
    };
    res.json(list);
  });

  router.post('/v1/webhooks/:webhook/deliveries/:delivery/replay', ...mayWrite, async (req, res) => {
    noQuery.parse(req.query);
    const { delivery } = req.params;
    const id = typeof delivery === 'string' ? delivery : '';
    if (await switchboard.replay(idIn(req), id, byOf(req))) {
      res.status(202).json({ id });
      return;
    }
    throw new AppError('request/not-found', 'There is no such delivery, or it waits already.');
  });

  return router;

  async function basisOf(req: Request): Promise<number> {
    const { version } = await switchboard.get(idIn(req));
    return readVersionMatch(req, 'the webhook') ?? version;
  }
}

function sendOne(res: Response, webhook: Webhook): void {
  res.set('ETag', `"${webhook.version}"`).json(viewOf(webhook));
}

function sendSecret(res: Response, { webhook, secret }: WithSecret): void {
  res.set('ETag', `"${webhook.version}"`).json({ ...viewOf(webhook), secret });
}

function viewOf({ id, url, events, state, offBecause, failingSince, createdAt }: Webhook): WebhookView {
  return { id, url, events: [...events], state, offBecause, failingSince, createdAt };
}

function byOf(req: Request): By {
  return { actor: keyOf(req).id };
}

function idIn({ params: { webhook } }: Request): string {
  return typeof webhook === 'string' ? webhook : '';
}

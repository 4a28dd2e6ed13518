// Owns the pages on which administrators say where events are sent. Auditors read them; to everybody else they do not exist. A
// secret is on the page that answers its making, and on no other.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { auditEvents } from '../audit/audit-event.ts';
import { isId } from '../core/ids.ts';
import { isRefusal } from '../core/errors.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import { statusOf } from '../http/problems.ts';
import type { Site } from '../http/site.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import type { By, Switchboard, WithSecret } from '../switchboard/switchboard.ts';
import type { Webhook } from '../webhooks/webhook.ts';
import { askFirst, sure } from './removal.ts';
import { hostOf, webhookPage, webhooksPage } from './webhooks.model.ts';
import type { TypedWebhook } from './webhooks.model.ts';

export interface WebhookPagesDeps {
  readonly site: Site;
  readonly switchboard: Switchboard;
}

const version = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number);
const eventName = z.enum(auditEvents);
const fields = z.object({
  url: z.string().max(4_000).default(''),
  event: z.union([eventName.transform((one) => [one]), z.array(eventName)]).default([]),
});
const addForm = fields.extend({ once: z.string().refine(isId) });
const saveForm = fields.extend({ version });
const stateForm = z.object({ version, state: z.enum(['on', 'off']) });
const sureForm = z.object({ version, sure });
const replayForm = z.object({ delivery: z.string().refine(isId) });
const nothing = z.object({});

export function webhookPages({ site, switchboard }: WebhookPagesDeps): Router {
  const router = Router();
  const path = `${site.base}/admin/webhooks`;

  router.get('/admin/webhooks', async (req, res) => {
    checkMay(req, 'webhooks:read');
    await sendList(req, res, { url: '', events: ['message-read', 'notice-failed'] }, 200);
  });

  router.post('/admin/webhooks', async (req, res) => {
    const by = byOf(req);
    const { url, event: events, once: id } = readForm(req, addForm);
    try {
      await sendSecret(req, res, await switchboard.add({ url, events, id }, by), false);
    } catch (error) {
      if (!isRefusal(error, 'request/malformed', 'request/conflict')) throw error;
      if (error.code === 'request/malformed')
        return sendList(req, res, { url, events, once: id, problem: error.message }, 422);
      // Sent twice: the first made it.
      leadDone(site, req, res, `${path}/${id}`, 'known');
    }
  });

  router.get('/admin/webhooks/:webhook', async (req, res) => {
    checkMay(req, 'webhooks:read');
    await sendOne(req, res, await webhookIn(req), 200);
  });

  router.post('/admin/webhooks/:webhook', async (req, res) => {
    const by = byOf(req);
    const { url, event: events, version: basedOn } = readForm(req, saveForm);
    const { id, state } = await webhookIn(req);
    await change(req, res, { url, events }, 'saved', () => switchboard.save(id, basedOn, { url, events, state }, by));
  });

  router.post('/admin/webhooks/:webhook/state', async (req, res) => {
    const by = byOf(req);
    const { version: basedOn, state } = readForm(req, stateForm);
    const { id, url, events } = await webhookIn(req);
    const known = z.array(eventName).parse(events);
    await change(req, res, undefined, state, () => switchboard.save(id, basedOn, { url, events: known, state }, by));
  });

  router.post('/admin/webhooks/:webhook/test', async (req, res) => {
    const by = byOf(req);
    readForm(req, nothing);
    const { id } = await webhookIn(req);
    await change(req, res, undefined, 'test', () => switchboard.sendTest(id, by));
  });

  router.post('/admin/webhooks/:webhook/replay', async (req, res) => {
    const by = byOf(req);
    const { delivery } = readForm(req, replayForm);
    const { id } = await webhookIn(req);
    await change(req, res, undefined, 'replay', () => switchboard.replay(id, delivery, by));
  });

  router.post('/admin/webhooks/:webhook/rotate', async (req, res) => {
    const by = byOf(req);
    const form = readForm(req, sureForm);
    const webhook = await webhookIn(req);
    if (form.sure === '1') {
      if (form.version !== webhook.version)
        return sendOne(req, res, webhook, 412, { ...webhook, problem: ROTATED_TWICE });
      await sendSecret(req, res, await switchboard.rotate(webhook.id, by, form.version), true);
      return;
    }
    await ask(req, res, webhook, {
      heading: `A new secret for ${hostOf(webhook)}?`,
      means:
        'Both secrets sign for 24 hours, so that the program at that address can be given the new one meanwhile. Then the old one is forgotten.',
      label: 'Make a new secret',
      action: `${path}/${webhook.id}/rotate`,
    });
  });

  router.post('/admin/webhooks/:webhook/remove', async (req, res) => {
    const by = byOf(req);
    const form = readForm(req, sureForm);
    const webhook = await webhookIn(req);
    if (form.sure === '1') {
      await switchboard.remove(webhook.id, form.version, by);
      leadDone(site, req, res, path, 'removed');
      return;
    }
    await ask(req, res, webhook, {
      heading: `Remove the webhook to ${hostOf(webhook)}?`,
      means: `It gets no event any more${await waitingWords(webhook)}. Its secrets are forgotten.`,
      label: 'Remove it',
      action: `${path}/${webhook.id}/remove`,
    });
  });

  return router;

  /** What is on its way to it and would be dropped. */
  async function waitingWords({ id }: Webhook): Promise<string> {
    const waiting = (await switchboard.deliveries(id)).filter(({ state }) => state === 'waiting').length;
    return waiting === 0 ? '' : `, nor the ${waiting === 1 ? 'one' : waiting} that waits for it by now`;
  }

  async function webhookIn({ params: { webhook: id } }: Request): Promise<Webhook> {
    if (!isId(id)) throw noSuchPage();
    try {
      return await switchboard.get(id);
    } catch (error) {
      throw isRefusal(error, 'request/not-found') ? noSuchPage() : error;
    }
  }

  /** What cannot be is said beside what was typed. */
  async function change(
    req: Request,
    res: Response,
    typed: TypedWebhook | undefined,
    done: keyof typeof doneWords,
    work: () => Promise<unknown>,
  ): Promise<void> {
    try {
      await work();
      leadDone(site, req, res, `${path}/${(await webhookIn(req)).id}`, done);
    } catch (error) {
      if (!isRefusal(error, 'request/outdated', 'request/malformed')) throw error;
      const webhook = await webhookIn(req);
      await sendOne(req, res, webhook, statusOf[error.code], { ...(typed ?? webhook), problem: error.message });
    }
  }

  async function sendList(req: Request, res: Response, typed: TypedWebhook, status: number): Promise<void> {
    const model = webhooksPage(site, path, await switchboard.list(), {
      mayChange: mayHere(req, 'webhooks:write'),
      typed,
    });
    await sendPage(site, req, res, {
      name: 'webhooks',
      title: 'Webhooks',
      at: 'webhooks',
      status,
      model,
      done: doneIn(site, req),
    });
  }

  async function sendOne(
    req: Request,
    res: Response,
    webhook: Webhook,
    status: number,
    typed?: TypedWebhook,
  ): Promise<void> {
    const mayChange = mayHere(req, 'webhooks:write');
    const model = webhookPage(site, path, webhook, await switchboard.deliveries(webhook.id), { mayChange, typed });
    const title = `Webhook to ${hostOf(webhook)}`;
    await sendPage(site, req, res, { name: 'webhook', title, at: 'webhooks', status, model, done: doneIn(site, req) });
  }

  async function sendSecret(req: Request, res: Response, made: WithSecret, rotated: boolean): Promise<void> {
    const { webhook, secret } = made;
    await sendPage(site, req, res, {
      name: 'webhook-secret',
      title: 'The secret',
      at: 'webhooks',
      model: { host: hostOf(webhook), secret, rotated, nextUrl: `${path}/${webhook.id}` },
    });
  }

  async function ask(
    req: Request,
    res: Response,
    webhook: Webhook,
    asked: { readonly heading: string; readonly means: string; readonly label: string; readonly action: string },
  ): Promise<void> {
    const backUrl = `${path}/${webhook.id}`;
    const fields = { version: String(webhook.version) };
    await askFirst(site, req, res, 'webhooks', { ...asked, backUrl, backLabel: 'Webhook', fields });
  }
}

const ROTATED_TWICE =
  'A new secret was made meanwhile, so none was made now. It was shown to whoever asked for it, and is not shown again.';

function byOf(req: Request): By {
  return { actor: checkMay(req, 'webhooks:write').address, network: visitOf(req).network };
}

const doneWords = {
  saved: 'Saved.',
  on: 'It is on. It gets what happens from now on.',
  off: 'It is off, and gets nothing more.',
  test: 'A test event is on its way.',
  known:
    'It is made already, by the form you sent before. Its secret was shown then and is not shown again; if it is lost, make a new one.',
  replay: 'It is sent once more, under the same id.',
  removed: 'The webhook is removed.',
} as const;

function doneIn(site: Site, req: Request): string | undefined {
  const done = doneHere(site, req);
  return Object.entries(doneWords).find(([name]) => name === done)?.[1];
}

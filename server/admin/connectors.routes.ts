// Owns the page on which people who may change the policy lay down what partners' mail servers have to prove, and try it out.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { appendAudit } from '../audit/audit.store.ts';
import { isDomain } from '../core/address.ts';
import { AppError, isRefusal } from '../core/errors.ts';
import type { Connector } from '../delivery/connector.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { inboundWords } from '../delivery/inbound.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, visitOf } from '../http/visit.ts';
import type { ConnectorFields, ConnectorReport } from '../render/page-models/connectors.ts';
import { askFirst, sure } from './removal.ts';
import { connectorOf, connectorRow, emptyFields, fieldsOf, reportView, testOf } from './connectors.model.ts';

export interface ConnectorPagesDeps {
  readonly site: Site;
  readonly delivery: Pick<Delivery, 'connectors' | 'tests'>;
}

const version = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number);
const text = z.string().max(40_000).default('');

const saveForm = z.object({
  version,
  /** The one that is changed; '' for a new one, which replaces none. */
  was: text,
  domain: text,
  hosts: text,
  minTls: text,
  by: text,
  names: text,
  pins: text,
  certificate: text,
  key: text,
});
const oneForm = z.object({ domain: z.string().max(253) });
const removeForm = oneForm.extend({ version, sure });

export type SavedForm = z.output<typeof saveForm>;

export function connectorPages({ site, delivery }: ConnectorPagesDeps): Router {
  const { connectors, tests } = delivery;
  const router = Router();
  const path = `${site.base}/admin/connectors`;

  router.get('/admin/connectors', async (req, res) => {
    checkMay(req, 'policy:read');
    await send(req, res, 200, {});
  });

  router.post('/admin/connectors', async (req, res) => {
    const session = checkMay(req, 'policy:write');
    const form = readForm(req, saveForm);
    const made = connectorOf(form);
    await change(
      req,
      res,
      { session: session.address, basedOn: form.version, was: form.was, fields: { ...form, hasKey: false } },
      (all) => {
        const others = all.filter(({ domain }) => domain !== form.was);
        if (others.some(({ domain }) => domain === made.domain)) {
          throw new AppError(
            'request/malformed',
            `There is a connector for ${made.domain} already. Change it in the list.`,
          );
        }
        return [...others, made];
      },
    );
  });

  router.post('/admin/connectors/remove', async (req, res) => {
    const session = checkMay(req, 'policy:write');
    const form = readForm(req, removeForm);
    if (form.sure === undefined) {
      const { connectors: all } = await connectors.newest();
      if (!all.some(({ domain }) => domain === form.domain)) throw noSuchPage();
      await askFirst(site, req, res, 'connectors', {
        heading: `Remove the connector to ${form.domain}?`,
        means: `From the next mail on, what goes to this one domain goes by its own DANE or MTA-STS, and by the portal where there is neither. ${all.length === 1 ? 'No connector is left' : `${all.length - 1} other ${all.length === 2 ? 'connector stays' : 'connectors stay'}`}. Its settings and its private key, if it has one, are no longer used.`,
        label: 'Remove it',
        action: `${path}/remove`,
        backUrl: path,
        backLabel: 'Connectors',
        fields: { version: String(form.version), domain: form.domain },
      });
      return;
    }
    await change(req, res, { session: session.address, basedOn: form.version }, (all) =>
      all.filter(({ domain }) => domain !== form.domain),
    );
  });

  router.post('/admin/connectors/test', async (req, res) => {
    checkMay(req, 'policy:write');
    const domain = readForm(req, oneForm).domain.trim().toLowerCase();
    if (!isDomain(domain)) return send(req, res, 422, { problem: 'That is not the name of a domain.' });
    await send(req, res, 200, { report: reportView(await tests.test(domain)) });
  });

  router.post('/admin/connectors/accept', async (req, res) => {
    const session = checkMay(req, 'policy:write');
    const { domain } = readForm(req, oneForm);
    const by = { actor: session.address, network: visitOf(req).network };
    const isAccepted = await tests.accept(domain, (tx) =>
      appendAudit(site.vault, tx, { event: 'connector-test-accepted', details: { ...by, domain } }),
    );
    leadDone(site, req, res, path, isAccepted ? 'accepted' : 'gone');
  });

  return router;

  interface Made {
    readonly session: string;
    readonly basedOn: number;
    readonly was?: string;
    /** What was typed, to be shown again when it is refused. */
    readonly fields?: ConnectorFields;
  }

  async function change(
    req: Request,
    res: Response,
    { session, basedOn, was, fields }: Made,
    to: (all: readonly Connector[]) => readonly object[],
  ): Promise<void> {
    try {
      const before = await connectors.newest();
      const value = to(before.connectors);
      await connectors.save({ value, basedOn, actor: session });
      leadDone(site, req, res, path, value.length < before.connectors.length ? 'removed' : 'saved');
    } catch (error) {
      if (!isRefusal(error, 'request/malformed', 'request/outdated')) throw error;
      const status = error.code === 'request/outdated' ? 412 : 422;
      await send(req, res, status, {
        problem: error.message,
        ...(fields === undefined ? {} : { fields }),
        ...(was === undefined ? {} : { was }),
      });
    }
  }

  async function send(req: Request, res: Response, status: number, shown: Shown): Promise<void> {
    const list = await connectors.newest();
    const kept = await tests.kept();
    const nowMs = site.clock.nowMs();
    const wanted = shown.was ?? req.query['edit'];
    const edited = list.connectors.find(({ domain }) => domain === wanted);
    const { problem, report, fields = edited === undefined ? emptyFields : fieldsOf(edited) } = shown;
    await sendPage(site, req, res, {
      name: 'connectors',
      title: 'Connectors',
      at: 'connectors',
      status,
      done: doneWords(doneHere(site, req)),
      model: {
        action: path,
        testAction: `${path}/test`,
        removeAction: `${path}/remove`,
        acceptAction: `${path}/accept`,
        version: list.version,
        rows: list.connectors
          .toSorted((a, b) => (a.domain < b.domain ? -1 : 1))
          .map((connector) => ({
            ...connectorRow(path, connector),
            ...testOf(kept.get(connector.domain), nowMs),
          })),
        inbound: list.inbound.map((peer) => ({ name: peer.name, words: inboundWords(peer) })),
        inboundUrl: `${path}/inbound`,
        fields,
        ...(edited === undefined ? {} : { editing: edited.domain }),
        newUrl: path,
        ...(problem === undefined ? {} : { problem }),
        ...(report === undefined ? {} : { report }),
      },
    });
  }
}

interface Shown {
  readonly problem?: string;
  readonly report?: ConnectorReport;
  readonly fields?: ConnectorFields;
  /** Which one the form was about. */
  readonly was?: string;
}

function doneWords(done: unknown): string | undefined {
  if (done === 'saved') return 'Saved. From now on mail to this domain goes by it.';
  if (done === 'accepted') return 'Taken as it is. The next test is compared with what was found last.';
  if (done === 'gone') return 'There is no such result any more; nothing was changed.';
  return done === 'removed' ? 'Removed.' : undefined;
}

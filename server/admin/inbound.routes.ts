// Owns the page on which people who may change the policy name the client certificates by which mail servers may hand in mail. The
// list is saved with the connectors, as part of the same version.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { isRefusal } from '../core/errors.ts';
import type { Connectors } from '../delivery/connectors.ts';
import type { InboundPeer } from '../delivery/inbound.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, mayHere } from '../http/visit.ts';
import type { InboundFields } from '../render/page-models/inbound.ts';
import { askFirst, sure } from './removal.ts';
import { emptyInbound, inboundFieldsOf, inboundOf, inboundRow } from './inbound.model.ts';

export interface InboundPagesDeps {
  readonly site: Site;
  readonly connectors: Connectors;
  readonly hasTls: boolean;
}

const text = z.string().max(40_000).default('');
const removeForm = z.object({
  version: z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number),
  name: text,
});
/** `was`: whom it changes, whatever the name is now. */
const saveForm = removeForm.extend({ by: text, digests: text, was: text });

export function inboundPages({ site, connectors, hasTls }: InboundPagesDeps): Router {
  const router = Router();
  const path = `${site.base}/admin/connectors/inbound`;

  router.get('/admin/connectors/inbound', async (req, res) => {
    checkMay(req, 'policy:read');
    await send(req, res, 200, {});
  });

  router.post('/admin/connectors/inbound', async (req, res) => {
    const session = checkMay(req, 'policy:write');
    const form = readForm(req, saveForm);
    const made = inboundOf(form);
    await change(req, res, { actor: session.address, basedOn: form.version, done: 'saved', fields: form }, (all) =>
      form.was === '' ? [...all, made] : [...all.filter(({ name }) => name !== form.was), made],
    );
  });

  router.post('/admin/connectors/inbound/remove', async (req, res) => {
    const session = checkMay(req, 'policy:write');
    const form = readForm(req, removeForm.extend({ sure }));
    if (form.sure === undefined) {
      const { inbound } = await connectors.newest();
      if (!inbound.some(({ name }) => name === form.name)) throw noSuchPage();
      await askFirst(site, req, res, 'connectors', {
        heading: `Remove ${form.name}?`,
        means: 'The next mail that this one server hands in is refused, if no network and no sign-in vouches for it.',
        label: 'Remove it',
        action: `${path}/remove`,
        backUrl: path,
        backLabel: 'Mail servers that hand in mail by certificate',
        fields: { version: String(form.version), name: form.name },
      });
      return;
    }
    await change(req, res, { actor: session.address, basedOn: form.version, done: 'removed' }, (all) =>
      all.filter(({ name }) => name !== form.name),
    );
  });

  return router;

  interface Change {
    readonly actor: string;
    readonly basedOn: number;
    readonly done: 'saved' | 'removed';
    /** What was typed, to be shown again when it is refused. */
    readonly fields?: InboundFields & { readonly was: string };
  }

  async function change(
    req: Request,
    res: Response,
    { actor, basedOn, done, fields }: Change,
    to: (all: readonly InboundPeer[]) => readonly object[],
  ): Promise<void> {
    const before = await connectors.newest();
    try {
      await connectors.save({ value: before.connectors, inbound: to(before.inbound), basedOn, actor });
    } catch (error) {
      if (!isRefusal(error, 'request/malformed', 'request/outdated')) throw error;
      const status = error.code === 'request/outdated' ? 412 : 422;
      return send(req, res, status, { problem: error.message, ...(fields === undefined ? {} : { fields }) });
    }
    leadDone(site, req, res, path, done);
  }

  interface Shown {
    readonly problem?: string;
    readonly fields?: InboundFields & { readonly was: string };
  }

  async function send(req: Request, res: Response, status: number, { problem, fields }: Shown): Promise<void> {
    const { version, inbound } = await connectors.newest();
    const wanted = fields === undefined ? req.query['edit'] : fields.was;
    const edited = inbound.find(({ name }) => name === wanted);
    const kept = edited === undefined ? emptyInbound : inboundFieldsOf(edited);
    const { name, by, digests } = fields ?? kept;
    await sendPage(site, req, res, {
      name: 'inbound',
      title: 'Mail servers that hand in mail by certificate',
      at: 'connectors',
      status,
      done: doneWords(doneHere(site, req)),
      model: {
        action: path,
        removeAction: `${path}/remove`,
        connectorsUrl: `${site.base}/admin/connectors`,
        newUrl: path,
        version,
        mayWrite: mayHere(req, 'policy:write'),
        hasTls,
        rows: inbound.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((peer) => inboundRow(path, peer)),
        fields: { name, by, digests },
        ...(edited === undefined ? {} : { editing: edited.name }),
        ...(problem === undefined ? {} : { problem }),
      },
    });
  }
}

function doneWords(done: unknown): string | undefined {
  if (done === 'saved') return 'Saved. From the next mail on this certificate counts.';
  return done === 'removed' ? 'Removed. Its next mail is refused, if nothing else vouches for it.' : undefined;
}

// Owns the step that finds a relay: what is typed is tried at once with one test mail, and becomes lines for .env. Its password
// never goes back to the page.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import type { RelayFields, RelayTrialView } from '../render/page-models/setup.ts';
import { withPort } from './relay-bench.ts';
import type { RelayBench } from './relay-bench.ts';
import { trialView } from './relay-words.ts';
import { relayLines } from './relay-lines.ts';
import { placeOf } from './setup.model.ts';
import type { SettingRow } from './setup.model.ts';
import type { TypedSettings } from './setup.routes.ts';

export interface SetupRelayDeps {
  readonly site: Site;
  readonly settings: readonly SettingRow[];
  readonly typed: TypedSettings;
  readonly bench: RelayBench;
  /** What is in force, without a login. */
  readonly now: { readonly words: string; readonly fields: Pick<RelayFields, 'host' | 'port' | 'security' | 'tls'> };
}

const short = z.string().trim().max(320).default('');
const form = z.object({
  host: short.transform((host) => host.toLowerCase()),
  port: short,
  security: z.enum(['starttls', 'tls']),
  tls: z.enum(['verified', 'required', 'opportunistic']),
  user: short,
  password: z.string().max(1_000).default(''),
  from: short,
  to: short,
});

export function setupRelayPages({ site, settings, typed, bench, now }: SetupRelayDeps): Router {
  const path = `${site.base}/admin/setup/relay`;
  const router = Router();

  router.get('/admin/setup/relay', async (req, res) => {
    const session = checkMay(req, 'settings:read');
    await send(req, res, 200, { ...now.fields, user: '', from: site.mailFrom, to: session.address });
  });

  router.post('/admin/setup/relay', async (req, res) => {
    const session = checkMay(req, 'settings:try');
    const { password, ...fields } = withPort(readForm(req, form));
    const tried = await bench.tryOut(
      { ...fields, password },
      { actor: session.address, network: visitOf(req).network },
    );
    if ('problems' in tried) return send(req, res, 422, fields, tried);
    const view = trialView(fields, tried);
    const result = view.went ? { result: relayLines(fields, settings, site.tryOut, typed.line) } : {};
    await send(req, res, 200, fields, { trial: { ...view, ...result } });
  });

  return router;

  async function send(
    req: Request,
    res: Response,
    status: number,
    fields: RelayFields,
    shown: { readonly problems?: readonly string[]; readonly trial?: RelayTrialView } = {},
  ): Promise<void> {
    const { problems = [], trial } = shown;
    await sendPage(site, req, res, {
      name: 'setup-relay',
      title: 'Relay',
      at: 'setup',
      status,
      model: {
        place: placeOf(site.base, 'relay'),
        action: path,
        now: now.words,
        fields,
        problems,
        mayTry: mayHere(req, 'settings:try'),
        ...(trial === undefined ? {} : { trial }),
      },
    });
  }
}

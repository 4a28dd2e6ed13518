// Owns the step that finds a relay: what is typed is tried at once with one test mail, and becomes lines for .env. Its password
// is used for that one dialogue; it is kept nowhere and never goes back to the page.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { appendAudit } from '../audit/audit.store.ts';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { HOUR_MS } from '../core/clock.ts';
import { charge } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import type { RelayTrial } from '../mail/courier-trial.ts';
import type { RelayFields, RelayTrialView } from '../render/page-models/setup.ts';
import { trialView } from './relay-words.ts';
import type { Tried } from './relay-words.ts';
import { relayLines } from './relay-lines.ts';
import { placeOf } from './setup.model.ts';
import type { SettingRow } from './setup.model.ts';
import type { TypedSettings } from './setup.routes.ts';

export interface RelayToTry {
  readonly url: string;
  readonly tls: 'verified' | 'required' | 'opportunistic';
  readonly from: Address;
  readonly to: Address;
}

export interface SetupRelayDeps {
  readonly site: Site;
  readonly settings: readonly SettingRow[];
  readonly typed: TypedSettings;
  /** Sends the test mail by that relay, once. */
  readonly tryRelay: (relay: RelayToTry) => Promise<RelayTrial>;
  /** What is in force, without a login. */
  readonly now: { readonly words: string; readonly fields: Pick<RelayFields, 'host' | 'port' | 'security' | 'tls'> };
}

/** Each is a mail to anybody by any server, so no more than somebody needs who is setting up. */
const trialsPerPerson: Limit = { name: 'relay trials per person', most: 20, windowMs: HOUR_MS };

const short = z.string().max(320).default('');
const form = z.object({
  host: short,
  port: short,
  security: z.enum(['starttls', 'tls']),
  tls: z.enum(['verified', 'required', 'opportunistic']),
  user: short,
  password: z.string().max(1_000).default(''),
  from: short,
  to: short,
});
type Typed = z.output<typeof form>;

export function setupRelayPages({ site, settings, typed, tryRelay, now }: SetupRelayDeps): Router {
  const path = `${site.base}/admin/setup/relay`;
  const router = Router();

  router.get('/admin/setup/relay', async (req, res) => {
    const session = checkMay(req, 'settings:read');
    await send(req, res, 200, { ...now.fields, user: '', from: site.mailFrom, to: session.address });
  });

  router.post('/admin/setup/relay', async (req, res) => {
    const session = checkMay(req, 'settings:try');
    const given = readForm(req, form);
    const fields = fieldsOf(given);
    const url = urlOf(fields, given.password);
    const [from, to] = [parseAddress(fields.from), parseAddress(fields.to)];
    const problems = [
      ...typed
        .faults({ RELAY_URL: url, RELAY_TLS: given.tls })
        .map(({ setting, expected }) => `${setting}: expected ${expected}.`),
      ...(from === undefined ? ['The author is no mail address.'] : []),
      ...(to === undefined ? ['The recipient is no mail address.'] : []),
    ];
    if (from === undefined || to === undefined || problems.length > 0) return send(req, res, 422, fields, { problems });
    await charge(site, trialsPerPerson, session.addressIndex);
    const tried: Tried = { ...fields, implicitTls: fields.security === 'tls', hasLogin: fields.user !== '' };
    const trial = await tryRelay({ url, tls: given.tls, from, to });
    await inTransaction(site.db, (tx) =>
      appendAudit(site.vault, tx, {
        event: 'relay-tried',
        details: {
          actor: session.address,
          network: visitOf(req).network,
          relay: `${fields.host}:${fields.port}`,
          outcome: trial.failedAt === undefined ? 'taken' : [trial.failedAt, trial.code].filter(Boolean).join(' '),
        },
      }),
    );
    const view = trialView(tried, trial);
    await send(req, res, 200, fields, {
      trial: view.went ? { ...view, result: relayLines(fields, settings, site.tryOut, typed.line) } : view,
    });
  });

  return router;

  async function send(
    req: Request,
    res: Response,
    status: number,
    fields: RelayFields,
    shown: Shown = {},
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

interface Shown {
  readonly problems?: readonly string[];
  readonly trial?: RelayTrialView;
}

function fieldsOf({ host, port, security, tls, user, from, to }: Typed): RelayFields {
  const usual = security === 'tls' ? '465' : '587';
  return {
    host: host.trim().toLowerCase(),
    port: port.trim() === '' ? usual : port.trim(),
    security,
    tls,
    user: user.trim(),
    from: from.trim(),
    to: to.trim(),
  };
}

/** What cannot be an address becomes one that is refused. */
function urlOf({ host, port, security, user }: RelayFields, password: string): string {
  const login = user === '' && password === '' ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
  const isPlain = /^[a-z0-9._-]+$|^\[?[0-9a-f:.]+\]?$/.test(host) && /^\d{1,5}$/.test(port);
  const named = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return isPlain ? `${security === 'tls' ? 'smtps' : 'smtp'}://${login}${named}:${port}` : 'smtp://';
}

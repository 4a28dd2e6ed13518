// Owns the page that shows people what is kept of them here, and the way to end all their sessions at once.

import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { isoNow } from '../core/clock.ts';
import { personAudit } from '../audit/audit-list.store.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { SECOND_STEP } from '../http/second-factor-gate.ts';
import { checkSignedIn, visitOf } from '../http/visit.ts';
import { countSessions, endSessionsOf } from '../signin/sessions.store.ts';
import { accountEntries } from './account.model.ts';
import { forgetSession } from './sign-out.ts';

const ENTRIES_PER_PAGE = 30;
const nothing = z.object({});

export function accountRoutes(site: Site): Router {
  const router = Router();

  router.get('/account', async (req, res) => {
    const session = checkSignedIn(req);
    const before = beforeOf(req);
    const found = await personAudit(site.keyring, site.db, session.addressIndex, {
      limit: ENTRIES_PER_PAGE + 1,
      ...(before === undefined ? {} : { before }),
    });
    const shown = found.slice(0, ENTRIES_PER_PAGE);
    const last = shown.at(-1);
    const path = `${site.base}/account`;
    const { words } = visitOf(req);
    await sendPage(site, req, res, {
      name: 'account',
      title: words.say('account.title'),
      at: 'account',
      model: {
        sessions: await countSessions(site.session, site.db, session.addressIndex),
        entries: await accountEntries(site, words, session, shown),
        ...(visitOf(req).standing.role === undefined ? {} : { secondStepUrl: `${site.base}${SECOND_STEP}` }),
        ...(site.passkeys !== undefined ? { passkeysUrl: `${path}/passkeys` } : {}),
        ...(before === undefined ? {} : { newestUrl: path }),
        ...(found.length > shown.length && last !== undefined ? { olderUrl: `${path}?before=${last.seq}` } : {}),
      },
    });
  });

  router.post('/account/sign-out-everywhere', async (req, res) => {
    readForm(req, nothing);
    const session = checkSignedIn(req);
    await inTransaction(site.db, async (tx) => {
      const sessions = await endSessionsOf(tx, session.addressIndex, isoNow(site.clock));
      await appendAudit(site.vault, tx, {
        event: 'signed-out-everywhere',
        details: { address: session.address, network: visitOf(req).network, sessions },
      });
    });
    forgetSession(site, res);
    res.redirect(303, `${site.base}/sign-in`);
  });

  return router;
}

function beforeOf(req: Request): number | undefined {
  const given = req.query['before'];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && /^[1-9]\d{0,14}$/.test(given)) return Number(given);
  throw noSuchPage();
}

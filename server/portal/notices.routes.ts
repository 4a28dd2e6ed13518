// Owns having a notice sent again by address. Whether anything waits for the address is found out off the request's
// path: the answer, its time and what is written are the same for every address.

import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { waitingFor } from './code-steps.ts';

const noticesPerAddress: Limit = { name: 'notices per address', most: 3, windowMs: HOUR_MS };
const noticesPerNetwork: Limit = { name: 'notices per network', most: 60, windowMs: HOUR_MS };
const noticesInAll: Limit = { name: 'notices in all', most: 600, windowMs: MINUTE_MS };

const addressForm = z.object({ address: z.string().max(400).default('') });

export function noticesRoutes(site: Site): Router {
  const router = Router();
  const path = `${site.base}/sign-in/notices`;
  const page = (req: Request, address: string, error?: string) => {
    const { words } = visitOf(req);
    return {
      name: 'notices' as const,
      title: words.say('notices.title'),
      model: {
        action: path,
        address,
        signInUrl: `${site.base}/sign-in`,
        ...(error === undefined ? {} : { error }),
      },
    };
  };

  router.get('/sign-in/notices', async (req, res) => {
    const done = doneHere(site, req) === '1' ? visitOf(req).words.say('notices.done') : undefined;
    await sendPage(site, req, res, { ...page(req, ''), done });
  });

  router.post('/sign-in/notices', async (req, res) => {
    const form = readForm(req, addressForm);
    // The page that waits for a code has the address on record.
    const waiting = form.address === '' ? await waitingFor(site, req, 'sign-in') : undefined;
    const address = waiting?.address ?? parseAddress(form.address.trim());
    if (address === undefined) {
      const error = visitOf(req).words.say('sign-in.address-wrong');
      await sendPage(site, req, res, { ...page(req, form.address, error), status: 422 });
      return;
    }
    await askForNotices(site, req, address);
    leadDone(site, req, res, path, '1');
  });

  return router;
}

async function askForNotices(site: Site, req: Request, address: Address): Promise<void> {
  const { network } = visitOf(req);
  await chargeAll(site, [
    [noticesPerNetwork, network],
    [noticesPerAddress, addressIndex(site.keyring, address)],
    [noticesInAll, ''],
  ]);
  await inTransaction(site.db, async (tx) => {
    await enqueue(site.vault, tx, { kind: 'resend', payload: { address } });
    await appendAudit(site.vault, tx, { event: 'notices-asked', details: { address, network } });
  });
  site.kick();
}

// Owns the help desk's page: notices once more, and an address unlocked. It shows no message, and its answers are the same
// whether there is anybody of that address.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { HOUR_MS } from '../core/clock.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { charge, forgiveAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import type { Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, checkSignedIn, mayHere, visitOf } from '../http/visit.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { triesPerPerson } from '../signin/second-factor.ts';
import { locksOf } from '../signin/signin-limits.ts';
import type { Capability } from '../staff/roles.ts';

const noticesPerPerson: Limit = { name: 'notices by the help desk', most: 100, windowMs: HOUR_MS };
const addressForm = z.object({ address: z.string().max(400).default('') });

export function helpDeskPages(site: Site): Router {
  const router = Router();
  const path = `${site.base}/admin/help-desk`;

  router.get('/admin/help-desk', async (req, res) => {
    checkSignedIn(req);
    if (!mayHere(req, 'notices:resend') && !mayHere(req, 'addresses:unlock')) throw noSuchPage();
    await send(req, res, '', undefined);
  });

  router.post('/admin/help-desk/notices', (req, res) =>
    help(req, res, 'notices:resend', 'notices-asked', async (tx, address, index) => {
      await charge({ ...site, db: tx }, noticesPerPerson, index);
      await enqueue(site.vault, tx, { kind: 'resend', payload: { address } });
    }),
  );

  router.post('/admin/help-desk/unlock', (req, res) =>
    help(req, res, 'addresses:unlock', 'address-unlocked', (tx, address) => {
      const person = addressIndex(site.keyring, address);
      return forgiveAll({ ...site, db: tx }, [...locksOf(person), [triesPerPerson, person]]);
    }),
  );

  return router;

  async function help(
    req: Request,
    res: Response,
    needs: Capability,
    event: AuditEvent,
    work: (tx: Tx, address: Address, actorIndex: string) => Promise<void>,
  ): Promise<void> {
    const session = checkMay(req, needs);
    const { address: typed } = readForm(req, addressForm);
    const address = parseAddress(typed.trim());
    if (address === undefined) {
      await send(req, res, typed, 'That is not a mail address. Write it in full, such as bob@example.net.');
      return;
    }
    await inTransaction(site.db, async (tx) => {
      await work(tx, address, session.addressIndex);
      const details = { actor: session.address, network: visitOf(req).network, person: address };
      await appendAudit(site.vault, tx, { event, details });
    });
    site.kick();
    res.redirect(303, `${path}?done=${event}`);
  }

  async function send(req: Request, res: Response, address: string, problem: string | undefined): Promise<void> {
    await sendPage(site, req, res, {
      name: 'help-desk',
      title: 'Help desk',
      at: 'help-desk',
      status: problem === undefined ? 200 : 422,
      done: doneWords(req.query['done']),
      model: {
        noticesAction: `${path}/notices`,
        unlockAction: `${path}/unlock`,
        mayResend: mayHere(req, 'notices:resend'),
        mayUnlock: mayHere(req, 'addresses:unlock'),
        address,
        ...(problem === undefined ? {} : { problem }),
      },
    });
  }
}

function doneWords(done: unknown): string | undefined {
  if (done === 'notices-asked') return 'If anything waits for that address, its notices are on their way.';
  return done === 'address-unlocked' ? 'Unlocked. A code can be asked for and tried again at once.' : undefined;
}

// Owns the help desk's page: notices once more, and an address unlocked. It shows no message, and its answers are the same
// whether there is anybody of that address.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, checkSignedIn, mayHere, visitOf } from '../http/visit.ts';
import type { Capability } from '../staff/roles.ts';
import type { Help } from './help.ts';

const addressForm = z.object({ address: z.string().max(400).default('') });

export function helpDeskPages(site: Site, help: Help): Router {
  const router = Router();
  const path = `${site.base}/admin/help-desk`;

  router.get('/admin/help-desk', async (req, res) => {
    checkSignedIn(req);
    if (!mayHere(req, 'notices:resend') && !mayHere(req, 'addresses:unlock')) throw noSuchPage();
    await send(req, res, '', undefined);
  });

  router.post('/admin/help-desk/notices', (req, res) => helpWith(req, res, 'notices:resend', 'sendNotices'));

  router.post('/admin/help-desk/unlock', (req, res) => helpWith(req, res, 'addresses:unlock', 'unlock'));

  return router;

  async function helpWith(req: Request, res: Response, needs: Capability, what: keyof Help): Promise<void> {
    const session = checkMay(req, needs);
    const { address: typed } = readForm(req, addressForm);
    const address = parseAddress(typed.trim());
    if (address === undefined) {
      await send(req, res, typed, 'That is not a mail address. Write it in full, such as bob@example.net.');
      return;
    }
    const told = { actor: session.address, network: visitOf(req).network };
    await help[what](address, { counted: session.addressIndex, told });
    leadDone(site, req, res, path, what);
  }

  async function send(req: Request, res: Response, address: string, problem: string | undefined): Promise<void> {
    await sendPage(site, req, res, {
      name: 'help-desk',
      title: 'Help desk',
      at: 'help-desk',
      status: problem === undefined ? 200 : 422,
      done: doneWords(doneHere(site, req)),
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
  if (done === 'sendNotices') return 'If anything waits for that address, its notices are on their way.';
  return done === 'unlock' ? 'Unlocked. A code can be asked for and tried again at once.' : undefined;
}

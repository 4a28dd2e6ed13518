// Owns the step that says how the organisation's mail server leads mail here.

import { Router } from 'express';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay } from '../http/visit.ts';
import { guidesFor, intakeFacts, intakeWarnings } from './mail-server-guide.ts';
import type { Intake } from './mail-server-guide.ts';
import { placeOf } from './setup.model.ts';

export function setupGuidePages(site: Site, intake: Intake): Router {
  const router = Router();

  router.get('/admin/setup/mail-server', async (req, res) => {
    checkMay(req, 'settings:read');
    await sendPage(site, req, res, {
      name: 'setup-mail-server',
      title: 'Your mail server',
      at: 'setup',
      model: {
        place: placeOf(site.base, 'mail-server'),
        facts: intakeFacts(intake),
        warnings: intakeWarnings(intake),
        guides: guidesFor(intake),
      },
    });
  });

  return router;
}

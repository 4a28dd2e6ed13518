// Owns the console's door: it leads to the first page that the visitor's role may see. To everybody else it does not exist.

import { Router } from 'express';
import { consoleEntries } from '../http/console.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import type { Site } from '../http/site.ts';
import { checkSignedIn } from '../http/visit.ts';

export function consoleRoutes(site: Site): Router {
  const router = Router();

  router.get('/admin', (req, res) => {
    checkSignedIn(req);
    const [first] = consoleEntries(site, req, undefined);
    if (first === undefined) throw noSuchPage();
    res.redirect(303, first.url);
  });

  return router;
}

// Owns the page that documents the API for people, made of the same description that programs read. It asks nobody else for
// anything, and tells nothing of this house but its address.

import { Router } from 'express';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import type { ApiDocsPage } from '../render/page-models/api-docs.ts';
import { apiDocsPage } from './docs.model.ts';
import { openApiDocument } from './openapi.ts';

export function apiDocsRoutes(site: Site): Router {
  const address = `${site.origin}${site.base}/api/v1`;
  let model: ApiDocsPage | undefined; // the same for everybody, and made when it is first asked for
  const router = Router();

  router.get('/api-docs', async (req, res) => {
    model ??= apiDocsPage(openApiDocument(`${site.origin}${site.base}`), address, `${site.base}/api/v1/openapi.json`);
    await sendPage(site, req, res, { name: 'api-docs', title: 'The API', model });
  });

  return router;
}

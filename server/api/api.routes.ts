// Owns API v1 as a whole: its description, its calls, and what is answered when there is none or one fails.

import { Router } from 'express';
import { AppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { apiKeyRoutes } from './api-keys.routes.ts';
import type { ApiKeyRouteDeps } from './api-keys.routes.ts';
import { auditRoutes } from './audit.routes.ts';
import { brandRoutes } from './brands.routes.ts';
import type { BrandRouteDeps } from './brands.routes.ts';
import { certificateRoutes } from './certificates.routes.ts';
import type { CertificateRouteDeps } from './certificates.routes.ts';
import { setupRoutes } from './setup.routes.ts';
import type { SetupRouteDeps } from './setup.routes.ts';
import { connectorRoutes } from './connectors.routes.ts';
import type { ConnectorRouteDeps } from './connectors.routes.ts';
import { heldRoutes } from './held.routes.ts';
import type { HeldRouteDeps } from './held.routes.ts';
import { helpRoutes } from './help.routes.ts';
import type { HelpRouteDeps } from './help.routes.ts';
import { messageRoutes } from './messages.routes.ts';
import type { MessageRouteDeps } from './messages.routes.ts';
import { newsCalls } from './news.routes.ts';
import type { NewsRouteDeps } from './news.routes.ts';
import { operationRoutes } from './operations.routes.ts';
import type { OperationRouteDeps } from './operations.routes.ts';
import { openApiDocument } from './openapi.ts';
import { ownStsRoutes } from './own-sts.routes.ts';
import type { OwnStsRouteDeps } from './own-sts.routes.ts';
import { peopleRoutes } from './people.routes.ts';
import type { PeopleRouteDeps } from './people.routes.ts';
import { policyRoutes } from './policy.routes.ts';
import type { PolicyRouteDeps } from './policy.routes.ts';
import { apiProblems } from './problems.ts';
import { reportRoutes } from './reports.routes.ts';
import type { ReportRouteDeps } from './reports.routes.ts';
import { sendRoutes } from './send.routes.ts';
import type { SendDeps } from './send.routes.ts';
import { simulateRoutes } from './simulate.routes.ts';
import type { SimulateRouteDeps } from './simulate.routes.ts';
import { takeBackRoutes } from './take-back.routes.ts';
import type { TakeBackRouteDeps } from './take-back.routes.ts';
import { webhookRoutes } from './webhooks.routes.ts';
import type { WebhookRouteDeps } from './webhooks.routes.ts';

export interface ApiDeps
  extends
    MessageRouteDeps,
    SendDeps,
    SimulateRouteDeps,
    TakeBackRouteDeps,
    PolicyRouteDeps,
    PeopleRouteDeps,
    BrandRouteDeps,
    ApiKeyRouteDeps,
    CertificateRouteDeps,
    ConnectorRouteDeps,
    OperationRouteDeps,
    HelpRouteDeps,
    HeldRouteDeps,
    NewsRouteDeps,
    OwnStsRouteDeps,
    SetupRouteDeps,
    ReportRouteDeps,
    WebhookRouteDeps {
  readonly log: Log;
  readonly publicUrl: string;
}

export function apiRoutes(deps: ApiDeps): Router {
  let openApi: ReturnType<typeof openApiDocument> | undefined; // made when it is first asked for: a start does not wait
  const router = Router();
  router.get('/v1/openapi.json', (_req, res) => {
    openApi ??= openApiDocument(deps.publicUrl);
    res.json(openApi);
  });
  router.use(sendRoutes(deps));
  router.use(simulateRoutes(deps));
  router.use(messageRoutes(deps));
  router.use(takeBackRoutes(deps));
  router.use(policyRoutes(deps));
  router.use(auditRoutes(deps));
  router.use(reportRoutes(deps));
  router.use(apiKeyRoutes(deps));
  router.use(peopleRoutes(deps));
  router.use(brandRoutes(deps));
  router.use(certificateRoutes(deps));
  router.use(connectorRoutes(deps));
  router.use(setupRoutes(deps));
  router.use(webhookRoutes(deps));
  router.use(operationRoutes(deps));
  router.use(helpRoutes(deps));
  router.use(heldRoutes(deps));
  router.use(newsCalls(deps));
  router.use(ownStsRoutes(deps));
  router.use(() => {
    throw new AppError('request/not-found', 'There is no such call.');
  });
  router.use(apiProblems(deps.log));
  return router;
}

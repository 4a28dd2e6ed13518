// Owns the wiring of the worker: what goes out, and what runs out.

import { resolveMx } from 'node:dns/promises';
import { dnsOf } from './compose-delivery.ts';
import type { Tools } from './compose-tools.ts';
import { listAdminsOf } from './compose-watch.ts';
import type { Config } from './config.ts';
import { createTurns } from './core/turns.ts';
import { countFigures } from './figures/count.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Plan } from './delivery/plan.ts';
import { isOwnRelay, publicName } from './mail/own-host.ts';
import { bindPostOutside } from './net/post-outside.ts';
import type { Outside } from './net/post-outside.ts';
import type { PublicFetch } from './smime/fetch-public.ts';
import { feedWebhooks } from './switchboard/feed.ts';
import { orderTlsReports } from './worker/tls-report.ts';
import { createWorker } from './worker/worker.ts';
import type { Worker, WorkerOptions } from './worker/worker.ts';

export interface ComposeWorkerOptions extends WorkerOptions {
  /** Where webhooks may go, and how they get there. */
  readonly outside?: Outside | undefined;
}

export function composeWorker(tools: Tools, fetchPublic: PublicFetch, options: ComposeWorkerOptions): Worker {
  const { config, store, shredder, templates, courier, log, mailIdHost } = tools;
  return createWorker(
    {
      db: store.db,
      vault: store.vault,
      shredder,
      signer: store.signer,
      witness: store.witness,
      auditKeepDays: config.audit.keepDays,
      countFigures: (most) => countFigures(store, most),
      // In try-out mode nobody outside is spoken to.
      testConnectors: (most) => (config.tryOut ? Promise.resolve(0) : tools.delivery.tests.testDue(most)),
      reportTls: (most) =>
        orderTlsReports(
          { db: store.db, vault: store.vault, dns: dnsOf(config), orgName: config.org.name, mailFrom: config.mailFrom },
          most,
        ),
      feedWebhooks: (most) => feedWebhooks(store, most),
      postOutside: bindPostOutside(options.outside),
      templates,
      courier,
      log,
      mailFrom: config.mailFrom,
      publicUrl: config.portal.baseUrl,
      orgName: config.org.name,
      orgDomains: config.org.domains,
      listAdmins: listAdminsOf(tools),
      fetchPublic,
      mailIdHost,
      relayHost: publicName(config.relay?.url.hostname),
      delivery: deliveryFor(tools),
      passcodeMinutes: config.passcodeMinutes,
      strangersMayWrite: config.writing.from === 'anyone',
      // No more wait than there are places in the lanes.
      smimeTurns: createTurns({ parallel: 2, waitingMax: 100 }),
      isOwnServer: ownServer(config),
    },
    options,
  );
}

/** In try-out mode nothing leaves, not even what was ordered before. */
function deliveryFor({ config, delivery }: Tools): Delivery {
  if (!config.tryOut) return delivery;
  const nowhere = (): Promise<Plan> => Promise.resolve({ kind: 'nowhere', notes: ['nothing leaves in try-out mode'] });
  return { ...delivery, route: nowhere, bypass: nowhere };
}

function ownServer(config: Config): (domain: string) => Promise<boolean> {
  const { relay } = config;
  // To each domain's own servers, or not at all.
  if (config.delivery.isDirect) return () => Promise.resolve(true);
  if (relay === undefined) return () => Promise.resolve(false);
  const mxOf = async (domain: string): Promise<string[]> => (await resolveMx(domain)).map((mx) => mx.exchange);
  return (domain) => isOwnRelay(relay.url.hostname, domain, mxOf);
}

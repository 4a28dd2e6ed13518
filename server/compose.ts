// Owns the wiring: constructs everything once, from the settings down, and hands each part what it needs. Nothing else in the
// program knows how the parts hang together; each part's own wiring is in the file beside this one that it is asked of.

import type { Express } from 'express';
import { composeAuditStream } from './compose-audit-stream.ts';
import { bindInventory } from './certificates/inventory.ts';
import { composeMetrics } from './compose-metrics.ts';
import { composePages } from './compose-pages.ts';
import { composePolicy } from './compose-policy.ts';
import { composeRoads, composeSmtp } from './compose-roads.ts';
import type { RoadsOptions } from './compose-roads.ts';
import { composeSimulator } from './compose-simulator.ts';
import { composeSite } from './compose-site.ts';
import { makeTools } from './compose-tools.ts';
import type { ToolsOptions } from './compose-tools.ts';
import { composeWatch } from './compose-watch.ts';
import { composeWaysIn } from './compose-ways-in.ts';
import type { WaysInOptions } from './compose-ways-in.ts';
import { composeWorker } from './compose-worker.ts';
import type { ComposeWorkerOptions } from './compose-worker.ts';
import type { Config } from './config.ts';
import type { ConfigRow } from './config-show.ts';
import type { Clock } from './core/clock.ts';
import type { Log } from './core/log.ts';
import { createHttpServer } from './http/server.ts';
import { sweepSpool } from './ingest/spool.ts';
import { checkKeyring } from './keys/check-keyring.ts';
import { createKeyKeeper } from './keys/key-keeper.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Courier } from './mail/courier.ts';
import { watchRequests } from './metrics/watched.ts';
import type { Rulebook } from './rulebook/rulebook.ts';
import { sealedColumns } from './sealed-columns.ts';
import { keepMarking } from './shredding/keep-marking.ts';
import { recollect } from './shredding/recollect.ts';
import { createPublicFetch } from './smime/fetch-public.ts';
import type { PublicFetchOptions } from './smime/fetch-public.ts';
import type { Store } from './store.ts';
import type { Watcher } from './watch/watcher.ts';
import type { Worker } from './worker/worker.ts';

export interface Program {
  readonly app: Express;
  readonly worker: Worker;
  readonly watcher: Watcher;
  readonly courier: Courier;
  readonly delivery: Delivery;
  readonly rulebook: Rulebook;
  /** Opens both listeners and starts the worker, unless told not to. @returns where they listen. */
  listen(parts?: { readonly worker: boolean }): Promise<{ http: string; smtp: string }>;
  /** Takes nothing new, ends what is under way, closes the store. */
  close(): Promise<void>;
}

/** What no setting changes, and a test may. */
export interface ComposeOptions extends ComposeWorkerOptions, WaysInOptions, RoadsOptions, ToolsOptions {
  /** What the page of settings shows. */
  readonly shownSettings?: readonly ConfigRow[];
  /** What may be reached of the web addresses that stand in certificates. */
  readonly publicFetch?: PublicFetchOptions | undefined;
}

/** On a store whose tables are up to date. */
export async function compose(
  config: Config,
  store: Store,
  clock: Clock,
  quiet: Log,
  options: ComposeOptions = {},
): Promise<Program> {
  const { db, keyring, keyringSource: source } = store;
  const figures = await composeMetrics(config, store, clock, quiet);
  const log = figures?.metrics.counting(quiet) ?? quiet;
  const { retired } = await checkKeyring(db, keyring);
  for (const keyId of retired) log.error('keyring.retired-key-needed', { keyId });
  await sweepSpool(store.spoolDir);
  const endMarking = keepMarking(store, await recollect(store, log), log);

  const tools = makeTools({ config, store, clock, log }, options);
  const fetchPublic = createPublicFetch(options.publicFetch);
  const worker = composeWorker(tools, fetchPublic, options);
  const kick = (): void => worker.kick();
  const ways = await composeWaysIn(tools, options);
  const policy = await composePolicy(tools);
  const roads = composeRoads(tools, ways, options.policy ?? policy.inForce, policy.brands, kick, figures?.metrics);
  const simulator = composeSimulator(tools, roads, policy);
  const inventory = bindInventory({ db, vault: store.vault, fetchPublic });
  const smtp = composeSmtp(tools, roads);
  const site = composeSite(tools, ways, policy, kick);
  const watcher = composeWatch(tools, site.readiness, kick);
  const app = composePages(tools, site, roads, policy, simulator, options.shownSettings ?? [], inventory);
  const server = createHttpServer(figures === undefined ? app : watchRequests(figures.metrics, app));
  const auditStream = composeAuditStream(config, store, clock, log);
  const keyKeeper = createKeyKeeper({ db, keyring, source, columns: sealedColumns, log });

  return {
    app,
    worker,
    watcher,
    courier: tools.courier,
    delivery: tools.delivery,
    rulebook: policy.rulebook,
    listen: async (parts = { worker: true }) => {
      const where = { http: await server.listen(config.http), smtp: await smtp.listen() };
      await figures?.listen();
      keyKeeper.start();
      policy.start();
      if (parts.worker) worker.start();
      if (parts.worker) watcher.start();
      if (parts.worker) auditStream?.start();
      return { http: where.http, smtp: `${where.smtp.host}:${where.smtp.port}` };
    },
    close: async () => {
      await Promise.all([server.close(), smtp.close(), figures?.close()]);
      await Promise.all([
        worker.stop(),
        watcher.stop(),
        auditStream?.stop(),
        keyKeeper.stop(),
        policy.stop(),
        simulator.replays.stop(),
      ]);
      await tools.close();
      await endMarking();
      await store.close();
    },
  };
}

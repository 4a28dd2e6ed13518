// Owns the making of the tools that several parts of the program work with, and their closing. Each is made once.

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { domainOf } from './core/address.ts';
import type { Clock } from './core/clock.ts';
import type { Log } from './core/log.ts';
import { composeDelivery } from './compose-delivery.ts';
import type { DeliveryPorts } from './compose-delivery.ts';
import { makeCourier } from './courier-choice.ts';
import { createHasher } from './crypto/passwords.ts';
import type { Hasher } from './crypto/passwords.ts';
import type { Delivery } from './delivery/delivery.ts';
import { loadStaticFiles } from './http/static-files.ts';
import type { StaticFiles } from './http/static-files.ts';
import { createInspector } from './inspect/inspect.ts';
import type { Inspector } from './inspect/inspect.ts';
import type { InspectLimits } from './inspect/limits.ts';
import type { Courier } from './mail/courier.ts';
import { createMailParser } from './mail/parse.ts';
import type { MailParser } from './mail/parse.ts';
import { createHtmlCleaner } from './mail/safe-html.ts';
import type { HtmlCleaner } from './mail/safe-html.ts';
import { loadTemplates } from './render/templates.ts';
import type { Templates } from './render/templates.ts';
import { bindShredder } from './shredding/shred.ts';
import type { Shredder } from './shredding/shred.ts';
import type { Store } from './store.ts';
import { createViewer } from './viewing/viewer.ts';
import type { Viewer, ViewerLimits } from './viewing/viewer.ts';

/** What the program stands on. */
export interface Ground {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Tools extends Ground {
  readonly templates: Templates;
  readonly staticFiles: StaticFiles;
  readonly parser: MailParser;
  readonly cleaner: HtmlCleaner;
  readonly inspector: Inspector;
  readonly viewer: Viewer;
  readonly hasher: Hasher;
  readonly courier: Courier;
  readonly delivery: Delivery;
  readonly shredder: Shredder;
  /** Host of the Message-IDs that are made here. */
  readonly mailIdHost: string;
  close(): Promise<void>;
}

/** For tests on slow machines. */
export interface ToolsOptions {
  readonly viewing?: ViewerLimits | undefined;
  readonly inspecting?: Partial<InspectLimits> | undefined;
  readonly ports?: DeliveryPorts | undefined;
}

const HASHES_WAITING_MAX = 200;
const ROOT = join(import.meta.dirname, '..');

export function makeTools(ground: Ground, { viewing, inspecting = {}, ports }: ToolsOptions): Tools {
  const { config, store, clock, log } = ground;
  const { db, keyring } = store;
  const parser = createMailParser({ workers: Math.max(2, availableParallelism()) });
  const cleaner = createHtmlCleaner({ workers: 2 });
  const inspector = createInspector({ log, workers: Math.max(2, availableParallelism()), limits: inspecting });
  const viewer = createViewer({ clock, log, limits: viewing });
  const delivery = composeDelivery(config, store, ports);
  const courier = makeCourier(config, { db, keyring, clock }, delivery, log);
  return {
    ...ground,
    templates: loadTemplates(join(ROOT, 'views')),
    staticFiles: loadStaticFiles(join(ROOT, 'static')),
    parser,
    cleaner,
    inspector,
    viewer,
    hasher: createHasher({
      pepper: keyring.pepper(),
      parallel: Math.max(1, availableParallelism() - 1),
      queueMax: HASHES_WAITING_MAX,
    }),
    courier,
    delivery,
    shredder: bindShredder(store),
    mailIdHost: domainOf(config.mailFrom.address),
    close: async () => {
      viewer.close();
      await Promise.all([
        courier.close(),
        delivery.courier.close(),
        parser.close(),
        cleaner.close(),
        inspector.close(),
      ]);
    },
  };
}

// Owns looking for what is wrong, every minute, on every machine. One part of it that cannot be looked at keeps the others from
// nothing, and says nothing about what stands.

import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertKind, Finding } from '../alerts/alert.ts';
import { MINUTE_MS } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { settleAlerts } from './settle-alerts.ts';
import type { SettleDeps } from './settle-alerts.ts';

/** Looks at one part of it. Throws, or never says less than there is. */
export interface Finder {
  readonly kinds: readonly AlertKind[];
  readonly find: () => Promise<readonly Finding[]>;
}

export interface WatcherDeps extends SettleDeps {
  readonly log: Log;
  readonly finders: readonly Finder[];
  readonly kick: () => void;
}

export interface Watcher {
  start(): void;
  /** Looks once, now. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = MINUTE_MS;

export function createWatcher(deps: WatcherDeps): Watcher {
  const { log, finders, kick } = deps;
  const stopping = new AbortController();
  let loops: Promise<void> | undefined;

  async function look(): Promise<void> {
    const kinds: AlertKind[] = [];
    const findings: Finding[] = [];
    for (const finder of finders) {
      try {
        findings.push(...(await finder.find()));
        kinds.push(...finder.kinds);
      } catch (error) {
        log.error('watch.failed', { reason: finder.kinds.join(' '), err: error });
      }
    }
    if (await settleAlerts(deps, { kinds, findings })) kick();
  }

  async function loop(): Promise<void> {
    for (;;) {
      // First: whoever was away for a while has work that waits.
      await sleep(LOOK_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      await look().catch((error: unknown) => log.error('watch.failed', { err: error }));
    }
  }

  return {
    start: () => {
      loops ??= loop();
    },
    look,
    stop: async () => {
      stopping.abort();
      await loops;
    },
  };
}

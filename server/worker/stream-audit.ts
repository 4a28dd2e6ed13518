// Owns the stream of the audit log to a syslog server: every entry in order, beginning where it stood, by one process at a
// time. What the system had taken when a connection broke may be lost on the way (RFC 5425 knows no answer); what it had
// not is sent again.

import { setTimeout as sleep } from 'node:timers/promises';
import { listAudit } from '../audit/audit-list.store.ts';
import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { newToken } from '../crypto/random.ts';
import type { Db } from '../db/engine.ts';
import { holdStream, leaveStream, moveStream } from './stream-lease.store.ts';
import { syslogFrame } from './syslog-line.ts';
import type { SyslogSink } from './syslog-sink.ts';

export interface StreamDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: SyslogSink;
  /** Name of this place, for the server's own lists. */
  readonly host: string;
}

export interface AuditStream {
  start(): void;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = SECOND_MS;
const LEASE_MS = 30 * SECOND_MS;
const RETRY_AFTER_MS_MAX = MINUTE_MS;
const ENTRIES_AT_ONCE = 200;

export function createAuditStream(deps: StreamDeps): AuditStream {
  const { db, keyring, clock, log, sink, host } = deps;
  const holder = newToken();
  const stopping = new AbortController();
  let loops: Promise<void> | undefined;

  /** @returns whether there may be more. */
  async function round(): Promise<boolean> {
    const sent = await holdStream(db, clock, holder, LEASE_MS);
    if (sent === undefined) return false;
    const entries = (await listAudit(keyring, db, {}, { after: sent, limit: ENTRIES_AT_ONCE })).toReversed();
    const last = entries.at(-1);
    if (last === undefined) return false;
    await sink.write(entries.map((entry) => syslogFrame(entry, host)));
    return (await moveStream(db, clock, holder, last.seq, LEASE_MS)) && entries.length === ENTRIES_AT_ONCE;
  }

  async function loop(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted;) {
      try {
        const more = await round();
        failures = 0;
        if (more) continue;
      } catch (error) {
        failures += 1;
        sink.close();
        log.warn('audit-stream.failed', { err: error });
      }
      const waitMs = Math.min(LOOK_EVERY_MS * 2 ** failures, RETRY_AFTER_MS_MAX);
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    start: () => {
      loops ??= loop();
    },
    stop: async () => {
      stopping.abort();
      // What is being written may never be taken; it is sent again.
      sink.close();
      await loops;
      if (loops !== undefined) await leaveStream(db, holder).catch(() => undefined);
    },
  };
}

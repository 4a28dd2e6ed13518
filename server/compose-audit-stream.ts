// Owns the wiring of the stream of the audit log, where there is somebody to hear it.

import type { Config } from './config.ts';
import type { Clock } from './core/clock.ts';
import type { Log } from './core/log.ts';
import type { Store } from './store.ts';
import { createAuditStream } from './worker/stream-audit.ts';
import type { AuditStream } from './worker/stream-audit.ts';
import { createSyslogSink } from './worker/syslog-sink.ts';

export function composeAuditStream(
  config: Config,
  { db, keyring }: Store,
  clock: Clock,
  log: Log,
): AuditStream | undefined {
  const { syslog } = config.audit;
  if (syslog === undefined) return undefined;
  const host = config.portal.publicUrl.hostname;
  return createAuditStream({ db, keyring, clock, log, host, sink: createSyslogSink(syslog) });
}

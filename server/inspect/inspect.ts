// Owns looking through a mail for what the rules want to know of its content, in a few workers that can be stopped:
// texts stay there, and what comes back is counts, masked samples, and which parts could not be read. Whatever happens to
// a worker, a part that it had not finished is unreadable and never "nothing found". It decides nothing.

import type { Look, Seen } from '../detect/look.ts';
import type { Log } from '../core/log.ts';
import { createWorkerPool, workerScript } from '../mail/worker-pool.ts';
import { WorkerLost } from '../mail/worker-thread.ts';
import { Course } from './course.ts';
import type { InspectedMail } from './course.ts';
import { inspectLimits } from './limits.ts';
import type { InspectLimits } from './limits.ts';

export type { InspectedMail, InspectedPart } from './course.ts';

export interface InspectorOptions {
  readonly log: Log;
  readonly workers?: number;
  /** For tests. */
  readonly limits?: Partial<InspectLimits>;
  /** Tests put a misbehaving worker here. */
  readonly script?: URL;
}

export interface Inspector {
  /** Throws server/busy, and whatever reading a part throws. */
  inspect(mail: InspectedMail, looks: readonly Look[]): Promise<Seen>;
  close(): Promise<void>;
}

export const nothingSeen: Seen = { hits: [], unreadable: [] };

/** No worker is started before the first mail. */
export function createInspector({ log, workers = 2, limits: given, script }: InspectorOptions): Inspector {
  const limits = { ...inspectLimits, ...given };
  const pool = createWorkerPool({
    script: script ?? workerScript(import.meta.url, 'inspect-worker'),
    workers,
    memoryMb: limits.workerHeapMb,
    externalMb: limits.workerExternalMb,
    waitingMax: limits.waitingMax,
    idleMs: limits.workerIdleMs,
    data: given ?? {},
  });
  return {
    async inspect(mail, looks) {
      const course = new Course(mail, looks, limits);
      while (!course.isOver) {
        await pool
          .run(limits.mailMs, (line) => course.run(line))
          .catch(async (error: unknown) => {
            if (!(error instanceof WorkerLost)) throw error;
            log.warn('inspect.worker-lost', { reason: error.reason });
            await course.lose(error.reason);
          });
      }
      return course.seen();
    },
    close: () => pool.close(),
  };
}

// The process behind instance.ts: a program whose clock goes and whose worker runs. It ends with the channel to its
// parent.

import { SteadyClock } from '../../server/core/clock.ts';
import { startProgram } from './program.ts';

const [dataDir = '', leaseMs = '', env = '{}'] = process.argv.slice(2);
const clock = new SteadyClock();
const running = await startProgram({
  dataDir,
  keep: true,
  workerRuns: true,
  leaseMs: Number(leaseMs),
  clock: { nowMs: () => clock.nowMs(), forward: () => undefined },
  // instance.ts wrote it.
  env: JSON.parse(env) as Record<string, string>,
});
process.once('disconnect', () => void running.stop().finally(() => process.exit()));
process.send?.({ url: running.url, smtpPort: running.smtpPort });

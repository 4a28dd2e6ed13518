// Owns the Postfix that is compared to: a private one on loopback, which takes each mail into its queue on the disk
// that is measured and holds it there, so that nothing is delivered meanwhile.

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostfix } from '../../test/support/postfix.ts';
import type { Postfix } from '../../test/support/postfix.ts';
import type { Bench } from '../benchmark.ts';

export async function startHeldPostfix(bench: Bench): Promise<Postfix> {
  const postfix = await startPostfix({ dir: await mkdtemp(join(bench.dir, 'postfix-')), hold: true });
  bench.atEnd(() => postfix.stop());
  return postfix;
}

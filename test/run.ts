// Runs every test file: short ones of one folder in one process, since a process takes longer to start than most of them to
// run; a long one in a process of its own; the longest first, so that none is left alone at the end. What a process
// says is printed in one piece when it ends. `node test/run.ts policy` runs one folder, and
// `node --test test/x/y.test.ts` one file, as ever.

import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { runProcess } from './support/patient-process.ts';
import { postgresMissing, SHARED_POSTGRES, startPostgres } from './support/postgres.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..');

/** The longest first. To be brought up to date now and then; whatever is not named here runs all the same. */
const LONG = [
  'browser/accessible',
  'browser/stories',
  'browser/hostile-mail',
  'browser/viewing',
  'approvals/approvals',
];
/** Short files of one folder that share a process. */
const TOGETHER = 6;
/** Whoever waits for a disk or a relay leaves a processor to somebody else. */
const AT_ONCE = availableParallelism() + 1;
/** For a test that never ends; a busy machine is slow. */
const TEST_MS_MAX = 600_000;
/** For a process whose timers do not run any more. */
const PROCESS_MS_MAX = 1_200_000;
const FLAGS = ['--test', '--test-isolation=none', '--test-reporter=spec', `--test-timeout=${TEST_MS_MAX}`];
/** Of the sum that a process ends with; what failed is told after it. */
const LAST_WORDS = /^ℹ duration_ms/m;
const COUNTED = ['tests', 'pass', 'fail', 'cancelled', 'skipped', 'todo'] as const;

interface Ended {
  readonly files: readonly string[];
  readonly failed: boolean;
  readonly counts: ReadonlyMap<string, number>;
}

const wanted = process.argv.slice(2);
const names = globSync('**/*.test.ts', { cwd: HERE }).map((file) => file.replace(/\.test\.ts$/, ''));
const lots = makeLots(names.filter((name) => wanted.length === 0 || wanted.includes(dirname(name))));
if (lots.length === 0) throw new Error(`no such folder: ${wanted.join(' ')}`);
const postgres = postgresMissing() === undefined ? await startPostgres() : undefined;
const ended: Ended[] = [];
try {
  await Promise.all(Array.from({ length: AT_ONCE }, runLots));
} finally {
  await postgres?.close();
}
report(ended);

/** Files that run in one process each, in the order in which they begin. */
function makeLots(some: readonly string[]): string[][] {
  const long = LONG.filter((name) => some.includes(name));
  const alone: string[][] = [];
  const shared = new Map<string, string[][]>();
  for (const name of some.filter((one) => !long.includes(one)).toSorted()) {
    if (hasHooksOfItsProcess(name)) {
      alone.push([name]);
      continue;
    }
    const its = shared.get(dirname(name)) ?? [];
    shared.set(dirname(name), its);
    const last = its.at(-1);
    if (last === undefined || last.length === TOGETHER) its.push([name]);
    else last.push(name);
  }
  return [...long.map((name) => [name]), ...[...shared.values()].flat(), ...alone];
}

/** A hook outside of every suite is called for the tests of all files of its process. */
function hasHooksOfItsProcess(name: string): boolean {
  return /^(?:before|after)(?:Each)?\(/m.test(readFileSync(join(HERE, `${name}.test.ts`), 'utf8'));
}

/** One lot after the other, until none is left. */
async function runLots(): Promise<void> {
  for (let files = lots.shift(); files !== undefined; files = lots.shift()) ended.push(await runLot(files));
}

async function runLot(some: readonly string[], again = false): Promise<Ended> {
  const files = some.map((name) => relative(ROOT, join(HERE, `${name}.test.ts`)));
  const startMs = performance.now();
  const { hung, output } = await runProcess(process.execPath, [...FLAGS, ...files], {
    cwd: ROOT,
    env: {
      NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/sealpost-test'),
      ...(postgres === undefined ? {} : { [SHARED_POSTGRES]: postgres.url }),
    },
    lastWords: LAST_WORDS,
    msMax: PROCESS_MS_MAX,
  });
  const counts = new Map(
    COUNTED.map((what) => [what, Number(new RegExp(`^ℹ ${what} (\\d+)$`, 'm').exec(output)?.[1] ?? 0)]),
  );
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  // Who counts no test ended before its tests did.
  const failed = hung || !counts.get('tests') || counts.get('fail') !== 0 || counts.get('cancelled') !== 0;
  console.log(`${failed ? 'FAILED' : 'passed'} in ${seconds} s: ${files.join(' ')}\n${output}`);
  // Once it may have been the machine; where it stood is told above all the same.
  return hung && !again ? runLot(some, true) : { files, failed, counts };
}

function report(all: readonly Ended[]): void {
  for (const what of COUNTED) {
    console.log(`${what} ${all.reduce((total, { counts }) => total + (counts.get(what) ?? 0), 0)}`);
  }
  const failed = all.filter((one) => one.failed);
  for (const { files } of failed) console.log(`FAILED: ${files.join(' ')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

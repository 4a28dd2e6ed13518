// Owns `npm run bench`: which benchmarks run, one after the other, and where their results go. The table goes to
// standard output and everything else to standard error.

import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Benchmark, Measured } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';
import { fsyncRate, isInMemory, loadLine, machineLines, missing } from './machine.ts';
import { rowOf, tableOf } from './report.ts';
import type { Row } from './report.ts';

const USAGE = `npm run bench -- [--only TEXT]… [--quick] [--json FILE] [--dir FOLDER] [--profile FOLDER] [--list]

  --only TEXT       only benchmarks with this in their name
  --quick           short runs, to see that everything works: their figures mean little
  --json FILE       write the results as an array of {name, value, unit, peer, peerValue, ratio, bar, holds}
  --dir FOLDER      keep the data under measurement there, on the disk that is to be measured
  --profile FOLDER  leave CPU profiles of Sealpost there; bench/profile.ts sums them up
  --list            name the benchmarks
`;

// What the benchmark under way has started, the last first.
const ends: (() => Promise<void>)[] = [];

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      dir: { type: 'string', default: tmpdir() },
      profile: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(USAGE);
  const chosen = benchmarks.filter(({ name }) => values.only?.some((text) => name.includes(text)) ?? true);
  if (values.list) return print(chosen.map(({ name }) => `${name}\n`).join(''));
  if (chosen.length === 0) throw new Error('no benchmark has this in its name');
  if (values.profile !== undefined) await mkdir(values.profile, { recursive: true });

  const dir = await realpath(await mkdtemp(join(values.dir, 'sealpost-bench-')));
  await chmod(dir, 0o755); // Postfix works in it as a user of its own
  const cleanUp = async (): Promise<void> => {
    await endAll();
    await rm(dir, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp().then(() => process.exit(1)));
  }
  try {
    const profileDir = values.profile === undefined ? undefined : await realpath(values.profile);
    const results = await runAll(chosen, { dir, quick: values.quick, profileDir });
    print(`\n${tableOf(results)}`);
    if (values.json !== undefined) {
      await writeFile(
        values.json,
        `${JSON.stringify(
          results.map(({ row }) => row),
          null,
          2,
        )}\n`,
      );
    }
  } finally {
    await cleanUp();
  }
}

async function runAll(
  chosen: readonly Benchmark[],
  bench: Omit<Bench, 'atEnd'>,
): Promise<{ benchmark: Benchmark; row: Row }[]> {
  machineLines(bench.dir).forEach(tell);
  if (await isInMemory(bench.dir))
    tell('NOT A DISK: this folder is in memory, where everything is durable at once; give --dir');
  const results: { benchmark: Benchmark; row: Row }[] = [];
  for (const benchmark of chosen) {
    tell(`\n${benchmark.name} (${loadLine()}, ${Math.round(await fsyncRate(bench.dir))} fsyncs/s)`);
    const measured = await runOne(benchmark, bench);
    const row = rowOf(benchmark, measured);
    for (const note of measured?.notes ?? []) tell(`  ${note}`);
    results.push({ benchmark, row });
  }
  return results;
}

/** @returns undefined when a program it needs is not installed, or when it failed: the other rows are worth having. */
async function runOne(benchmark: Benchmark, bench: Omit<Bench, 'atEnd'>): Promise<Measured | undefined> {
  const absent = missing(benchmark.needs ?? []);
  if (absent.length > 0) {
    tell(`SKIPPED: ${absent.join(' and ')} not installed`);
    return undefined;
  }
  if (benchmark.needsRoot === true && process.getuid?.() !== 0) {
    tell('SKIPPED: only root can start a private Postfix');
    return undefined;
  }
  try {
    return await benchmark.run({ ...bench, atEnd: (stop) => ends.unshift(stop) });
  } catch (error) {
    tell(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return undefined;
  } finally {
    await endAll();
  }
}

async function endAll(): Promise<void> {
  for (const end of ends.splice(0)) await end();
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function print(text: string): void {
  process.stdout.write(text);
}

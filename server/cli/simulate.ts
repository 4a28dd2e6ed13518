// Owns the command that tries a policy out: on one mail, or on what was taken in within the last days. It is the same
// simulator as behind the page and the API; nothing is sent.

import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { AppError, hasCode } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { faultLine } from '../core/document-faults.ts';
import { PolicyFaults } from '../policy/document-faults.ts';
import { readDocumentText } from '../policy/document-text.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Simulator } from '../compose-simulator.ts';
import { percentOf } from '../policy/replay-report.ts';
import { explanationLines, reportLines } from './simulate-words.ts';
import { fail, print, withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

const ACTOR = 'command line';

interface SimulateOptions {
  readonly from?: string;
  readonly to?: readonly string[];
  readonly days?: string;
  readonly policy?: string;
  readonly json?: true;
}

export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .argument('[file]', 'a mail as a file (.eml); - reads it from standard input')
    .option('--from <address>', 'who sends it; without it, whoever stands in From')
    .option('--to <address...>', 'who receives it; without it, whoever stands in To and Cc')
    .option('--days <n>', 'instead of a mail: what was taken in within the last 1 to 90 days')
    .option('--policy <file>', 'a policy (YAML or JSON) to try instead of the one in force')
    .option('--json', 'print the answer as JSON, as the API gives it')
    .description('Say what the rules would do, and why; nothing is sent')
    .action((file: string | undefined, options: SimulateOptions) => withStore((desk) => run(desk, file, options)));
}

async function run(desk: Desk, file: string | undefined, options: SimulateOptions): Promise<void> {
  if ((file === undefined) === (options.days === undefined)) {
    throw new AppError('request/malformed', 'Name a file, or say --days, and not both.');
  }
  if (options.days !== undefined && (options.from !== undefined || options.to !== undefined)) {
    throw new AppError('request/malformed', '--from and --to are for one mail; with --days each mail has its own.');
  }
  await withSimulator(desk, async (simulator, rulebook) => {
    try {
      const draft = options.policy === undefined ? undefined : rulebook.draft(await readPolicy(options.policy));
      if (file === undefined) await replayDays(simulator, draft, options);
      else await tryFile(simulator, file, draft, options);
    } catch (error) {
      if (!(error instanceof PolicyFaults)) throw error;
      fail(['Nothing was tried:', ...error.faults.map((one) => `  ${faultLine(one)}`)].join('\n'));
    }
  });
}

async function tryFile(
  simulator: Simulator,
  file: string,
  draft: Policy | undefined,
  { from, to = [], json }: SimulateOptions,
): Promise<void> {
  const source = file === '-' ? process.stdin : createReadStream(file);
  const mail = {
    from: from === undefined ? undefined : readAddress('--from', from),
    to: to.map((text) => readAddress('--to', text)),
    source,
  };
  const explanation = await simulator.tryMail(mail, draft).catch((error: unknown) => {
    throw isNotThere(error) ? notThere() : error;
  });
  if (json === true) print(JSON.stringify(explanation, null, 2));
  else for (const line of explanationLines(explanation)) print(line);
}

async function replayDays(
  { replays }: Simulator,
  draft: Policy | undefined,
  { days = '', json }: SimulateOptions,
): Promise<void> {
  const stop = (): void => void replays.stop();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const { ended } = await replays.begin({
    // What is no number is refused where the number is.
    days: /^\d{1,3}$/.test(days) ? Number(days) : Number.NaN,
    draft,
    actor: ACTOR,
    progress: (report) => {
      process.stderr.write(`${percentOf(report)} %, ${report.judged} judged\n`);
    },
  });
  const replay = await ended;
  if (json === true) print(JSON.stringify(replay, null, 2));
  else for (const line of reportLines(replay)) print(line);
  if (replay.state !== 'done') fail('It did not come to its end; what it says is of the mails until then.');
}

// Loaded only here: every other command would pay for the whole program.
async function withSimulator(
  { config, store, clock }: Desk,
  work: (simulator: Simulator, rulebook: Rulebook) => Promise<void>,
): Promise<void> {
  const { makeTools } = await import('../compose-tools.ts');
  const { composeWaysIn } = await import('../compose-ways-in.ts');
  const { composePolicy } = await import('../compose-policy.ts');
  const { composeRoads } = await import('../compose-roads.ts');
  const { composeSimulator } = await import('../compose-simulator.ts');
  const tools = makeTools({ config, store, clock, log: silentLog }, {});
  try {
    const ways = await composeWaysIn(tools, {});
    const policy = await composePolicy(tools);
    const roads = composeRoads(tools, ways, policy.inForce, policy.brands, () => {});
    await work(composeSimulator(tools, roads, policy), policy.rulebook);
  } finally {
    await tools.close();
  }
}

async function readPolicy(file: string): Promise<unknown> {
  try {
    return readDocumentText(await readFile(file, 'utf8'));
  } catch (error) {
    throw isNotThere(error) ? notThere() : error;
  }
}

function readAddress(where: string, text: string): Address {
  const address = parseAddress(text.trim());
  if (address === undefined) throw new AppError('mail/recipients', `${where} is not a mail address.`);
  return address;
}

function isNotThere(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'EISDIR', 'EACCES');
}

function notThere(): AppError {
  return new AppError('request/not-found', 'The file is not there, or not for this user.');
}

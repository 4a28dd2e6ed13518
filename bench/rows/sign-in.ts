// Owns the rows of signing in: how many sign-ins a second pass beside what their hashes alone would take, and how long
// they ever hold up the event loop.

import { argon2id, hash } from 'argon2';
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Visitor } from '../../test/support/browser.ts';
import type { Bench, Benchmark, Measured } from '../benchmark.ts';
import { takeCodes } from '../reader.ts';
import { inRounds, median, seconds, shown, spread } from '../rounds.ts';
import { startSealpost } from '../sealpost.ts';
import type { Sealpost } from '../sealpost.ts';

export const signIns: Benchmark = {
  name: 'sign-ins by code',
  unit: 'sign-ins/s',
  peer: 'their argon2id hashes alone',
  bar: { atLeast: 0.8 },
  run,
};

export const loopWhileSigningIn: Benchmark = {
  name: 'longest hold-up of the event loop while signing in',
  unit: 'ms',
  bar: { below: 20 },
  run: async (bench) => {
    const sealpost = await startSealpost(bench);
    const party = bench.quick ? 10 : 100;
    await signInParty(sealpost, party, 0);
    await sealpost.watchLoop();
    const rounds = bench.quick ? 1 : 3;
    for (let round = 1; round <= rounds; round += 1) await signInParty(sealpost, party, round);
    const { loopBlockedMs, loopWorkedMs } = await sealpost.report();
    return {
      value: loopBlockedMs,
      notes: [
        `${party * rounds} sign-ins, ${AT_ONCE} at once`,
        `worked between two turns of the loop: at most ${shown(loopWorkedMs)} ms; the rest it waited for a core`,
      ],
    };
  },
};

const AT_ONCE = 10;
// A code is hashed when it is made and when it is tried.
const HASHES_PER_SIGN_IN = 2;
// As server/crypto/passwords.ts has it, and as many at a time as server/compose-tools.ts lets run.
const COST = { type: argon2id, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1, hashLength: 32, raw: true } as const;
const PARALLEL = Math.max(1, availableParallelism() - 1);

async function run(bench: Bench): Promise<Measured> {
  const party = bench.quick ? 10 : 60;
  const sealpost = await startSealpost(bench);
  let round = 0;
  const signInAll = async (): Promise<number> => party / (await signInParty(sealpost, party, (round += 1)));
  const hashAll = (parallel: number) => async (): Promise<number> => {
    const count = party * HASHES_PER_SIGN_IN;
    return (
      party / (await seconds(() => atOnce(parallel, count, () => hash('12345678', { ...COST, salt: randomBytes(16) }))))
    );
  };
  await signInAll();
  const rates = await inRounds(bench.quick ? 1 : 5, {
    sealpost: signInAll,
    hashes: hashAll(PARALLEL),
    allCores: hashAll(availableParallelism()),
  });
  return {
    value: median(rates.sealpost),
    peerValue: median(rates.hashes),
    notes: [
      `rounds: ${spread(rates.sealpost)}; the hashes ${spread(rates.hashes)}, ${PARALLEL} at a time as in the program`,
      `the hashes on all cores, none left for pages and mail: ${shown(median(rates.allCores))} sign-ins/s`,
    ],
  };
}

interface Person {
  readonly visitor: Visitor;
  readonly headers: Record<string, string>;
  readonly csrf: string;
  readonly address: string;
}

/** Each person from a browser and a network of their own. @returns the seconds in which codes were asked for and tried. */
async function signInParty(sealpost: Sealpost, people: number, round: number): Promise<number> {
  const party: Person[] = [];
  // Not the whole party in one moment: that would measure a crowd at the door.
  await atOnce(AT_ONCE, people, async (n) => {
    const visitor = new Visitor(sealpost.url);
    const headers = { 'x-forwarded-for': `10.${round}.${Math.floor(n / 250)}.${(n % 250) + 1}` };
    const csrf = await visitor.csrf('/sign-in');
    party[n] = { visitor, headers, csrf, address: `reader-${round}-${n}@recipient.example` };
  });
  const post = async (n: number, step: string, field: Record<string, string>): Promise<void> => {
    const one = party[n];
    if (one === undefined) return;
    const form = new URLSearchParams({ csrf: one.csrf, ...field });
    const { status } = await one.visitor.send('POST', `/sign-in/${step}`, form, { headers: one.headers });
    if (status !== 303) throw new Error(`/sign-in/${step} was answered ${status}`);
  };
  const asked = await seconds(() =>
    atOnce(AT_ONCE, people, (n) => post(n, 'passcode', { address: party[n]?.address ?? '' })),
  );
  const codes = await sealpost.withStore(takeCodes);
  const tried = await seconds(() =>
    atOnce(AT_ONCE, people, (n) => post(n, 'verify', { code: codes.get(party[n]?.address ?? '') ?? '' })),
  );
  return asked + tried;
}

/** Does `count` pieces of work, at most `parallel` of them at a time. */
async function atOnce(parallel: number, count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

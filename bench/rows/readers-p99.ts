// Owns the row of readers who read while mails come in as fast as they are taken: how much longer the slowest of a
// hundred pages takes than when nothing comes in. Both share one process.

import type { Bench, Benchmark, Measured } from '../benchmark.ts';
import { sendMails } from '../load/smtp-source.ts';
import { loadWeb } from '../load/wrk.ts';
import type { WebFigures } from '../load/wrk.ts';
import { checkStillOpens, openNewMessage } from '../reader.ts';
import { inRounds, median, shown } from '../rounds.ts';
import { startSealpost } from '../sealpost.ts';

export const readersWhileIngesting: Benchmark = {
  name: 'p99 of readers while mails come in at full rate',
  unit: 'ms',
  peer: 'the same readers, no mails',
  bar: { below: 5 },
  needs: ['smtp-source', 'wrk'],
  run,
};

// People who look at what they got before they ask for more: some 500 pages a second, which leaves the program idle
// for more than half of its time, so that idle means idle.
const READERS = 10;
const PAUSES = 'function delay() return math.random(10, 30) end';
const MAILS_AT_ONCE = 500;

async function run(bench: Bench): Promise<Measured> {
  const seconds = bench.quick ? 2 : 10;
  const sealpost = await startSealpost(bench);
  const page = await openNewMessage(sealpost);
  const seen: { idle: WebFigures[]; busy: WebFigures[] } = { idle: [], busy: [] };
  const mailRates: number[] = [];
  const readAll = async (figures: WebFigures[]): Promise<number> => {
    const one = await loadWeb({
      url: page.url,
      seconds,
      dir: bench.dir,
      connections: READERS,
      headers: { cookie: page.cookie },
      script: PAUSES,
    });
    figures.push(one);
    return one.p99Ms;
  };
  const readWhileMailsCome = async (): Promise<number> => {
    const reading = { over: false };
    const mails = sendUntil(sealpost.smtpPort, reading, mailRates);
    try {
      return await readAll(seen.busy);
    } finally {
      reading.over = true;
      await mails;
    }
  };
  await readAll([]);
  const p99Ms = await inRounds(bench.quick ? 1 : 5, { idle: () => readAll(seen.idle), busy: readWhileMailsCome });
  await checkStillOpens(page);
  return {
    value: median(p99Ms.busy),
    peerValue: median(p99Ms.idle),
    notes: [
      `${READERS} readers: ${about(seen.busy)} beside ${shown(median(mailRates))} mails/s; ${about(seen.idle)} without`,
    ],
  };
}

async function sendUntil(port: number, end: { readonly over: boolean }, rates: number[]): Promise<void> {
  while (!end.over) rates.push(await sendMails({ port, mails: MAILS_AT_ONCE, reuse: true }));
}

function about(figures: readonly WebFigures[]): string {
  const rate = median(figures.map((one) => one.perSecond));
  return `${shown(rate)} pages/s, p50 ${shown(median(figures.map((one) => one.p50Ms)))} ms`;
}

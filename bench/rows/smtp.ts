// Owns the row of mails taken in by SMTP: Sealpost, which parses, decides, seals and commits each before its 250,
// beside Postfix, which writes each into its queue and holds it there.

import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, Benchmark, Measured } from '../benchmark.ts';
import { startPeer } from '../child.ts';
import { sendMails } from '../load/smtp-source.ts';
import { startHeldPostfix } from '../peers/postfix.ts';
import { startSink } from '../peers/sink.ts';
import { inRounds, median, seconds, spread } from '../rounds.ts';
import { startSealpost } from '../sealpost.ts';

export const smtpNewConnections = smtpBenchmark('10 KB mails by SMTP, a connection each', false);
export const smtpReusedConnections = smtpBenchmark('10 KB mails by SMTP, connections reused', true);

export const smtpAndNotices: Benchmark = {
  name: '10 KB mails by SMTP, each announced to its reader',
  unit: 'mails/s',
  needs: ['smtp-sink', 'smtp-source'],
  run: runWithNotices,
};

function smtpBenchmark(name: string, reuse: boolean): Benchmark {
  return {
    name,
    unit: 'mails/s',
    peer: 'Postfix into its queue, held',
    bar: { atLeast: 1, aim: 2 },
    needs: ['postfix', 'smtp-source'],
    needsRoot: true,
    run: (bench) => run(bench, reuse),
  };
}

async function run(bench: Bench, reuse: boolean): Promise<Measured> {
  const mails = bench.quick ? 200 : 2_000;
  const rounds = bench.quick ? 1 : 5;
  const sealpost = await startSealpost(bench);
  const postfix = await startHeldPostfix(bench);
  const discard = await startPeer(bench, 'discard');
  const load = (port: number, count = mails): Promise<number> => sendMails({ port, mails: count, reuse });
  for (const port of [sealpost.smtpPort, postfix.port, discard.port]) await load(port, mails / 4);
  const before = await sealpost.report();
  const figures = await inRounds(rounds, {
    sealpost: () => load(sealpost.smtpPort),
    postfix: () => load(postfix.port),
    discard: () => load(discard.port),
  });
  const after = await sealpost.report();
  const sent = mails / 4 + mails * rounds;
  checkCount('Sealpost', await sealpost.messages(), sent);
  checkCount('Postfix', postfix.held(), sent);
  return {
    value: median(figures.sealpost),
    peerValue: median(figures.postfix),
    notes: [
      `rounds: ${spread(figures.sealpost)}; Postfix ${spread(figures.postfix)}`,
      `bare smtp-server discarding: ${Math.round(median(figures.discard))} mails/s`,
      `processor time: ${((after.cpuMs - before.cpuMs) / (mails * rounds)).toFixed(2)} ms a mail`,
    ],
  };
}

/** With the worker running: from the first mail to the last notice that a relay, which forgets all, has taken. */
async function runWithNotices(bench: Bench): Promise<Measured> {
  const mails = bench.quick ? 100 : 2_000;
  const relayPort = await startSink(bench);
  const sealpost = await startSealpost(bench, {
    workerRuns: true,
    env: { RELAY_URL: `smtp://127.0.0.1:${relayPort}` },
  });
  const [accepted, announced]: [number[], number[]] = [[], []];
  for (let round = 0; round < (bench.quick ? 1 : 3); round += 1) {
    const took = await seconds(async () => {
      accepted.push(await sendMails({ port: sealpost.smtpPort, mails, reuse: true }));
      while ((await sealpost.waitingJobs()) > 0) await pause(50);
    });
    announced.push(mails / took);
  }
  return {
    value: median(announced),
    notes: [`rounds: ${spread(announced)}; taken in meanwhile at ${spread(accepted)} mails/s`],
  };
}

/** A rate of mails that were not all kept would be no rate. */
function checkCount(who: string, kept: number, sent: number): void {
  if (kept !== sent) throw new Error(`${who} answered 250 to ${sent} mails and keeps ${kept}`);
}

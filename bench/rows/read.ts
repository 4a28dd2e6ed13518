// Owns the rows of reading: a message's page with session, rights, audit and a sealed store, beside a bare Express that
// serves the same bytes from memory.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Benchmark, Measured } from '../benchmark.ts';
import { startPeer } from '../child.ts';
import { loadWeb } from '../load/wrk.ts';
import type { WebFigures } from '../load/wrk.ts';
import { checkStillOpens, openNewMessage } from '../reader.ts';
import { inRounds, median, shown, spread } from '../rounds.ts';
import { startSealpost } from '../sealpost.ts';

const PEER = 'bare Express 5 serving the same bytes';

export const readPage: Benchmark = {
  name: 'page of a 10 KB message',
  unit: 'pages/s',
  peer: PEER,
  bar: { atLeast: 0.3, aim: 0.45 },
  needs: ['wrk'],
  run: (bench) => run(bench, false),
};

export const readHtml: Benchmark = {
  name: 'document of a 10 KB HTML body',
  unit: 'pages/s',
  peer: PEER,
  needs: ['wrk'],
  run: (bench) => run(bench, true),
};

async function run(bench: Bench, html: boolean): Promise<Measured> {
  const seconds = bench.quick ? 1 : 5;
  const sealpost = await startSealpost(bench);
  const page = await openNewMessage(sealpost, { html });
  const file = join(bench.dir, 'page');
  await writeFile(file, page.bytes);
  const express = await startPeer(bench, 'page', { PAGE_FILE: file, PAGE_TYPE: page.contentType });
  const seen: { sealpost: WebFigures[]; express: WebFigures[] } = { sealpost: [], express: [] };
  const load = async (url: string, figures: WebFigures[]): Promise<number> => {
    const one = await loadWeb({ url, seconds, dir: bench.dir, headers: { cookie: page.cookie } });
    figures.push(one);
    return one.perSecond;
  };
  const expressUrl = `http://127.0.0.1:${express.port}/`;
  for (const url of [page.url, expressUrl]) await load(url, []);
  const before = await sealpost.report();
  const rates = await inRounds(bench.quick ? 1 : 5, {
    sealpost: () => load(page.url, seen.sealpost),
    express: () => load(expressUrl, seen.express),
  });
  const { cpuMs } = await sealpost.report();
  await checkStillOpens(page);
  const pages = seen.sealpost.reduce((sum, one) => sum + one.requests, 0);
  return {
    value: median(rates.sealpost),
    peerValue: median(rates.express),
    notes: [
      `processor time: ${shown((cpuMs - before.cpuMs) / pages)} ms a page`,
      `the page has ${page.bytes.length} bytes; rounds: ${spread(rates.sealpost)}, Express ${spread(rates.express)}`,
      `answer times with 10 connections: ${times(seen.sealpost)}, Express ${times(seen.express)}`,
    ],
  };
}

function times(figures: readonly WebFigures[]): string {
  const p50 = median(figures.map((one) => one.p50Ms));
  const p99 = median(figures.map((one) => one.p99Ms));
  return `p50 ${shown(p50)} ms, p99 ${shown(p99)} ms`;
}

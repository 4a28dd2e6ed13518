// Owns the rows of a large attachment: sealing alone beside what openssl does on one core, and the whole road to a
// durable blob beside writing and fsyncing the same bytes.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadConfig } from '../../server/config.ts';
import { systemClock } from '../../server/core/clock.ts';
import { Sealer } from '../../server/crypto/cobblestone.ts';
import { Sealing } from '../../server/messages/seal.ts';
import { openStore } from '../../server/store.ts';
import type { Bench, Benchmark, Measured } from '../benchmark.ts';
import { inRounds, median, seconds, spread } from '../rounds.ts';
import { productionSettings } from '../sealpost.ts';

const MB = 1e6;
const FILE_BYTES = 25 * 1024 * 1024;
// As a socket hands it over.
const PIECE_BYTES = 64 * 1024;

export const sealLarge: Benchmark = {
  name: 'sealing 25 MB',
  unit: 'MB/s',
  peer: 'openssl speed -evp aes-256-gcm -bytes 16384',
  bar: { atLeast: 0.25, aim: 0.4 },
  needs: ['openssl'],
  run: async (bench) => {
    const content = randomBytes(FILE_BYTES);
    for (let warm = 0; warm < 5; warm += 1) sealAll(content);
    const rates = await inRounds(bench.quick ? 1 : 7, {
      sealpost: () => Promise.resolve(FILE_BYTES / MB / sealAll(content)),
      openssl: () => opensslRate(1),
    });
    return result(rates.sealpost, rates.openssl);
  },
};

export const storeLarge: Benchmark = {
  name: 'storing 25 MB, sealed and durable',
  unit: 'MB/s',
  peer: 'writing and fsyncing the same bytes',
  bar: { atLeast: 0.5 },
  run: storeRates,
};

/** @returns the seconds of processor time it took; openssl counts its own in the same way. */
function sealAll(content: Buffer): number {
  const before = process.threadCpuUsage();
  const sealer = new Sealer(randomBytes(32), 'bench');
  sealer.header();
  for (const piece of piecesOf(content)) sealer.update(piece);
  sealer.final();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e6;
}

async function storeRates(bench: Bench): Promise<Measured> {
  const content = randomBytes(FILE_BYTES);
  const folder = await mkdtemp(join(bench.dir, 'large-'));
  const { vault, close } = await openStore(loadConfig(productionSettings(join(folder, 'data'), 0)), systemClock);
  bench.atEnd(close);

  const store = async (): Promise<number> => {
    const sealing = new Sealing(vault);
    const took = await seconds(async () => {
      const writer = await sealing.sink.open({ n: 1 });
      for (const piece of piecesOf(content)) await writer.write(piece);
      await writer.close();
      await sealing.commitBlobs();
    });
    await sealing.discard();
    return FILE_BYTES / MB / took;
  };
  const write = async (): Promise<number> => {
    const path = join(folder, 'plain');
    const took = await seconds(async () => {
      const file = await open(path, 'wx');
      await file.writeFile(content);
      await file.sync();
      await file.close();
    });
    await rm(path);
    return FILE_BYTES / MB / took;
  };
  await store();
  await write();
  const rates = await inRounds(bench.quick ? 1 : 9, { sealpost: store, plain: write });
  return result(rates.sealpost, rates.plain);
}

function result(own: readonly number[], peer: readonly number[]): Measured {
  return {
    value: median(own),
    peerValue: median(peer),
    notes: [`rounds: ${spread(own)}; the other ${spread(peer)}`],
  };
}

/** Bytes of 16 KB blocks that openssl seals in a second on one core, in MB. */
async function opensslRate(runSeconds: number): Promise<number> {
  const args = ['speed', '-mr', '-seconds', String(runSeconds), '-bytes', '16384', '-evp', 'aes-256-gcm'];
  const { stdout } = await promisify(execFile)('openssl', args);
  const rate = Number(/^\+F:\d+:[^:]+:([\d.]+)$/m.exec(stdout)?.[1]);
  if (!(rate > 0)) throw new Error(`openssl said: ${stdout}`);
  return rate / MB;
}

function* piecesOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += PIECE_BYTES) yield content.subarray(at, at + PIECE_BYTES);
}

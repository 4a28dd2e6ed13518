// Owns what has to be known of the machine to read the figures: processors, how busy it was, and how fast its disk
// makes a write durable, which no program that keeps its word can outrun.

import { accessSync, constants } from 'node:fs';
import { open, rm, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';

const TMPFS = 0x01021994; // statfs(2)
const RECORD_BYTES = 12 * 1024;
const FSYNC_SECONDS = 0.5;

export function machineLines(dir: string): string[] {
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  return [
    `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown kind'}, ${gigabytes} GB, Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 16)}Z`,
    `data in ${dir}`,
  ];
}

/** The load average of the last minute: above a few tenths at the start, others are at work and figures are lower. */
export function loadLine(): string {
  return `load of the last minute: ${(loadavg()[0] ?? 0).toFixed(2)}`;
}

/** A disk in memory makes everything durable at once: what is measured there says nothing. */
export async function isInMemory(dir: string): Promise<boolean> {
  return (await statfs(dir)).type === TMPFS;
}

/** How many records of 12 KB this disk makes durable one after the other, a second. */
export async function fsyncRate(dir: string): Promise<number> {
  const path = join(dir, 'fsync-probe');
  const file = await open(path, 'w');
  const record = Buffer.alloc(RECORD_BYTES, 7);
  const start = performance.now();
  let count = 0;
  try {
    while (performance.now() - start < FSYNC_SECONDS * 1000) {
      await file.write(record);
      await file.datasync();
      count += 1;
    }
  } finally {
    await file.close();
    await rm(path);
  }
  return count / ((performance.now() - start) / 1000);
}

/** Those of the commands that are not installed. */
export function missing(commands: readonly string[]): string[] {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return commands.filter((command) => !folders.some((folder) => isExecutable(join(folder, command))));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

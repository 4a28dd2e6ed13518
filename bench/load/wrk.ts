// Owns the load of web requests: wrk, which keeps its connections and asks again as soon as it is answered.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface WebLoad {
  readonly url: string;
  readonly seconds: number;
  readonly connections?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Lua for wrk: `request` and `delay` may be defined. */
  readonly script?: string;
  /** A folder for the script. */
  readonly dir: string;
}

export interface WebFigures {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

// Its own output gives quantiles in three digits and units by size; this gives them all in microseconds.
const REPORT = `
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("BENCH %d %d %f %f %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
`;

/** @throws Error when a single answer was no 2xx or 3xx, or none came. */
export async function loadWeb(load: WebLoad): Promise<WebFigures> {
  const script = join(load.dir, 'load.lua');
  await writeFile(script, `${load.script ?? ''}\n${REPORT}`);
  const headers = Object.entries(load.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const args = ['-t', '1', '-c', `${load.connections ?? 10}`, '-d', `${load.seconds}s`, '-s', script];
  const { stdout } = await promisify(execFile)('wrk', [...args, ...headers, load.url]);
  const [, requests, durationUs, p50Us, p99Us, errors] = (
    /^BENCH (\S+) (\S+) (\S+) (\S+) (\S+)$/m.exec(stdout) ?? []
  ).map(Number);
  if (requests === undefined || durationUs === undefined || p50Us === undefined || p99Us === undefined) {
    throw new Error(`wrk said nothing:\n${stdout}`);
  }
  if (errors !== 0) throw new Error(`${errors} requests failed:\n${stdout}`);
  return { requests, perSecond: requests / (durationUs / 1e6), p50Ms: p50Us / 1000, p99Ms: p99Us / 1000 };
}

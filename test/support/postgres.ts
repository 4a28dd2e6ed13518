// Owns a private PostgreSQL for tests: a real server on loopback with its own folder, gone without a trace when the
// test is over. It can be stopped, hard or gently, and started again on the same data.

import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';

export interface Postgres {
  /** Of the server's own database, for whoever makes more. */
  readonly url: string;
  /** Makes an empty database. @returns its URL. */
  newDatabase(): Promise<string>;
  /** immediate: as if its power went. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Starts it again after `stop`, on the same port. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  close(): Promise<void>;
}

/** Names, in the environment, a server that all files of a run share, so that none has to make its own. */
export const SHARED_POSTGRES = 'TEST_SHARED_POSTGRES';

const VERSIONS = '/usr/lib/postgresql';
const START_WAIT_MS = 30_000;

/** Why PostgreSQL cannot run here, or undefined when it can: for the one loud line of a skipped test. */
export function postgresMissing(): string | undefined {
  return binaries() === undefined ? 'SKIPPED: PostgreSQL is not installed (apt-get install postgresql)' : undefined;
}

/** `durable`: commits reach the disk, for tests that stop it hard. */
export async function startPostgres({ durable = false } = {}): Promise<Postgres> {
  const bin = binaries();
  if (bin === undefined) throw new Error(postgresMissing());
  const dir = mkdtempSync(join(tmpdir(), 'sealpost-postgres-'));
  const account = accountFor(dir);
  const data = join(dir, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...account,
    stdio: 'ignore',
  });
  const port = await freePort();
  const urlOf = (name: string): string => `postgres://postgres@127.0.0.1:${port}/${name}`;
  let databases = 0;
  let server = await run();

  async function run(): Promise<ReturnType<typeof spawn>> {
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${dir}`,
      'max_connections=400',
    ];
    if (!durable) settings.push('fsync=off');
    const child = spawn(join(bin ?? '', 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
      ...account,
      cwd: dir,
      stdio: 'ignore',
    });
    for (let waitedMs = 0; ; waitedMs += 50) {
      if (await answers(urlOf('postgres'))) return child;
      if (child.exitCode !== null || waitedMs > START_WAIT_MS) throw new Error('PostgreSQL did not start');
      await pause(50);
    }
  }

  async function stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    if (server.exitCode !== null) return;
    const gone = once(server, 'exit');
    server.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await gone;
  }

  return {
    url: urlOf('postgres'),
    newDatabase: () => databaseNamed(urlOf('postgres'), `sealpost_${++databases}`),
    stop,
    start: async () => {
      server = await run();
    },
    close: async () => {
      await stop('immediate');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/**
 * A server for whoever needs databases alone, neither stops it nor asks how it is set: that of the run, or its own. What was
 * made on the first is dropped when it is closed.
 */
export async function borrowPostgres(): Promise<Pick<Postgres, 'newDatabase' | 'close'>> {
  const url = process.env[SHARED_POSTGRES];
  if (url === undefined) return startPostgres();
  const names: string[] = [];
  return {
    newDatabase: () => {
      const name = `sealpost_${randomUUID()}`;
      names.push(name);
      return databaseNamed(url, name);
    },
    close: async () => {
      for (const name of names) await ask(url, `drop database "${name}" with (force)`);
    },
  };
}

/** Makes this database on the server unless it is there. @returns its URL. */
export async function databaseNamed(serverUrl: string, name: string): Promise<string> {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  try {
    await ask(serverUrl, `create database "${name}"`);
  } catch (error) {
    const there = error instanceof Error && 'code' in error && error.code === '42P04'; // duplicate_database
    if (!there) throw error;
  }
  return url.href;
}

async function answers(url: string): Promise<boolean> {
  try {
    await ask(url, 'select 1');
    return true;
  } catch {
    return false;
  }
}

async function ask(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function binaries(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  const newest = readdirSync(VERSIONS)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(VERSIONS, version, 'bin'));
  return newest.find((bin) => existsSync(join(bin, 'initdb')));
}

/** PostgreSQL refuses to run as root. */
function accountFor(dir: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [, , uid, gid] =
    readFileSync('/etc/passwd', 'utf8')
      .match(/^postgres:.*$/m)?.[0]
      .split(':') ?? [];
  const account = { uid: Number(uid), gid: Number(gid) };
  chownSync(dir, account.uid, account.gid);
  return account;
}

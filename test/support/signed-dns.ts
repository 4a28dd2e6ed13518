// Owns a signed zone and a resolver that validates it, for tests: nsd serves what ldns signed, unbound checks it. The zones are
// made on the spot; nothing of the machine's own DNS is touched or asked.

import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { accessSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import packet from 'dns-packet';
import { freePort } from './free-port.ts';

export interface SignedDns {
  /** Where the resolver listens, on 127.0.0.1. */
  readonly port: number;
  stop(): Promise<void>;
}

export interface Zone {
  readonly name: string;
  /** Lines of a zone file, without SOA and NS. */
  readonly records: readonly string[];
  /** signed: as it should be. unsigned: without signatures and without a DS. bogus: changed after it was signed. */
  readonly state: 'signed' | 'unsigned' | 'bogus';
}

const PROGRAMS = ['/usr/sbin/nsd', '/usr/sbin/unbound', '/usr/bin/ldns-signzone', '/usr/bin/ldns-keygen'];

/** Why it cannot run here, or undefined when it can: for the one loud line of a skipped test. */
export function signedDnsMissing(): string | undefined {
  for (const program of PROGRAMS) {
    try {
      accessSync(program);
    } catch {
      return `SKIPPED: ${program} is not installed (apt-get install unbound nsd ldnsutils)`;
    }
  }
  return undefined;
}

/** @throws Error with what they said when they do not answer within ten seconds. */
export async function startSignedDns(zones: readonly Zone[]): Promise<SignedDns> {
  const dir = mkdtempSync(join(tmpdir(), 'sealpost-dns-'));
  chmodSync(dir, 0o755);
  const [authority, port] = [await freePort(), await freePort()];
  const anchors = zones.flatMap((zone) => writeZone(dir, zone));
  writeFileSync(join(dir, 'anchors'), anchors.join(''));
  writeFileSync(join(dir, 'nsd.conf'), nsdConf(dir, authority, zones));
  writeFileSync(join(dir, 'unbound.conf'), unboundConf(dir, port, authority, zones));
  const running = [
    spawn('/usr/sbin/nsd', ['-d', '-c', join(dir, 'nsd.conf')], { stdio: ['ignore', 'ignore', 'pipe'] }),
    spawn('/usr/sbin/unbound', ['-d', '-c', join(dir, 'unbound.conf')], { stdio: ['ignore', 'ignore', 'pipe'] }),
  ];
  let said = '';
  for (const one of running) one.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const end = (): void => running.forEach((one) => void one.kill());
  process.once('exit', end);
  const stop = async (): Promise<void> => {
    process.off('exit', end);
    await Promise.all(running.map(ended));
    rmSync(dir, { recursive: true, force: true });
  };
  const [first] = zones;
  for (let tries = 0; first !== undefined && !(await answers(port, first.name)); tries += 1) {
    if (tries < 50) {
      await pause(200);
      continue;
    }
    await stop();
    throw new Error(`the resolver does not answer:\n${said.slice(-4_000)}`);
  }
  return { port, stop };
}

/** @returns the trust anchors. */
function writeZone(dir: string, { name, records, state }: Zone): string[] {
  const file = join(dir, `${name}.zone`);
  const head = [
    `$ORIGIN ${name}.`,
    '$TTL 60',
    `@ IN SOA ns.${name}. host.${name}. 1 3600 600 86400 60`,
    `@ IN NS ns.${name}.`,
    'ns IN A 127.0.0.1',
  ];
  writeFileSync(file, `${[...head, ...records].join('\n')}\n`);
  if (state === 'unsigned') return [];
  const key = execFileSync('/usr/bin/ldns-keygen', ['-k', '-a', 'ECDSAP256SHA256', name], { cwd: dir })
    .toString()
    .trim();
  execFileSync('/usr/bin/ldns-signzone', ['-f', file, file, join(dir, key)], { cwd: dir });
  if (state === 'bogus') {
    // The address is changed under its signature, as somebody on the way would.
    const signed = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      signed.replace(/(\sMX\s+10 )\S+/, '$1elsewhere.example.').replace(/(\sTLSA\s+3 1 1 )\S+/, `$1${'00'.repeat(32)}`),
    );
  }
  return [readFileSync(join(dir, `${key}.key`), 'utf8')];
}

function nsdConf(dir: string, port: number, zones: readonly Zone[]): string {
  return [
    'server:',
    `  ip-address: 127.0.0.1@${port}`,
    '  username: ""',
    `  zonesdir: "${dir}"`,
    `  pidfile: "${join(dir, 'nsd.pid')}"`,
    `  xfrdfile: "${join(dir, 'xfrd.state')}"`,
    `  zonelistfile: "${join(dir, 'zone.list')}"`,
    '  database: ""',
    '  server-count: 1',
    'remote-control:',
    '  control-enable: no',
    ...zones.flatMap(({ name }) => ['zone:', `  name: ${name}`, `  zonefile: ${name}.zone`]),
    '',
  ].join('\n');
}

function unboundConf(dir: string, port: number, authority: number, zones: readonly Zone[]): string {
  return [
    'server:',
    '  interface: 127.0.0.1',
    `  port: ${port}`,
    '  do-ip6: no',
    '  username: ""',
    '  chroot: ""',
    `  directory: "${dir}"`,
    `  pidfile: "${join(dir, 'unbound.pid')}"`,
    '  use-syslog: no',
    '  module-config: "validator iterator"',
    `  trust-anchor-file: "${join(dir, 'anchors')}"`,
    '  do-not-query-localhost: no',
    '  qname-minimisation: no',
    ...zones.map(({ name }) => `  local-zone: "${name}." nodefault`),
    // What is not signed here has no root above it that could say so.
    ...zones.filter(({ state }) => state === 'unsigned').map(({ name }) => `  domain-insecure: "${name}."`),
    'remote-control:',
    '  control-enable: no',
    ...zones.flatMap(({ name }) => ['stub-zone:', `  name: "${name}."`, `  stub-addr: 127.0.0.1@${authority}`]),
    '',
  ].join('\n');
}

function answers(port: number, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const settle = (answered: boolean): void => {
      clearTimeout(timer);
      socket.removeAllListeners().close();
      resolve(answered);
    };
    const timer = setTimeout(() => settle(false), 300);
    socket.on('error', () => settle(false));
    socket.on('message', (message) => settle((packet.decode(message).answers ?? []).length > 0));
    const question = packet.encode({
      type: 'query',
      id: 1,
      flags: packet.RECURSION_DESIRED,
      questions: [{ type: 'SOA', name }],
    });
    socket.send(question, port, '127.0.0.1');
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill();
  await gone;
}

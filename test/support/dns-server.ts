// Owns a resolver for tests that answers from a list and says of each name whether its answer is signed. What it says of
// signatures is its own claim, as the AD bit is to whoever believes it; real ones are proved with unbound.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import packet from 'dns-packet';
import type { Answer } from 'dns-packet';

export interface TestName {
  readonly mx?: readonly (readonly [priority: number, exchange: string])[];
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly txt?: readonly string[];
  readonly tlsa?: readonly (readonly [usage: number, selector: number, matching: number, data: Buffer])[];
  /** Signed, and found to be right. */
  readonly secure?: boolean;
  /** broken: refused because of its signatures. silent: there is no answer. */
  readonly fails?: 'broken' | 'silent';
}

export interface TestDns {
  readonly port: number;
  /** By name, in lower case; may be changed at any time. */
  readonly names: Map<string, TestName>;
  /** "MX example.net" for each question. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startDns(names: Readonly<Record<string, TestName>> = {}): Promise<TestDns> {
  const zone = new Map(Object.entries(names));
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const query = packet.decode(message);
    const [question] = query.questions ?? [];
    if (question === undefined) return;
    const { name, type } = question;
    asked.push(`${type} ${name}`);
    const entry = zone.get(name.toLowerCase());
    if (entry?.fails === 'silent') return;
    const answers = entry === undefined ? [] : answersOf(entry, name, type);
    const isRefused = entry?.fails === 'broken' && !query.flag_cd;
    const rcode = isRefused ? SERVFAIL : entry === undefined ? NXDOMAIN : 0;
    socket.send(
      packet.encode({
        type: 'response',
        id: query.id ?? 0,
        flags: packet.RECURSION_AVAILABLE | (entry?.secure === true ? packet.AUTHENTIC_DATA : 0) | rcode,
        questions: [question],
        answers: isRefused ? [] : answers,
      }),
      port,
      address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    names: zone,
    asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

const SERVFAIL = 2;
const NXDOMAIN = 3;

function answersOf(
  { mx = [], a = [], aaaa = [], txt = [], tlsa = [] }: TestName,
  name: string,
  type: string,
): Answer[] {
  const common = { name, ttl: 60 };
  switch (type) {
    case 'MX':
      return mx.map(([preference, exchange]) => ({ ...common, type: 'MX', data: { preference, exchange } }));
    case 'A':
      return a.map((data) => ({ ...common, type: 'A', data }));
    case 'AAAA':
      return aaaa.map((data) => ({ ...common, type: 'AAAA', data }));
    case 'TXT':
      // RFC 1035 section 3.3: in pieces of 255 bytes.
      return txt.map((data) => ({ ...common, type: 'TXT', data: data.match(/.{1,255}/gs) ?? '' }));
    case 'TLSA':
      return tlsa.map(([usage, selector, matchingType, certificate]) => ({
        ...common,
        type: 'TLSA',
        data: { usage, selector, matchingType, certificate },
      }));
    default:
      return [];
  }
}

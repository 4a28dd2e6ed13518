// Owns asking a resolver that validates (DNSSEC) and telling signed answers from others by its AD bit. The only file that
// knows dns-packet. The bit is believed, so the resolver has to be on this machine or a network that is trusted.

import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import packet from 'dns-packet';
import type { Answer, DecodedPacket } from 'dns-packet';
import { randomBytes } from '../crypto/random.ts';
import { both } from './dns.ts';
import type { Dns, Found } from './dns.ts';

export interface ResolverPlace {
  readonly host: string;
  readonly port: number;
}

type Kind = 'A' | 'AAAA' | 'MX' | 'TXT' | 'TLSA';

const TRY_MS = 2_500;
const TRIES = 2;
const UDP_BYTES = 1_232;

export function validatingDns(place: ResolverPlace): Dns {
  const ask = async <T>(name: string, kind: Kind, pick: (answer: Answer) => readonly T[]): Promise<Found<T>> => {
    const reply = await lookUp(place, name, kind, false);
    if (reply === undefined) return { kind: 'failed' };
    if (reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN') {
      const records = (reply.answers ?? []).flatMap((answer) => (answer.type === kind ? pick(answer) : []));
      const secure = reply.flag_ad;
      return records.length === 0 ? { kind: 'none', secure } : { kind: 'found', records, secure };
    }
    if (reply.rcode !== 'SERVFAIL') return { kind: 'failed' };
    // RFC 4035 section 3.2.2: with checking disabled it hands out what it refused to vouch for.
    const unchecked = await lookUp(place, name, kind, true);
    return unchecked?.rcode === 'NOERROR' || unchecked?.rcode === 'NXDOMAIN' ? { kind: 'bogus' } : { kind: 'failed' };
  };
  return {
    validates: true,
    mx: (domain) =>
      ask(domain, 'MX', (answer) =>
        answer.type === 'MX' ? [{ exchange: plain(answer.data.exchange), priority: answer.data.preference ?? 0 }] : [],
      ),
    txt: (name) => ask(name, 'TXT', (answer) => (answer.type === 'TXT' ? [textOf(answer.data)] : [])),
    addresses: async (host) => {
      const pick = (answer: Answer): string[] => (answer.type === 'A' || answer.type === 'AAAA' ? [answer.data] : []);
      const [six, four] = await Promise.all([ask(host, 'AAAA', pick), ask(host, 'A', pick)]);
      return both(six, four);
    },
    tlsa: (name) =>
      ask(name, 'TLSA', (answer) => {
        if (answer.type !== 'TLSA') return [];
        const { usage, selector, matchingType, certificate } = answer.data;
        return [{ usage, selector, matching: matchingType, data: certificate }];
      }),
  };
}

type Reply = DecodedPacket & { readonly rcode?: string };

async function lookUp(place: ResolverPlace, name: string, kind: Kind, unchecked: boolean): Promise<Reply | undefined> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const id = randomBytes(2).readUInt16BE();
    const flags = packet.RECURSION_DESIRED | packet.AUTHENTIC_DATA | (unchecked ? packet.CHECKING_DISABLED : 0);
    const question = packet.encode({
      type: 'query',
      id,
      flags,
      questions: [{ type: kind, name }],
      additionals: [
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: UDP_BYTES,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options: [],
        },
      ],
    });
    const isAnswer = (reply: Reply): boolean =>
      reply.id === id && reply.type === 'response' && asksFor(reply, name, kind);
    const reply = await overUdp(place, question, isAnswer);
    if (reply === undefined) continue;
    if (!reply.flag_tc) return reply;
    const whole = await overTcp(place, question, isAnswer);
    if (whole !== undefined) return whole;
  }
  return undefined;
}

function asksFor({ questions = [] }: Reply, name: string, kind: Kind): boolean {
  const [first] = questions;
  return questions.length === 1 && first?.type === kind && plain(first.name) === plain(name);
}

function overUdp({ host, port }: ResolverPlace, question: Buffer, isAnswer: IsAnswer): Promise<Reply | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const settle = (reply: Reply | undefined): void => {
      clearTimeout(timer);
      socket.removeAllListeners('message').close();
      resolve(reply);
    };
    const timer = setTimeout(() => settle(undefined), TRY_MS);
    // A failure of the socket is known by the silence that follows.
    socket.on('error', () => undefined);
    socket.on('message', (message) => {
      const reply = decoded(message);
      if (reply !== undefined && isAnswer(reply)) settle(reply);
    });
    // Connected, so that nobody else's datagrams are heard.
    socket.connect(port, host, () => socket.send(question));
  });
}

function overTcp({ host, port }: ResolverPlace, question: Buffer, isAnswer: IsAnswer): Promise<Reply | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let got = Buffer.alloc(0);
    const settle = (reply: Reply | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reply);
    };
    const timer = setTimeout(() => settle(undefined), TRY_MS);
    socket.on('error', () => settle(undefined)).on('close', () => settle(undefined));
    socket.on('connect', () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(question.length);
      socket.write(Buffer.concat([length, question]));
    });
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (got.length < 2 || got.length < 2 + got.readUInt16BE()) return;
      const reply = decoded(got.subarray(2, 2 + got.readUInt16BE()));
      settle(reply !== undefined && isAnswer(reply) ? reply : undefined);
    });
  });
}

type IsAnswer = (reply: Reply) => boolean;

/** Undefined for what is no DNS message: it comes from outside, and the library throws at it. */
function decoded(message: Buffer): Reply | undefined {
  try {
    return packet.decode(message);
  } catch {
    return undefined;
  }
}

function textOf(data: string | Buffer | (string | Buffer)[]): string {
  return [data].flat().map(String).join('');
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

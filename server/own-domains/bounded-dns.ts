// Owns the limits of one look at the DNS: so many questions, so much time, each question once. Past them everything is unknown.

import type { Dns, Found } from '../delivery/dns.ts';

export interface DnsLimits {
  readonly questionsMax: number;
  readonly withinMs: number;
}

export function boundedDns(dns: Dns, { questionsMax, withinMs }: DnsLimits): Dns {
  const asked = new Map<string, Promise<unknown>>();
  const signal = AbortSignal.timeout(withinMs);
  const over = new Promise<{ readonly kind: 'failed' }>((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'failed' }));
  });
  const once = <T>(name: keyof Dns, ask: (of: string) => Promise<Found<T>>) => {
    return (of: string): Promise<Found<T>> => {
      const key = `${name} ${of.toLowerCase()}`;
      const known = asked.get(key);
      if (known !== undefined) return known as Promise<Found<T>>; // the key names the question, and so what answers it
      // What a stranger's record names may be no name at all, and libraries throw at that.
      if (!NAME.test(of)) return Promise.resolve({ kind: 'none', secure: false });
      if (signal.aborted || asked.size >= questionsMax) return Promise.resolve({ kind: 'failed' });
      const answer = Promise.race<Found<T>>([ask(of), over]);
      asked.set(key, answer);
      return answer;
    };
  };
  return {
    validates: dns.validates,
    mx: once('mx', dns.mx),
    txt: once('txt', dns.txt),
    addresses: once('addresses', dns.addresses),
    tlsa: once('tlsa', dns.tlsa),
  };
}

const NAME =
  /^(?=.{1,253}\.?$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/i;

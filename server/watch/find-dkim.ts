// Owns finding out whether the DNS has the record of the key that signs our mail. It is asked seldom; what the DNS does not answer
// says nothing.

import type { Finding } from '../alerts/alert.ts';
import { MINUTE_MS } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { publicDkimKey } from '../crypto/dkim-key.ts';
import type { Dns } from '../delivery/dns.ts';
import type { Finder } from './watcher.ts';

export interface DkimDeps {
  readonly clock: Clock;
  readonly dns: Pick<Dns, 'txt'>;
  readonly dkim: { readonly domain: string; readonly selector: string; readonly privateKeyPem: string };
}

const ASKED_EVERY_MS = 30 * MINUTE_MS;

export function findDkim({ clock, dns, dkim }: DkimDeps): Finder {
  const name = `${dkim.selector}._domainkey.${dkim.domain}`;
  const keys = Object.values(publicDkimKey(dkim.privateKeyPem));
  let answer: readonly Finding[] = [];
  let askAtMs = 0;
  return {
    kinds: ['dkim-broken'],
    find: async () => {
      if (clock.nowMs() < askAtMs) return answer;
      const found = await dns.txt(name);
      if (found.kind === 'failed' || found.kind === 'bogus') throw new Error('the DNS does not tell our own record');
      const detail = found.kind === 'none' ? 'is not there' : faultOf(found.records, keys);
      answer = detail === undefined ? [] : [{ kind: 'dkim-broken', about: name, detail }];
      askAtMs = clock.nowMs() + ASKED_EVERY_MS;
      return answer;
    },
  };
}

/** RFC 6376 section 3.6.1. */
function faultOf(records: readonly string[], keys: readonly string[]): string | undefined {
  const published = records.flatMap((record) => {
    const tags = record.split(';').map((tag) => /^\s*([a-z]+)\s*=\s*(.*)$/s.exec(tag));
    const key = tags.find((tag) => tag?.[1] === 'p')?.[2];
    return key === undefined ? [] : key.replace(/\s/g, '');
  });
  if (published.some((key) => keys.includes(key))) return undefined;
  if (published.length === 0) return 'is not there';
  return published.every((key) => key === '') ? 'says that the key is withdrawn' : 'is of another key';
}

// Owns finding out whether the DNS has the record of the key that signs our mail. It is asked seldom; what the DNS does not answer
// says nothing.

import type { Finding } from '../alerts/alert.ts';
import { MINUTE_MS } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { publicDkimKey } from '../crypto/dkim-key.ts';
import type { Dns } from '../delivery/dns.ts';
import { judgeOwnKey } from '../mail/dkim-record.ts';
import type { OwnKeyState } from '../mail/dkim-record.ts';
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
      const detail = faults[judgeOwnKey(found.kind === 'none' ? [] : found.records, keys)];
      answer = detail === undefined ? [] : [{ kind: 'dkim-broken', about: name, detail }];
      askAtMs = clock.nowMs() + ASKED_EVERY_MS;
      return answer;
    },
  };
}

/** A trial is what somebody asked for; the page of the domains says it. */
const faults: Readonly<Record<OwnKeyState, string | undefined>> = {
  published: undefined,
  trial: undefined,
  missing: 'is not there',
  several: 'stands there more than once',
  unreadable: 'cannot be read',
  withdrawn: 'says that the key is withdrawn',
  another: 'is of another key',
  limited: 'limits the key to what our signatures are not',
};

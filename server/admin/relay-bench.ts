// Owns trying a relay for somebody who may: what is asked for is checked as a start would check it, counted, tried with one mail,
// and written into the audit log. Page and API come here. A password is used for that one dialogue and is part of nothing that
// is returned or kept.

import { appendAudit } from '../audit/audit.store.ts';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { HOUR_MS } from '../core/clock.ts';
import { charge } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import type { Site } from '../http/site.ts';
import type { RelayTrial } from '../mail/courier-trial.ts';
import type { RelayFields } from '../render/page-models/setup.ts';
import type { TypedSettings } from './setup.routes.ts';

export type RelayTls = 'verified' | 'required' | 'opportunistic';

export interface RelayAsk extends RelayFields {
  readonly security: 'starttls' | 'tls';
  readonly tls: RelayTls;
  readonly password: string;
}

export interface RelayToTry {
  readonly url: string;
  readonly tls: RelayTls;
  readonly from: Address;
  readonly to: Address;
}

export interface TriedBy {
  /** An address, or the id of a key. */
  readonly actor: string;
  readonly network: string | undefined;
}

export interface RelayBench {
  /** @returns what came of it, or in words why it cannot be tried. Throws request/too-many. */
  tryOut(ask: RelayAsk, by: TriedBy): Promise<RelayTrial | { readonly problems: readonly string[] }>;
}

export interface RelayBenchDeps {
  readonly site: Pick<Site, 'db' | 'keyring' | 'clock' | 'vault'>;
  readonly typed: TypedSettings;
  /** Sends the test mail by that relay, once. */
  readonly send: (relay: RelayToTry) => Promise<RelayTrial>;
}

/** Each is a mail to anybody by any server, so no more than somebody needs who is setting up. */
const trialsPerPerson: Limit = { name: 'relay trials per person', most: 20, windowMs: HOUR_MS };

export function bindRelayBench({ site, typed, send }: RelayBenchDeps): RelayBench {
  return {
    tryOut: async (ask, { actor, network }) => {
      const url = urlOf(ask);
      const [from, to] = [parseAddress(ask.from), parseAddress(ask.to)];
      const problems = [
        ...(ask.host === '' ? ['Name the host of the relay, such as smtp.example.com.'] : []),
        ...(ask.host === ''
          ? []
          : typed
              .faults({ RELAY_URL: url, RELAY_TLS: ask.tls })
              .map(({ setting, expected }) => `${setting}: expected ${expected}.`)),
        ...(from === undefined ? ['The author is no mail address.'] : []),
        ...(to === undefined ? ['The recipient is no mail address.'] : []),
      ];
      if (from === undefined || to === undefined || problems.length > 0) return { problems };
      await charge(site, trialsPerPerson, actor);
      const trial = await send({ url, tls: ask.tls, from, to });
      await inTransaction(site.db, (tx) =>
        appendAudit(site.vault, tx, {
          event: 'relay-tried',
          details: {
            actor,
            ...(network === undefined ? {} : { network }),
            relay: `${ask.host}:${ask.port}`,
            outcome: trial.failedAt === undefined ? 'taken' : [trial.failedAt, trial.code].filter(Boolean).join(' '),
          },
        }),
      );
      return trial;
    },
  };
}

/** With the port that is usual where none is named. */
export function withPort<T extends Pick<RelayFields, 'port' | 'security'>>(ask: T): T {
  return ask.port === '' ? { ...ask, port: ask.security === 'tls' ? '465' : '587' } : ask;
}

/** What cannot be an address becomes one that is refused. */
function urlOf({ host, port, security, user, password }: RelayAsk): string {
  const login = user === '' && password === '' ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`;
  const isPlain = /^[a-z0-9._-]+$|^\[?[0-9a-f:.]+\]?$/.test(host) && /^\d{1,5}$/.test(port);
  const named = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return isPlain ? `${security === 'tls' ? 'smtps' : 'smtp'}://${login}${named}:${port}` : 'smtp://';
}

// Owns our own domains' MTA-STS policies as administrators change them, and finding the one that a host is asked for. A save is a
// version, and whoever started from an older one is told.

import type { z } from 'zod';
import { AppError } from '../core/errors.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { ConnectorDeps } from './connectors.store.ts';
import { STS_LABEL, ownPolicySchema } from './own-sts.ts';
import type { OwnPolicy } from './own-sts.ts';
import { insertOwnSts, loadOwnSts, newestOwnSts } from './own-sts.store.ts';
import type { OwnStsList } from './own-sts.store.ts';

export interface OwnPoliciesDeps {
  readonly db: Db;
  readonly vault: ConnectorDeps;
  readonly orgDomains: readonly string[];
}

export interface OwnPolicyChange {
  readonly domain: string;
  /** Undefined: the domain has none any more. */
  readonly value: unknown;
  readonly basedOn: number;
  /** Written in the same transaction. */
  readonly audit: (tx: Tx, details: Record<string, string | number>) => Promise<void>;
}

export interface OwnPolicies {
  newest(): Promise<OwnStsList>;
  /** Undefined: the host is not one that has such a file. */
  domainOfHost(host: string): string | undefined;
  of(domain: string): Promise<OwnPolicy | undefined>;
  /** Throws request/malformed, and request/outdated when `basedOn` is not the newest version any more. */
  save(change: OwnPolicyChange): Promise<OwnStsList>;
}

export function bindOwnPolicies({ db, vault, orgDomains }: OwnPoliciesDeps): OwnPolicies {
  // Opened once a version.
  let known: OwnStsList | undefined;

  async function newest(): Promise<OwnStsList> {
    if (known?.version !== (await newestOwnSts(db))) known = await loadOwnSts(vault.keyring, db);
    return known;
  }

  return {
    newest,
    domainOfHost: (host) => orgDomains.find((domain) => host === `${STS_LABEL}.${domain}`),
    of: async (domain) => (await newest()).policies.find((one) => one.domain === domain),
    save: async ({ domain, value, basedOn, audit }) => {
      if (!orgDomains.includes(domain)) {
        throw new AppError('request/malformed', `${domain} is not one of the organisation’s domains, see ORG_DOMAINS.`);
      }
      const before = await newest();
      if (before.version !== basedOn) throw outdated();
      const others = before.policies.filter((one) => one.domain !== domain);
      const policies = value === undefined ? others : [...others, readPolicy({ ...asObject(value), domain })];
      const version = await inTransaction(db, async (tx) => {
        const made = await insertOwnSts(vault, tx, basedOn, policies);
        if (made === undefined) throw outdated();
        const mode = policies.find((one) => one.domain === domain)?.mode ?? 'off';
        await audit(tx, { domain, mode, from: basedOn, to: made });
        return made;
      });
      return { version, policies };
    },
  };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function readPolicy(value: unknown): OwnPolicy {
  const parsed = ownPolicySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw malformed(parsed.error.issues);
}

const FIELD_WORDS: Readonly<Record<string, string>> = {
  domain: 'The domain',
  mode: 'The mode',
  mx: 'The list of servers',
  maxAgeSeconds: 'The time for which it holds',
};

function malformed([issue]: readonly z.core.$ZodIssue[]): AppError {
  const [field, n] = issue?.path ?? [];
  const what = FIELD_WORDS[String(field)] ?? 'The policy';
  const which = typeof n === 'number' ? `: its line ${n + 1}` : '';
  const says = issue?.code === 'custom' ? issue.message : 'is not of the form it should have';
  return new AppError('request/malformed', `${what}${which} ${says}.`);
}

function outdated(): AppError {
  return new AppError(
    'request/outdated',
    'Somebody changed the policies meanwhile. Look at them again, and make your change on top.',
  );
}

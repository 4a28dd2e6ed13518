// Owns the decision to which hosts a domain's mail goes directly, what each has to prove, and why. Pure. Where evidence asks
// for something, nothing here lets less through: a host that cannot be judged is left out.

import type { TlsaRecord } from '../crypto/server-certificate.ts';
import type { DirectHost } from '../mail/courier-direct.ts';
import type { TlsDemand } from '../mail/tls-demand.ts';
import { demandOf } from './connector.ts';
import type { Connector } from './connector.ts';
import { matchesMx } from './mta-sts.ts';
import type { StsPolicy } from './mta-sts.ts';
import type { StsFault } from './fetch-sts.ts';

/** Who says what the host has to prove. */
export type Evidence = 'connector' | 'rule' | 'dane' | 'mta-sts';

export interface PlannedHost extends DirectHost {
  readonly evidence: Evidence | undefined;
}

export interface MxHost {
  /** Lower case, without its last dot. */
  readonly host: string;
  readonly port: number;
  /** Undefined: looked up when it is connected to. */
  readonly addresses: readonly string[] | undefined;
}

export type MxFinding =
  | {
      readonly kind: 'hosts';
      readonly hosts: readonly MxHost[];
      readonly secure: boolean;
      readonly notes: readonly string[];
    }
  /** It takes no mail, or does not exist. */
  | { readonly kind: 'none' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'bogus' };

export type TlsaFinding =
  | { readonly kind: 'records'; readonly records: readonly TlsaRecord[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'bogus' };

export type StsFinding =
  | {
      readonly kind: 'policy';
      readonly policy: StsPolicy;
      /** A newer one is announced, and cannot be had. */
      readonly fault?: StsFault;
    }
  | { readonly kind: 'none' }
  /** `fault`: one is announced; absent where the DNS does not say. */
  | { readonly kind: 'failed'; readonly fault?: StsFault };

export interface Facts {
  readonly domain: string;
  readonly connector: Connector | undefined;
  readonly mx: MxFinding;
  /** By host; asked only where the MX records are signed. */
  readonly tlsa: ReadonlyMap<string, TlsaFinding>;
  readonly sts: StsFinding;
}

export type Plan =
  | {
      readonly kind: 'route';
      readonly hosts: readonly PlannedHost[];
      /** At least one of them has to prove something. */
      readonly isEvident: boolean;
      /** Evidence may be there, and could not be asked for now. */
      readonly mayFollow: boolean;
      readonly notes: readonly string[];
    }
  /** To be asked again: nothing goes anywhere before. */
  | { readonly kind: 'delay'; readonly notes: readonly string[] }
  /** The domain takes no mail. */
  | { readonly kind: 'nowhere'; readonly notes: readonly string[] };

export function planRoute(facts: Facts): Plan {
  const { mx } = facts;
  if (mx.kind === 'none') return { kind: 'nowhere', notes: ['the domain names no server that takes its mail'] };
  if (mx.kind === 'failed') return { kind: 'delay', notes: ['the DNS does not say where its mail goes'] };
  if (mx.kind === 'bogus') return { kind: 'delay', notes: ['its MX records do not fit their signatures'] };
  const judged = mx.hosts.map((host) => judgeHost(facts, mx.secure, host));
  const hosts = judged.flatMap((one) => ('host' in one ? one : []));
  const notes = [...mx.notes, ...judged.flatMap((one) => ('note' in one ? one.note : [])), ...stsNotes(facts)];
  if (hosts.length === 0) return { kind: 'delay', notes };
  const isLeftOut = judged.some((one) => !('host' in one));
  return {
    kind: 'route',
    hosts,
    isEvident: hosts.some(({ demand }) => demand !== undefined),
    mayFollow: isLeftOut || facts.sts.kind === 'failed',
    notes,
  };
}

type Judged = PlannedHost | { readonly note: string };

function judgeHost({ domain, connector, tlsa, sts }: Facts, isMxSecure: boolean, mx: MxHost): Judged {
  if (connector !== undefined) return { ...mx, demand: demandOf(connector, mx.host), evidence: 'connector' };
  const found: TlsaFinding = isMxSecure ? (tlsa.get(mx.host) ?? { kind: 'failed' }) : { kind: 'none' };
  // RFC 7672 section 2.1.1: what cannot be told apart from an attack delays the mail.
  if (found.kind === 'bogus') return { note: `${mx.host}: its TLSA records do not fit their signatures` };
  if (found.kind === 'failed') return { note: `${mx.host}: the DNS does not say whether it has TLSA records` };
  if (found.kind === 'records') {
    const records = found.records.filter(isUsable);
    // RFC 7672 section 2.2: with records of which none can be used, it has to be TLS, but proves nothing.
    if (records.length === 0) return { note: `${mx.host}: none of its TLSA records can be used for mail` };
    const names = mx.host === domain ? [domain] : [mx.host, domain];
    return { ...mx, demand: { minVersion: 'TLSv1.2', proof: { kind: 'dane', records, names } }, evidence: 'dane' };
  }
  if (sts.kind !== 'policy' || sts.policy.mode !== 'enforce') return { ...mx, demand: undefined, evidence: undefined };
  if (!matchesMx(sts.policy, mx.host)) return { note: `${mx.host}: is not in the domain’s MTA-STS policy` };
  return { ...mx, demand: byAuthority(mx.host), evidence: 'mta-sts' };
}

/** What RFC 8461 section 4.1 asks, and a rule that leads past the portal. */
export function byAuthority(host: string): TlsDemand {
  return { minVersion: 'TLSv1.2', proof: { kind: 'ca', names: [host] } };
}

export function isUsable({ usage, selector, matching, data }: TlsaRecord): boolean {
  const length = matching === 1 ? 32 : matching === 2 ? 64 : undefined;
  return (
    (usage === 2 || usage === 3) &&
    (selector === 0 || selector === 1) &&
    (matching === 0 || matching === 1 || matching === 2) &&
    (length === undefined ? data.length > 0 : data.length === length)
  );
}

function stsNotes({ sts, connector }: Facts): string[] {
  if (connector !== undefined) return [];
  if (sts.kind === 'failed') return ['whether it has an MTA-STS policy cannot be found out now'];
  return sts.kind === 'policy' && sts.policy.mode === 'testing' ? ['its MTA-STS policy is only being tested'] : [];
}

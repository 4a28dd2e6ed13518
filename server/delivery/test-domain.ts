// Owns trying out what a domain's own servers prove: each is connected to, and told in words what it has, what is asked of it and
// why a mail would not go there. Nothing is sent.

import { readCertificate } from '../crypto/server-certificate.ts';
import type { ServerCertificate } from '../crypto/server-certificate.ts';
import type { Probe } from '../mail/courier-probe.ts';
import type { TlsDemand } from '../mail/tls-demand.ts';
import type { Evidence, Plan, PlannedHost } from './plan.ts';

export interface DomainTest {
  readonly domain: string;
  /** A mail would go. */
  readonly goes: boolean;
  /** In one sentence. */
  readonly outcome: string;
  readonly notes: readonly string[];
  readonly hosts: readonly HostTest[];
}

export interface HostTest {
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
  readonly evidence: Evidence | undefined;
  /** What is asked of it, in words. */
  readonly asked: string;
  /** It answered at all. */
  readonly isReached: boolean;
  readonly protocol: string | undefined;
  readonly cipher: string | undefined;
  /** Its own first. */
  readonly chain: readonly ServerCertificate[];
  readonly goes: boolean;
  /** Why a mail would not go there; '' when it would. */
  readonly why: string;
}

export async function testDomain(
  domain: string,
  plan: Plan,
  probe: (host: PlannedHost) => Promise<Probe>,
): Promise<DomainTest> {
  if (plan.kind !== 'route') {
    const outcome = plan.kind === 'delay' ? 'Mail would wait: nobody can say where it may go.' : 'It takes no mail.';
    return { domain, goes: false, outcome, notes: plan.notes, hosts: [] };
  }
  const hosts = await Promise.all(plan.hosts.map(async (host) => tell(host, await probe(host))));
  const goes = hosts.some((host) => host.goes);
  const outcome = goes
    ? 'Mail goes directly, over TLS that is verified.'
    : plan.isEvident
      ? 'No server proves what is asked of it: mail would wait, and then go by the portal.'
      : 'Nothing vouches for its servers: mail goes by the portal.';
  return { domain, goes, outcome, notes: plan.notes, hosts };
}

function tell(
  { host, port, addresses = [], evidence, demand }: PlannedHost,
  { failedAt, peer, isMet }: Probe,
): HostTest {
  const chain = (peer?.chain ?? []).map((der) => readCertificate(der));
  return {
    host,
    port,
    addresses,
    evidence,
    asked: demand === undefined ? 'nothing: no connector, no DANE, no MTA-STS in force' : demandWords(demand),
    isReached: failedAt !== 'CONNECT' && failedAt !== 'GREETING',
    protocol: peer?.protocol,
    cipher: peer?.cipher,
    chain,
    goes: isMet,
    why: isMet ? '' : whyNot(demand, failedAt, peer, chain[0]),
  };
}

export function demandWords({ minVersion, proof, client }: TlsDemand): string {
  const shown = client === undefined ? '' : '; our certificate is shown when it asks';
  return `${minVersion.replace('TLSv', 'TLS ')} or later, ${proofWords(proof)}${shown}`;
}

function proofWords(proof: TlsDemand['proof']): string {
  switch (proof.kind) {
    case 'ca':
    case 'anchor':
      return `a certificate that a trusted authority signed for ${proof.names.join(' or ')}`;
    case 'pin':
      return `one of ${proof.pins.length} pinned keys`;
    case 'dane':
      return `what ${proof.records.length} TLSA records name (${proof.records.map(({ usage, selector, matching }) => `${usage} ${selector} ${matching}`).join(', ')})`;
  }
}

function whyNot(
  demand: TlsDemand | undefined,
  failedAt: Probe['failedAt'],
  peer: Probe['peer'],
  leaf: ServerCertificate | undefined,
): string {
  if (failedAt === 'CONNECT') return 'It cannot be connected to.';
  if (failedAt === 'TLS') return 'It offers no TLS, or the handshake fails.';
  if (failedAt !== undefined || peer === undefined) return `The dialogue ends at ${failedAt ?? 'TLS'}.`;
  if (demand === undefined) return 'Nothing says what it has to prove.';
  if (demand.minVersion === 'TLSv1.3' && peer.protocol !== 'TLSv1.3')
    return `It speaks ${peer.protocol} and not TLS 1.3.`;
  if (demand.proof.kind === 'pin') return `Its key is another: ${leaf?.pin ?? 'there is none'}.`;
  if (demand.proof.kind === 'dane') return 'Its certificate is none that the TLSA records name.';
  return faultWords(peer.fault, leaf);
}

export function faultWords(fault: string | undefined, leaf: ServerCertificate | undefined): string {
  switch (fault) {
    case 'CERT_HAS_EXPIRED':
      return `Its certificate ran out on ${leaf?.until.slice(0, 10) ?? 'an earlier day'}.`;
    case 'CERT_NOT_YET_VALID':
      return `Its certificate holds from ${leaf?.from.slice(0, 10) ?? 'a later day'} only.`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'It signed its certificate itself.';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
      return 'No authority that is trusted signed its certificate, or a part of its chain is missing.';
    default:
      return `Its certificate is not for the name that is asked for; it says ${leaf?.names.join(', ') || 'none'}.`;
  }
}

// Owns finding what comes to its end: certificates for S/MIME without a successor, those by which our own servers prove
// themselves, and the key that seals.

import type { Finding } from '../alerts/alert.ts';
import { DAY_MS, isoNow } from '../core/clock.ts';
import { readCertificate } from '../crypto/server-certificate.ts';
import type { Connectors } from '../delivery/connectors.ts';
import type { Vault } from '../messages/seal.ts';
import type { Db } from '../db/engine.ts';
import { approvedFor } from '../smime/certificates-for.store.ts';
import { listEnding } from '../smime/certificates-due.store.ts';
import { addressesOf, loadCertificate } from '../smime/certificates.store.ts';
import type { StoredCertificate } from '../smime/certificates.store.ts';
import type { Finder } from './watcher.ts';

export interface EndsDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly connectors: Pick<Connectors, 'newest'>;
  /** PEM, of our own SMTP server. */
  readonly ownCertificate: string | undefined;
}

const BEFORE_MS = 30 * DAY_MS;
/** Who has not replaced it by then does not need it. */
const AFTER_MS = 30 * DAY_MS;
// Those who renew by themselves do so 30 days before.
const OWN_BEFORE_MS = 14 * DAY_MS;
const CERTIFICATES_MAX = 100;
// NIST SP 800-57 part 1 section 5.3.6: a key that wraps keys is used for two years at most.
const KEY_DAYS_MAX = 730;

export function findEnds(deps: EndsDeps): readonly Finder[] {
  return [
    { kinds: ['certificate-ending'], find: () => endingCertificates(deps) },
    { kinds: ['own-tls-ending'], find: () => endingOwn(deps) },
    { kinds: ['key-old'], find: async () => oldKey(deps.vault) },
  ];
}

async function endingCertificates({ db, vault }: EndsDeps): Promise<Finding[]> {
  const until = isoNow(vault.clock, BEFORE_MS);
  const ids = await listEnding(db, { from: isoNow(vault.clock, -AFTER_MS), until }, CERTIFICATES_MAX);
  const findings: Finding[] = [];
  for (const id of ids) {
    const certificate = await loadCertificate(vault.keyring, db, id);
    if (certificate === undefined || (await hasSuccessor(db, vault, certificate, until))) continue;
    const { addresses, subject, notAfter } = certificate.facts;
    const detail = `${addresses[0] ?? subject} ${endWords(notAfter, isoNow(vault.clock))}`;
    findings.push({ kind: 'certificate-ending', about: id, detail });
  }
  return findings;
}

async function hasSuccessor(db: Db, vault: Vault, { row, facts }: StoredCertificate, until: string): Promise<boolean> {
  const addresses = addressesOf(facts);
  // Of an authority: only another of the same name would take its place, and nobody looks for one here.
  if (row.role === 'authority' || addresses.length === 0) return false;
  for (const address of addresses) {
    const others = await approvedFor(vault.keyring, db, address, row.role);
    if (!others.some((other) => other.facts.notAfter > until)) return false;
  }
  return true;
}

async function endingOwn({ vault, connectors, ownCertificate }: EndsDeps): Promise<Finding[]> {
  const used = [
    ...(ownCertificate === undefined ? [] : [{ about: 'our SMTP server (SMTP_TLS_CERT_FILE)', pem: ownCertificate }]),
    ...(await connectors.newest()).connectors.flatMap(({ domain, client }) =>
      client === undefined ? [] : [{ about: `the connector for ${domain}`, pem: client.certificate }],
    ),
  ];
  const now = isoNow(vault.clock);
  const soon = isoNow(vault.clock, OWN_BEFORE_MS);
  return used.flatMap(({ about, pem }): Finding[] => {
    const { until } = readCertificate(pem);
    return until > soon ? [] : [{ kind: 'own-tls-ending', about, detail: endWords(until, now) }];
  });
}

function oldKey({ keyring, clock }: Vault): Finding[] {
  const current = keyring.keys().find(({ id }) => id === keyring.currentKeyId);
  if (current === undefined) return [];
  const days = Math.floor((clock.nowMs() - Date.parse(current.createdAt)) / DAY_MS);
  return days < KEY_DAYS_MAX ? [] : [{ kind: 'key-old', about: current.id, detail: `${days} days` }];
}

function endWords(until: string, now: string): string {
  return `${until > now ? 'ends' : 'ended'} on ${until.slice(0, 10)}`;
}

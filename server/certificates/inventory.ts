// Owns the inventory of certificates as administrators keep it: taken in, looked at, approved, refused, removed, each with its line in the
// audit log. One way for the page, the API and the command line. Nothing is used before somebody approved it.

import { AppError } from '../core/errors.ts';
import { isoNow } from '../core/clock.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import { inTransaction } from '../db/engine.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import {
  changeCertificate,
  listCertificates,
  loadCertificate,
  removeCertificate,
} from '../smime/certificates.store.ts';
import type { CertificateCard, CertificateChange, ListAsk, StoredCertificate } from '../smime/certificates.store.ts';
import { faultWords, faultsOf } from '../smime/check-certificate.ts';
import type { CertificateFault } from '../smime/check-certificate.ts';
import { firstTelling } from '../smime/ends.ts';
import type { PublicFetch } from '../smime/fetch-public.ts';
import { renewStanding } from '../smime/standing.ts';
import { takeIn } from './take-in.ts';
import type { TakenIn } from './take-in.ts';

export interface InventoryDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly fetchPublic: PublicFetch;
}

/** Who does it, for the audit log. */
export interface By {
  readonly actor: string;
  readonly network?: string;
}

export interface CheckedCertificate extends StoredCertificate {
  readonly faults: readonly CertificateFault[];
}

export type CertificateSettings = Partial<Pick<CertificateCard, 'cipher' | 'allowsPkcs1' | 'ignoresRevocation'>>;

export interface Inventory {
  /** Takes in what a file holds. Throws request/malformed for what cannot be read. */
  takeIn(file: { readonly bytes: Buffer; readonly password?: string }, by: By): Promise<TakenIn>;
  list(ask: ListAsk): Promise<CheckedCertificate[]>;
  /** Throws request/not-found. */
  get(id: string): Promise<CheckedCertificate>;
  /** Asks its authority first. Throws request/conflict while anything speaks against it. */
  approve(id: string, by: By): Promise<CheckedCertificate>;
  /** It is used no more, and stays known, so that mail does not offer it anew. */
  refuse(id: string, by: By): Promise<CheckedCertificate>;
  set(id: string, settings: CertificateSettings, by: By): Promise<CheckedCertificate>;
  /** For good, with its private key. */
  remove(id: string, by: By): Promise<void>;
}

export function bindInventory(deps: InventoryDeps): Inventory {
  const { db, vault } = deps;
  const { keyring, clock } = vault;

  async function checked(certificate: StoredCertificate | undefined): Promise<CheckedCertificate> {
    if (certificate === undefined) throw noCertificate();
    return { ...certificate, faults: await faultsOf({ db, keyring, clock }, certificate) };
  }

  async function change(
    id: string,
    event: AuditEvent,
    wanted: (now: StoredCertificate) => CertificateChange,
    by: By,
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<CheckedCertificate> {
    const changed = await inTransaction(db, async (tx) => {
      const after = await changeCertificate(vault, tx, id, wanted);
      if (after !== undefined) await note(tx, event, after, by, details);
      return after;
    });
    return checked(changed);
  }

  function note(
    tx: Tx,
    event: AuditEvent,
    { facts, row }: StoredCertificate,
    { actor, network }: By,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const who = { actor, ...(network === undefined ? {} : { network }) };
    const what = { certificate: row.id, fingerprint: facts.fingerprint, role: row.role };
    return appendAudit(vault, tx, { event, details: { ...who, ...what, ...more } });
  }

  return {
    takeIn: (file, by) => takeIn(deps, file, by),
    list: async (ask) => Promise.all((await listCertificates(keyring, db, ask)).map(checked)),
    get: async (id) => checked(await loadCertificate(keyring, db, id)),
    approve: async (id, by) => {
      const found = await loadCertificate(keyring, db, id);
      if (found === undefined) throw noCertificate();
      const asked = (await renewStanding(deps, found)) ?? found;
      const { faults } = await checked(asked);
      if (faults.length > 0) {
        const why = faults.map((fault) => faultWords[fault]).join(' ');
        throw new AppError('request/conflict', `It cannot be approved. ${why}`);
      }
      const decided = { decidedBy: by.actor, decidedAt: isoNow(clock) };
      return change(
        id,
        'certificate-approved',
        (now) => ({ state: 'approved', tellAt: firstTelling(now.facts.notAfter), card: decided }),
        by,
      );
    },
    refuse: (id, by) => {
      const decided = { decidedBy: by.actor, decidedAt: isoNow(clock) };
      return change(
        id,
        'certificate-refused',
        () => ({ state: 'refused', lookAt: null, tellAt: null, card: decided }),
        by,
      );
    },
    set: (id, settings, by) => change(id, 'certificate-changed', () => ({ card: settings }), by, { ...settings }),
    remove: (id, by) =>
      inTransaction(db, async (tx) => {
        const found = await loadCertificate(keyring, tx, id);
        if (found === undefined || !(await removeCertificate(tx, id))) throw noCertificate();
        await note(tx, 'certificate-removed', found, by);
      }),
  };
}

function noCertificate(): AppError {
  return new AppError('request/not-found', 'There is no such certificate.');
}

// Owns what time does to certificates: administrators are told 90, 60 and 30 days before the end of each that is used, and when it has
// ended, once each whatever number of machines looks; and authorities are asked again whether they stand by theirs.

import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { listToLookAt, listToTell } from '../smime/certificates-due.store.ts';
import { changeCertificate, loadCertificate } from '../smime/certificates.store.ts';
import { tellingNow } from '../smime/ends.ts';
import type { PublicFetch } from '../smime/fetch-public.ts';
import { renewStanding } from '../smime/standing.ts';
import type { CertificatePayload } from './certificate.ts';

export interface WatchDeps {
  readonly db: Db;
  readonly vault: Vault;
  /** Whom to tell. */
  readonly listAdmins: (db: Db | Tx) => Promise<readonly Address[]>;
  readonly fetchPublic: PublicFetch;
}

/** @returns how many were looked at, of at most `most`. */
export async function tellOfEnds(deps: WatchDeps, most: number): Promise<number> {
  const { db, vault } = deps;
  const due = await listToTell(db, isoNow(vault.clock), most);
  for (const id of due) await inTransaction(db, (tx) => tellOf(deps, tx, id));
  return due.length;
}

async function tellOf({ vault, listAdmins }: WatchDeps, tx: Tx, id: string): Promise<void> {
  const now = isoNow(vault.clock);
  let days: number | undefined;
  await changeCertificate(vault, tx, id, ({ row, facts }) => {
    // Another machine was here before, or nobody uses it any more.
    if (row.tell_at === null || row.tell_at > now) return undefined;
    if (row.state !== 'approved') return { tellAt: null };
    const telling = tellingNow(facts.notAfter, vault.clock.nowMs());
    days = telling.days;
    return { tellAt: telling.next };
  });
  if (days === undefined) return;
  for (const to of await listAdmins(tx)) {
    const payload: CertificatePayload = { certificate: id, to };
    await enqueue(vault, tx, { kind: 'certificate', payload });
  }
  await appendAudit(vault, tx, { event: 'certificate-end-told', details: { certificate: id, days } });
}

/** At a time; each may wait for somebody else's server. */
const ASKED_MAX = 8;

/** @returns how many were asked about; `most` when there may be others that wait. */
export async function askAuthorities({ db, vault, fetchPublic }: WatchDeps, most: number): Promise<number> {
  const due = await listToLookAt(db, isoNow(vault.clock), Math.min(most, ASKED_MAX));
  await Promise.all(due.map((id) => askOne({ db, vault, fetchPublic }, id)));
  return due.length === ASKED_MAX ? most : due.length;
}

async function askOne({ db, vault, fetchPublic }: Omit<WatchDeps, 'listAdmins'>, id: string): Promise<void> {
  const before = await loadCertificate(vault.keyring, db, id);
  if (before === undefined) return;
  if (before.row.state !== 'approved') {
    // Nobody uses it; who approves it asks anew.
    await inTransaction(db, (tx) => changeCertificate(vault, tx, id, () => ({ lookAt: null })));
    return;
  }
  const after = await renewStanding({ db, vault, fetchPublic }, before);
  if (after?.row.standing !== 'revoked' || before.row.standing === 'revoked') return;
  await inTransaction(db, (tx) =>
    appendAudit(vault, tx, {
      event: 'certificate-revoked',
      details: { certificate: id, fingerprint: after.facts.fingerprint },
    }),
  );
}

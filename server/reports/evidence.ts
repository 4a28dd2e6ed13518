// Owns reading from the running system what a compliance summary rests on: settings in force, counts, keys, the state of the
// audit log. It changes nothing and tells no address.

import { verifyAudit } from '../audit/verify-audit.ts';
import type { AuditVerdict } from '../audit/verify-audit.ts';
import { loadAuditHead } from '../audit/audit-head.store.ts';
import { loadCheckpoint } from '../audit/checkpoints.store.ts';
import type { Address } from '../core/address.ts';
import { DAY_MS, isoTime } from '../core/clock.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Signer } from '../crypto/signing-key.ts';
import type { Db } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import { countDestroyed, countHeldMessages } from '../messages/counts.store.ts';
import { listPasskeys } from '../signin/passkeys.store.ts';
import { hasTotp } from '../signin/totps.store.ts';
import { roles } from '../staff/roles.ts';
import type { Role } from '../staff/roles.ts';
import { loadRoster } from '../staff/staff.store.ts';

/** As the settings have it; handed in, so that no room reads them. */
export interface SettingsInForce {
  readonly tryOut: boolean;
  readonly isHttps: boolean;
  readonly keySource: string;
  readonly blobs: string;
  readonly expiryDaysDefault: number;
  readonly expiryDaysMax: number;
  readonly sessionIdleMinutes: number;
  readonly sessionHours: number;
  readonly passcodeMinutes: number;
  /** Undefined: its entries stay. */
  readonly auditKeepDays: number | undefined;
  readonly hasSyslog: boolean;
  readonly smtpNeedsTls: boolean;
  readonly hasStaffSignOn: boolean;
}

/** As figures/figures.store.ts has it. */
export interface Figure {
  readonly name: string;
  readonly label: string;
  readonly count: number;
}

export interface EvidenceDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly signer: Signer;
  readonly admins: readonly Address[];
  readonly settings: SettingsInForce;
  readonly figures: (sinceDay: string) => Promise<readonly Figure[]>;
  readonly policyVersion: () => Promise<number>;
}

export interface Evidence {
  readonly settings: SettingsInForce;
  readonly days: number;
  readonly messages: number;
  readonly destroyed: number;
  readonly keyId: string;
  readonly keyAgeDays: number;
  readonly staff: Readonly<Record<Role, number>>;
  readonly withSecondFactor: number;
  readonly people: number;
  readonly signIns: number;
  readonly refusedSignIns: number;
  readonly notices: Readonly<Record<'verified' | 'unverified' | 'none', number>>;
  readonly auditEntries: number;
  readonly checkpointAt: string | undefined;
  /** Undefined: too long to be gone through for a report. */
  readonly audit: AuditVerdict | undefined;
  readonly policyVersion: number;
}

const DAYS = 30;
const VERIFIED_MAX = 20_000;

export async function gatherEvidence(deps: EvidenceDeps): Promise<Evidence> {
  const { db, vault, signer, settings } = deps;
  const { keyring, clock } = vault;
  const nowMs = clock.nowMs();
  const head = await loadAuditHead(db);
  const found = await deps.figures(isoTime(nowMs - (DAYS - 1) * DAY_MS).slice(0, 10));
  const sum = (name: string, label?: string): number =>
    found
      .filter((one) => one.name === name && (label === undefined || one.label === label))
      .reduce((total, { count }) => total + count, 0);
  const current = keyring.keys().find(({ isCurrent }) => isCurrent);
  const entries = head?.seq ?? 0;
  return {
    settings,
    days: DAYS,
    messages: await countHeldMessages(db),
    destroyed: await countDestroyed(db),
    keyId: keyring.currentKeyId,
    keyAgeDays: current === undefined ? 0 : Math.floor((nowMs - Date.parse(current.createdAt)) / DAY_MS),
    ...(await peopleOf(deps)),
    signIns: sum('signed-in'),
    refusedSignIns: sum('sign-ins-refused'),
    notices: {
      verified: sum('notices', 'verified'),
      unverified: sum('notices', 'unverified'),
      none: sum('notices', 'none'),
    },
    auditEntries: entries,
    checkpointAt: (await loadCheckpoint(db))?.at,
    audit: entries > VERIFIED_MAX ? undefined : await verifyAudit({ keyring, signer, db }),
    policyVersion: await deps.policyVersion(),
  };
}

async function peopleOf({
  db,
  vault: { keyring },
  admins,
}: EvidenceDeps): Promise<Pick<Evidence, 'staff' | 'withSecondFactor' | 'people'>> {
  const { roster } = await loadRoster(keyring, db);
  const everybody = new Map<string, Role>();
  for (const { address, role } of roster.staff) everybody.set(addressIndex(keyring, address), role);
  for (const address of admins) everybody.set(addressIndex(keyring, address), 'administrator');
  let withSecondFactor = 0;
  for (const index of everybody.keys()) {
    if ((await hasTotp(db, index)) || (await listPasskeys(keyring, db, index)).length > 0) withSecondFactor += 1;
  }
  const held = [...everybody.values()];
  const count = (role: Role): number => held.filter((one) => one === role).length;
  return {
    staff: Object.fromEntries(roles.map((role) => [role, count(role)])) as Record<Role, number>, // every role is in the list
    withSecondFactor,
    people: everybody.size,
  };
}

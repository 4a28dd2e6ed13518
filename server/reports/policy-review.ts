// Owns the quarterly review of the policy: what is there and does nothing, and what is growing old. It reads and changes nothing.

import { listAudit } from '../audit/audit-list.store.ts';
import { DAY_MS, isoTime } from '../core/clock.ts';
import type { Address } from '../core/address.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Db } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import { countByProtection } from '../messages/by-protection.store.ts';
import { parsePolicyDocument } from '../policy/document.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { listApiKeys } from '../signin/api-keys.store.ts';
import { listCertificates } from '../smime/certificates.store.ts';
import { canonicalAddress } from '../core/address.ts';
import { loadRoster } from '../staff/staff.store.ts';
import { roleWords } from '../staff/roles.ts';
import type { Finding, Report, ReportSection } from './report.ts';
import { rulesReviewed } from './rules-reviewed.ts';
import type { RuleDayCount } from './rules-reviewed.ts';
import { namedParts } from '../policy/named-parts.ts';

export interface PolicyReviewDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly rulebook: Rulebook;
  /** How often each rule met a mail since this day. */
  readonly ruleDays: (sinceDay: string) => Promise<readonly RuleDayCount[]>;
  /** ADMINS. */
  readonly admins: readonly Address[];
}

const DAYS = 90;
const KEY_AGE_DAYS_MAX = 365;
const VERSIONS_LOOKED_AT = 500;
const CERTIFICATES_LOOKED_AT = 5_000;
const MESSAGES_LOOKED_AT = 50_000;

export async function policyReview(deps: PolicyReviewDeps): Promise<Report> {
  const { db, vault, rulebook } = deps;
  const nowMs = vault.clock.nowMs();
  const since = isoTime(nowMs - (DAYS - 1) * DAY_MS).slice(0, 10);
  const { value, version } = await rulebook.newest();
  // By its shape alone, as it is in force.
  const document = parsePolicyDocument(value);
  const versions = await rulebook.versions({ limit: VERSIONS_LOOKED_AT });
  const used = await countByProtection(db, nowMs - DAYS * DAY_MS, MESSAGES_LOOKED_AT);
  const named = namedParts(document);
  return {
    kind: 'policy-review',
    title: 'Quarterly review of the policy',
    about: [
      `What is there and does nothing, and what is growing old, over the last ${DAYS} days.`,
      'It is read from this system as it stands. Whether a rule is still wanted, only you can say.',
    ],
    madeAt: isoTime(nowMs),
    facts: [
      ['Period', `${since} to ${isoTime(nowMs).slice(0, 10)}, days in UTC`],
      ['Policy', version === 0 ? 'none saved yet' : `version ${version}, ${document.rules.length} rules`],
    ],
    sections: [
      ...rulesReviewed({ document, versions, counts: await deps.ruleDays(since), since, days: DAYS }),
      {
        id: 'templates',
        title: 'Templates that nothing uses',
        means: `No rule that is tried and no label names them, and none of the ${used.looked} newest messages of the period bears their name. A sender may still ask for one by its name.`,
        findings: document.templates
          .filter(({ name }) => !named.templates.has(name) && (used.counts.get(name) ?? 0) === 0)
          .map(({ name, title }) => item(name, title, '/admin/policy')),
      },
      {
        id: 'lists',
        title: 'Word lists and groups that nothing uses',
        means: 'No rule that is on or in shadow names them.',
        findings: [
          ...document.lists
            .filter(({ name }) => !named.lists.has(name))
            .map(({ name }) => item(name, 'word list', '/admin/policy')),
          ...document.groups
            .filter(({ name }) => !named.groups.has(name))
            .map(({ name }) => item(name, 'group', '/admin/people')),
        ],
      },
      await agingKeys(deps, nowMs),
      await idleApiKeys(deps, nowMs),
      await absentPeople(deps, nowMs),
    ],
  };
}

async function agingKeys({ db, vault: { keyring } }: PolicyReviewDeps, nowMs: number): Promise<ReportSection> {
  const soon = isoTime(nowMs + DAYS * DAY_MS);
  const certificates = await listCertificates(keyring, db, { limit: CERTIFICATES_LOOKED_AT });
  const ending = certificates.filter(({ row, facts }) => row.state === 'approved' && facts.notAfter <= soon);
  const now = isoTime(nowMs);
  return {
    id: 'ages',
    title: 'Certificates and keys coming of age',
    means: `Certificates in use that end within ${DAYS} days or have ended; the key that seals, once it is older than ${KEY_AGE_DAYS_MAX} days; and older keys that still open what they sealed.`,
    findings: [
      ...ending.map(({ row, facts }) =>
        item(
          facts.addresses.join(', ') || facts.subject,
          `certificate, ${facts.notAfter <= now ? 'ended' : 'ends'} ${facts.notAfter.slice(0, 10)}`,
          `/admin/certificates/${row.id}`,
        ),
      ),
      ...keyring.keys().flatMap(({ id, isCurrent, state, createdAt }) => {
        const days = Math.floor((nowMs - Date.parse(createdAt)) / DAY_MS);
        if (isCurrent) return days > KEY_AGE_DAYS_MAX ? [item(id, `the key that seals, ${days} days old`)] : [];
        return state === 'active'
          ? [item(id, `an older key that still opens, ${days} days old: wrap anew and retire it`)]
          : [];
      }),
    ],
  };
}

async function idleApiKeys({ db, vault }: PolicyReviewDeps, nowMs: number): Promise<ReportSection> {
  const [now, since] = [isoTime(nowMs), isoTime(nowMs - DAYS * DAY_MS).slice(0, 10)];
  const living = (await listApiKeys(vault, db)).filter(
    ({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt > now),
  );
  return {
    id: 'api-keys',
    title: 'API keys that nobody uses',
    means: `Keys that could be used and were not in ${DAYS} days, and were made before that.`,
    findings: living
      .filter(({ lastUsedAt, createdAt }) => (lastUsedAt ?? createdAt).slice(0, 10) < since)
      .map(({ name, scopes, lastUsedAt }) =>
        item(
          name,
          `${scopes.join(', ')}; ${lastUsedAt === null ? 'never used' : `last used ${lastUsedAt.slice(0, 10)}`}`,
          '/admin/api-keys',
        ),
      ),
  };
}

async function absentPeople(
  { db, vault: { keyring }, admins }: PolicyReviewDeps,
  nowMs: number,
): Promise<ReportSection> {
  const { roster } = await loadRoster(keyring, db);
  const rights = new Map<string, { readonly address: Address; readonly all: readonly string[] }>();
  const add = (address: Address, right: string): void => {
    const key = canonicalAddress(address);
    rights.set(key, { address, all: [...(rights.get(key)?.all ?? []), right] });
  };
  for (const address of admins) add(address, `${roleWords.administrator.name} by ADMINS`);
  for (const { address, role } of roster.staff) add(address, roleWords[role].name);
  for (const { address, delegates } of roster.mailboxes) {
    for (const delegate of delegates) add(delegate, `delegate of ${address}`);
  }
  const since = isoTime(nowMs - DAYS * DAY_MS);
  const findings: Finding[] = [];
  for (const { address, all } of rights.values()) {
    const filter = { event: 'signed-in', person: addressIndex(keyring, address) } as const;
    const [last] = await listAudit(keyring, db, filter, { limit: 1 });
    if (last !== undefined && last.at >= since) continue;
    const seen = last === undefined ? 'no sign-in in the audit log' : `last signed in ${last.at.slice(0, 10)}`;
    findings.push(item(address, `${all.join(', ')}; ${seen}`, '/admin/people'));
  }
  return {
    id: 'people',
    title: 'People with rights who have not signed in',
    means: `Who has a role or is a delegate, and did not sign in within ${DAYS} days, by the audit log.`,
    findings,
  };
}

function item(subject: string, words: string, path?: string): Finding {
  return { subject, words, state: 'attention', ...(path === undefined ? {} : { path }) };
}

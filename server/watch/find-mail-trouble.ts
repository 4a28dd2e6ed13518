// Owns finding out, by what the outbox tells of tries that failed, whether the relay or a domain takes no mail. What went well since
// counts more than what failed before: then it is over, although some still waits for its next try.

import { listAudit } from '../audit/audit-list.store.ts';
import type { Finding } from '../alerts/alert.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, isoNow } from '../core/clock.ts';
import { queueAgeMs } from '../outbox/outbox.store.ts';
import { listFailing } from '../outbox/queue.store.ts';
import type { FailedJob } from '../outbox/queue.store.ts';
import type { DomainOfRecipient, DomainsDeps } from './recipient-domains.ts';
import type { Finder } from './watcher.ts';

export interface MailTroubleDeps extends DomainsDeps {
  readonly hasRelay: boolean;
  readonly domainOf: DomainOfRecipient;
}

const LATE_MS = 15 * MINUTE_MS;
const FAILURES_LOOKED_AT = 200;
const SUCCESSES_LOOKED_AT = 200;
/** A first refusal is weather. */
const TRIES_MIN = 2;
const RECIPIENTS_MIN = 3;
const FAILS_FOR_MS = HOUR_MS;

export function findLateQueue({ db, vault }: DomainsDeps): Finder {
  return {
    kinds: ['queue-late'],
    find: async () => {
      const isLate = (await queueAgeMs(db, vault.clock)) > LATE_MS;
      return isLate ? [{ kind: 'queue-late', about: '', detail: `${LATE_MS / MINUTE_MS} minutes` }] : [];
    },
  };
}

export function findMailTrouble(deps: MailTroubleDeps): Finder {
  const { db, vault, hasRelay } = deps;
  return {
    kinds: ['relay-refuses', 'relay-away', 'domain-failing'],
    find: async () => {
      const failing = await listFailing(db, vault.clock, isoNow(vault.clock, -DAY_MS), FAILURES_LOOKED_AT);
      const ofRelay = failing.filter((job) => hasRelay && isAboutRelay(job));
      const others = failing.filter((job) => !ofRelay.includes(job));
      return [...(await relayTrouble(deps, ofRelay)), ...(await domainTrouble(deps, others))];
    },
  };
}

// Up to MAIL a refusal says nothing of the recipient. What goes past the relay is not its matter.
function isAboutRelay({ kind, error }: FailedJob): boolean {
  if (kind === 'direct' || kind === 'webhook' || kind === 'tls-report') return false;
  return isSignIn(error) || /^(CONNECT|TLS|GREETING|EHLO|MAIL)\b/.test(error);
}

// RFC 4954 section 6
function isSignIn(error: string): boolean {
  return /^AUTH\b|^[A-Z]+ (530|534|535|538)\b/.test(error);
}

async function relayTrouble({ db, vault }: MailTroubleDeps, failing: readonly FailedJob[]): Promise<Finding[]> {
  const newest = newestOf(failing.filter(({ attempts, error }) => attempts >= TRIES_MIN || isSignIn(error)));
  if (newest === undefined) return [];
  for (const event of ['notice-sent', 'answer-sent', 'reminder-sent'] as const) {
    const [sent] = await listAudit(vault.keyring, db, { event }, { limit: 1 });
    if (sent !== undefined && sent.at > newest.failedAt) return [];
  }
  return [{ kind: isSignIn(newest.error) ? 'relay-refuses' : 'relay-away', about: '', detail: newest.error }];
}

interface Failures {
  readonly recipients: Set<string>;
  readonly jobs: FailedJob[];
}

async function domainTrouble(deps: MailTroubleDeps, failing: readonly FailedJob[]): Promise<Finding[]> {
  const byDomain = new Map<string, Failures>();
  for (const job of failing) {
    if (job.attempts <= TRIES_MIN || isAboutMailbox(job)) continue;
    const domain = await deps.domainOf(job.messageId, job.recipientId);
    if (domain === undefined || job.recipientId === null) continue;
    const known = byDomain.get(domain) ?? { recipients: new Set(), jobs: [] };
    byDomain.set(domain, known);
    known.recipients.add(job.recipientId);
    known.jobs.push(job);
  }
  const since = isoNow(deps.vault.clock, -FAILS_FOR_MS);
  const suspects = [...byDomain].filter(
    ([, { recipients, jobs }]) =>
      recipients.size >= RECIPIENTS_MIN || jobs.some(({ createdAt, error }) => createdAt <= since && !isRcpt(error)),
  );
  if (suspects.length === 0) return [];
  const reached = await newestSuccesses(deps);
  return suspects.flatMap(([about, { jobs }]): Finding[] => {
    const newest = newestOf(jobs);
    if (newest === undefined || (reached.get(about) ?? '') > newest.failedAt) return [];
    return [{ kind: 'domain-failing', about, detail: newest.error }];
  });
}

/** When mail for a domain was taken last, of the newest that was taken at all. */
async function newestSuccesses({ db, vault, domainOf }: MailTroubleDeps): Promise<Map<string, string>> {
  const newest = new Map<string, string>();
  for (const event of ['notice-sent', 'mail-delivered'] as const) {
    const from = isoNow(vault.clock, -DAY_MS);
    for (const entry of await listAudit(vault.keyring, db, { event, from }, { limit: SUCCESSES_LOOKED_AT })) {
      const domain = await domainOf(entry.messageId, entry.recipientId);
      if (domain !== undefined && entry.at > (newest.get(domain) ?? '')) newest.set(domain, entry.at);
    }
  }
  return newest;
}

// RFC 3463 sections 3.2 and 3.3: there is no such address, or its mailbox is full.
function isAboutMailbox({ error }: FailedJob): boolean {
  return / [45]\.[12]\.\d+$/.test(error);
}

function isRcpt(error: string): boolean {
  return error.startsWith('RCPT');
}

function newestOf(jobs: readonly FailedJob[]): FailedJob | undefined {
  return jobs.toSorted((a, b) => (a.failedAt < b.failedAt ? 1 : -1))[0];
}

// Owns telling other domains once a day how TLS with their mail servers went (RFC 8460): who wants to know is asked of the DNS, the
// day is taken by one machine, and each report leaves by mail or over https to the public internet.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { domainOf, parseAddress } from '../core/address.ts';
import type { Address, Mailbox } from '../core/address.ts';
import { DAY_MS, isoNow } from '../core/clock.ts';
import type { Db } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { Dns } from '../delivery/dns.ts';
import { domainOfDay, listDomainDays, takeResults } from '../delivery/tls-results.store.ts';
import type { DomainDay } from '../delivery/tls-results.store.ts';
import { reportTargets, tlsReportFilename, tlsReportId, tlsReportJson } from '../delivery/write-tls-report.ts';
import type { ReportFrame, ReportTarget } from '../delivery/write-tls-report.ts';
import { composeTlsReport } from '../mail/compose-tls-report.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { failed, sent } from '../mail/outcome.ts';
import type { Outcome } from '../mail/outcome.ts';
import type { Vault } from '../messages/seal.ts';
import type { PostOutside } from '../net/post-outside.ts';
import { enqueue, openPayload } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import type { MailDeps } from './mail-deps.ts';

export interface ReportDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly dns: Pick<Dns, 'txt'>;
  readonly orgName: string;
  readonly mailFrom: Mailbox;
}

const payloadSchema = z.object({
  frame: z.object({
    organization: z.string(),
    submitter: z.string(),
    contact: z.string(),
    domain: z.string(),
    day: z.string(),
  }),
  json: z.string(),
  target: z.discriminatedUnion('by', [
    z.object({ by: z.literal('mail'), to: z.string() }),
    z.object({ by: z.literal('https'), url: z.string() }),
  ]),
});

/** At a time; the DNS of each is asked. */
const DOMAINS_AT_ONCE = 20;
/** So long a DNS that does not answer is asked again. */
const ASKED_FOR_MS = 3 * DAY_MS;

/** Orders the reports of the days that are over. @returns how many; `most` when there may be others. */
export async function orderTlsReports(deps: ReportDeps, most: number): Promise<number> {
  const { db, vault } = deps;
  const today = isoNow(vault.clock).slice(0, 10);
  const due = await listDomainDays(db, today, Math.min(most, DOMAINS_AT_ONCE));
  const settled = await Promise.all(due.map((one) => orderOne(deps, one)));
  return settled.length === DOMAINS_AT_ONCE && settled.every(Boolean) ? most : settled.filter(Boolean).length;
}

async function orderOne(deps: ReportDeps, one: DomainDay): Promise<boolean> {
  const { db, vault, dns, orgName, mailFrom } = deps;
  const domain = await domainOfDay(vault.keyring, db, one);
  if (domain === undefined) return true;
  const found = await dns.txt(`_smtp._tls.${domain}`);
  const isUnknown = found.kind === 'failed' || found.kind === 'bogus';
  if (isUnknown && one.day > isoNow(vault.clock, -ASKED_FOR_MS).slice(0, 10)) return false;
  const targets = found.kind === 'found' ? reportTargets(found.records) : [];
  await inTransaction(db, async (tx) => {
    const results = await takeResults(vault.keyring, tx, one);
    if (results.length === 0) return;
    const submitter = domainOf(mailFrom.address);
    const frame: ReportFrame = { organization: orgName, submitter, contact: mailFrom.address, domain, day: one.day };
    const json = tlsReportJson(frame, results);
    for (const target of targets) await enqueue(vault, tx, { kind: 'tls-report', payload: { frame, json, target } });
  });
  return true;
}

export interface SendReportDeps extends MailDeps {
  readonly postOutside: PostOutside;
}

/** `post` hands a mail over while the job is ours. */
export async function sendTlsReport(
  deps: SendReportDeps,
  job: Job,
  post: (to: Address, raw: Buffer) => Promise<Outcome>,
): Promise<Outcome | { readonly kind: 'nothing' }> {
  const { frame, json, target } = payloadSchema.parse(openPayload(deps.vault, job));
  const contact = parseAddress(frame.contact);
  if (contact === undefined) return { kind: 'nothing' };
  const whole = { ...frame, contact };
  const packed = await promisify(gzip)(json);
  return target.by === 'https' ? overHttps(deps, target, packed) : byMail(deps, job, whole, target.to, packed, post);
}

async function overHttps(
  { postOutside }: SendReportDeps,
  { url }: ReportTarget & { by: 'https' },
  body: Buffer,
): Promise<Outcome> {
  const posted = await postOutside({ url, headers: { 'content-type': 'application/tlsrpt+gzip' }, body });
  if (posted.kind === 'failed') return failed('CONNECT');
  // RFC 8460 section 5.4: whatever is not 2xx is tried again.
  return posted.status >= 200 && posted.status < 300 ? sent('250', 'verified') : failed('CONNECT');
}

async function byMail(
  deps: SendReportDeps,
  job: Job,
  frame: ReportFrame,
  given: string,
  packed: Buffer,
  post: (to: Address, raw: Buffer) => Promise<Outcome>,
): Promise<Outcome | { readonly kind: 'nothing' }> {
  const to = parseAddress(given);
  if (to === undefined) return { kind: 'nothing' };
  const raw = await composeTlsReport({
    from: { address: deps.mailFrom.address, name: frame.organization },
    to,
    mailId: ownMailId(job.id, deps.mailIdHost),
    date: new Date(deps.vault.clock.nowMs()),
    loopMark: deps.mailIdHost,
    domain: frame.domain,
    submitter: frame.submitter,
    reportId: tlsReportId(frame),
    filename: tlsReportFilename(frame),
    gzip: packed,
  });
  return post(to, raw);
}

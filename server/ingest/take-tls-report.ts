// Owns a report about TLS that comes by mail (RFC 8460 section 5.3): signed by whoever writes it, read within the limits of every such
// report, and kept where those are that come over https. What is none, or is not signed, is dropped, with a line in the audit as long as there are few; nobody
// is answered, since most who write it are programs, and some are not who they say.

import { HOUR_MS } from '../core/clock.ts';
import { isRefusal } from '../core/errors.ts';
import { domainOf } from '../core/address.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { chargeAll } from '../db/counters.ts';
import type { Charge, Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import { keepReports, readReportsOfOurs } from '../delivery/received-tls-reports.ts';
import { tlsReportLimits } from '../delivery/tls-report.ts';
import { proveAuthor, unprovedWords } from '../mail/dkim-proof.ts';
import type { ProvingDeps } from '../mail/dkim-proof.ts';
import { readMailHead } from '../mail/mail-head.ts';
import type { HeaderLine, PartSink } from '../mail/mail-tree.ts';
import type { RawDeps } from './read-raw.ts';
import type { Spooled } from './spool.ts';
import type { ReportDeps } from './take-report.ts';

export interface TlsReportDeps extends ReportDeps, RawDeps, ProvingDeps {
  readonly orgDomains: readonly string[];
}

// Charged once it is proved who reports, so that nobody uses up another's.
const perReporter: Limit = { name: 'TLS reports by mail per domain', most: 60, windowMs: HOUR_MS };
const inAll: Limit = { name: 'TLS reports by mail', most: 600, windowMs: HOUR_MS };
// Of those that are dropped: what more there are is in no audit. Whoever wrote them may have used any name, so nobody is
// dropped for what came under theirs.
const toldPerDomain: Limit = { name: 'TLS reports by mail refused per domain', most: 20, windowMs: HOUR_MS };
const toldInAll: Limit = { name: 'TLS reports by mail refused', most: 60, windowMs: HOUR_MS };
/** The largest report in base64, and what is around it. */
const MAIL_BYTES_MAX = 2 * tlsReportLimits.bytes;

type Read =
  | { readonly kind: 'taken'; readonly by: string; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly by: string; readonly reason: string };

export async function takeTlsReport(
  deps: TlsReportDeps,
  spooled: Spooled,
  headers: readonly HeaderLine[],
): Promise<void> {
  const { db, vault, clock } = deps;
  const mail = await readMail(deps, spooled, headers);
  if (mail.kind === 'refused') return tellRefused(deps, mail);
  if (
    !(await hasRoom(deps, [
      [perReporter, mail.by],
      [inAll, ''],
    ]))
  )
    return;
  try {
    const reports = await readReportsOfOurs({ clock, orgDomains: deps.orgDomains }, mail.bytes);
    await inTransaction(db, async (tx) => {
      const kept = await keepReports(vault.keyring, tx, reports);
      await appendAudit(vault, tx, { event: 'tls-report-taken', details: { by: mail.by, policies: kept } });
    });
  } catch (error) {
    if (!isRefusal(error, 'request/malformed')) throw error;
    await tellRefused(deps, { by: mail.by, reason: 'not a report as in RFC 8460, or one that unpacks to too much' });
  }
}

async function tellRefused(
  deps: TlsReportDeps,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  if (
    !(await hasRoom(deps, [
      [toldPerDomain, by],
      [toldInAll, ''],
    ]))
  )
    return;
  const { db, vault } = deps;
  await inTransaction(db, (tx) => appendAudit(vault, tx, { event: 'tls-report-refused', details: { by, reason } }));
}

async function hasRoom({ db, vault, clock }: TlsReportDeps, charges: readonly Charge[]): Promise<boolean> {
  try {
    await chargeAll({ db, keyring: vault.keyring, clock }, charges);
    return true;
  } catch (error) {
    if (isRefusal(error, 'request/too-many')) return false;
    throw error;
  }
}

async function readMail(deps: TlsReportDeps, spooled: Spooled, headers: readonly HeaderLine[]): Promise<Read> {
  let by = '';
  try {
    const { address: author } = readMailHead(headers).from;
    by = domainOf(author);
    if (spooled.sizeBytes > MAIL_BYTES_MAX) return { kind: 'refused', by, reason: 'too large' };
    const proof = await proveAuthor(deps.proofDeps(), { headers, author, source: spooled.read(), service: 'tlsrpt' });
    // RFC 8460 section 3: without the signature of whoever reports it must be ignored.
    if (proof.kind === 'unproved') return { kind: 'refused', by, reason: unprovedWords[proof.why] };
    const bytes = await reportPart(deps, spooled);
    if (bytes === undefined) return { kind: 'refused', by, reason: 'it does not hold one report' };
    if (bytes.length > tlsReportLimits.bytes) return { kind: 'refused', by, reason: 'too large' };
    return { kind: 'taken', by: proof.domain, bytes };
  } catch (error) {
    if (!isRefusal(error, 'mail/unreadable', 'mail/rights-protected')) throw error;
    return { kind: 'refused', by, reason: 'not a mail that can be read' };
  }
}

/** Undefined unless there is exactly one. */
async function reportPart({ parser }: TlsReportDeps, spooled: Spooled): Promise<Buffer | undefined> {
  const pieces = new Map<number, Buffer[]>();
  const sink: PartSink = {
    open: ({ n }) => {
      const mine: Buffer[] = [];
      pieces.set(n, mine);
      return Promise.resolve({
        write: async (chunk) => void mine.push(Buffer.from(chunk)),
        close: async () => undefined,
      });
    },
  };
  const { parts } = await parser.parse(spooled.read(), sink);
  const [only, ...more] = parts.filter(({ contentType }) => TYPES.includes(contentType));
  return only === undefined || more.length > 0 ? undefined : Buffer.concat(pieces.get(only.n) ?? []);
}

// RFC 8460 section 6.4 and 6.5
const TYPES: readonly string[] = ['application/tlsrpt+gzip', 'application/tlsrpt+json'];

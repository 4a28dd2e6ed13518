// Owns the shape of a report about TLS (RFC 8460 section 4): reading one that a stranger sent, within limits, and writing our own.
// Pure.

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { isDomain } from '../core/address.ts';
import { AppError } from '../core/errors.ts';

export const tlsReportLimits = {
  /** As it comes. */
  bytes: 512 * 1024,
  unpackedBytes: 4 * 1024 * 1024,
  policies: 50,
  failures: 200,
  sessions: 1_000_000_000,
} as const;

const text = z.string().max(500);
const sessions = z.int().min(0).max(tlsReportLimits.sessions);

const failureSchema = z.object({
  'result-type': text,
  'receiving-mx-hostname': text.optional(),
  'failed-session-count': sessions,
});

/** What is read of it; all else is let go by. */
const reportSchema = z.object({
  'organization-name': text,
  'report-id': text,
  'date-range': z.object({
    'start-datetime': z.iso.datetime({ offset: true }),
    'end-datetime': z.iso.datetime({ offset: true }),
  }),
  policies: z
    .array(
      z.object({
        policy: z.object({ 'policy-type': text, 'policy-domain': z.string().toLowerCase().refine(isDomain) }),
        summary: z.object({ 'total-successful-session-count': sessions, 'total-failure-session-count': sessions }),
        'failure-details': z.array(failureSchema).max(tlsReportLimits.failures).optional(),
      }),
    )
    .min(1)
    .max(tlsReportLimits.policies),
});

/** One policy of a report: what somebody says of one of our domains. */
export interface ReceivedReport {
  readonly organization: string;
  readonly reportId: string;
  /** `2026-11-28`: of its end. */
  readonly day: string;
  readonly domain: string;
  readonly policyType: string;
  readonly successful: number;
  readonly failed: number;
  readonly failures: readonly { readonly type: string; readonly host: string; readonly count: number }[];
}

const unzip = promisify(gunzip);
// RFC 1952 section 2.3.1
const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Throws request/malformed for what is none, or unpacks to too much. */
export async function readTlsReport(bytes: Buffer): Promise<ReceivedReport[]> {
  const parsed = reportSchema.safeParse(parseJson(await unpacked(bytes)));
  if (!parsed.success) throw malformed();
  const { policies, 'organization-name': organization, 'report-id': reportId, 'date-range': range } = parsed.data;
  return policies.map(({ policy, summary, 'failure-details': failures = [] }) => ({
    organization,
    reportId,
    day: new Date(range['end-datetime']).toISOString().slice(0, 10),
    domain: policy['policy-domain'],
    policyType: policy['policy-type'],
    successful: summary['total-successful-session-count'],
    failed: summary['total-failure-session-count'],
    failures: failures.map((one) => ({
      type: one['result-type'],
      host: one['receiving-mx-hostname'] ?? '',
      count: one['failed-session-count'],
    })),
  }));
}

async function unpacked(bytes: Buffer): Promise<Buffer> {
  if (!isGzip(bytes)) return bytes;
  try {
    return await unzip(bytes, { maxOutputLength: tlsReportLimits.unpackedBytes });
  } catch {
    // Too much of it, or none.
    throw malformed();
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw malformed();
  }
}

function malformed(): AppError {
  return new AppError('request/malformed', 'This is no report about TLS as in RFC 8460, or it is too large.');
}

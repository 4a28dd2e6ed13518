// Owns looking at what was counted of TLS with others' mail servers, as it would be reported.

import { z } from 'zod';
import { inTransaction } from '../../server/db/engine.ts';
import { listDomainDays, takeResults } from '../../server/delivery/tls-results.store.ts';
import type { CountedResult } from '../../server/delivery/tls-results.store.ts';
import { tlsReportJson } from '../../server/delivery/write-tls-report.ts';
import { parseAddress } from '../../server/core/address.ts';
import type { Running } from './program.ts';

const reportSchema = z.object({
  policies: z.array(
    z.object({
      policy: z.record(z.string(), z.unknown()),
      summary: z.record(z.string(), z.number()),
      'failure-details': z.array(z.record(z.string(), z.unknown())).optional(),
    }),
  ),
});

/** "tlsa dnssec-invalid mx.example.net 1" for each failure of each report; it takes what it shows. */
export async function takeFaults({ store: { db, keyring } }: Running): Promise<Map<string, string[]>> {
  const faults = new Map<string, string[]>();
  for (const one of await listDomainDays(db, '9999-01-01', 100)) {
    const results: CountedResult[] = await inTransaction(db, (tx) => takeResults(keyring, tx, one));
    const domain = results[0]?.domain ?? '';
    const contact = parseAddress('tls@example.com');
    if (contact === undefined) throw new Error('no address');
    const frame = { organization: 'Example Ltd', submitter: 'example.com', contact, domain, day: one.day };
    const { policies } = reportSchema.parse(JSON.parse(tlsReportJson(frame, results)));
    const lines = policies.flatMap(({ policy, 'failure-details': details = [] }) =>
      details.map((detail) =>
        [
          policy['policy-type'],
          detail['result-type'],
          detail['receiving-mx-hostname'] ?? '-',
          detail['failed-session-count'],
        ].join(' '),
      ),
    );
    faults.set(domain, lines.toSorted());
  }
  return faults;
}

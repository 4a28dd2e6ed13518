// Owns the commands about the audit log.

import { Option } from 'commander';
import type { Command } from 'commander';
import { auditEvents, isAuditEvent } from '../audit/audit-event.ts';
import { readAudit } from '../audit/audit-list.store.ts';
import type { AuditFilter } from '../audit/audit-list.store.ts';
import { loadCheckpoint } from '../audit/checkpoints.store.ts';
import { formatNames, formats } from '../audit/formats.ts';
import type { FormatName } from '../audit/formats.ts';
import { momentIn } from '../core/moment-in.ts';
import { breachWords, verifyAudit } from '../audit/verify-audit.ts';
import { SEAL_BROKEN } from '../operator-words.ts';
import { fail, withStore } from './with-store.ts';

interface ExportOptions {
  readonly format: FormatName;
  readonly event?: string;
  readonly from?: string;
  readonly until?: string;
}

export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('The audit log');

  audit
    .command('verify')
    .description('Walk the chain of entries and name the first that does not follow, or is gone')
    .action(() =>
      withStore(async ({ store, print }) => {
        const memory = await store.witness.recall();
        const verdict = await verifyAudit(store, memory?.mark);
        if (verdict.holds) {
          const { entries, checkpoints, cutAt } = verdict;
          const before = cutAt === undefined ? '' : `, after ${cutAt} that were removed in their time`;
          print(`The chain holds: ${entries} entries${before}. ${checkpoints} signed checkpoints agree.`);
          return;
        }
        print(`It does not hold: ${breachWords(verdict)}.`);
        process.exitCode = 1;
      }),
    );

  audit
    .command('checkpoint')
    .description('Print the newest signed checkpoint (compact JWS), to be kept where nobody here can change it')
    .action(() =>
      withStore(async ({ store, print }) => {
        const newest = await loadCheckpoint(store.db);
        if (newest === undefined)
          fail(
            'There is none yet: the server signs the first within ten minutes, and then one an hour in which something happened.',
          );
        else print(newest.signed);
      }),
    );

  audit
    .command('export')
    .description('Write entries, each in a line')
    .addOption(new Option('--format <format>', 'how').choices([...formatNames]).default('jsonl'))
    .addOption(new Option('--event <event>', 'only this event').choices([...auditEvents]))
    .option('--from <day>', 'only from this day or moment on (ISO 8601, UTC)')
    .option('--until <day>', 'only until this day (inclusive) or moment (ISO 8601, UTC)')
    .action((options: ExportOptions) =>
      withStore(async ({ store, print }) => {
        const filter = filterOf(options);
        if (typeof filter === 'string') return fail(filter);
        const { head, line } = formats[options.format];
        if (head !== '') print(head.trimEnd());
        const closed: number[] = [];
        for await (const entry of readAudit(store.keyring, store.db, filter)) {
          if (entry.details === undefined) closed.push(entry.seq);
          print(line(entry));
        }
        if (closed.length > 0) fail(`${SEAL_BROKEN} Entries without their details: ${closed.join(', ')}.`);
      }),
    );
}

function filterOf({ event, from, until }: ExportOptions): AuditFilter | string {
  const first = from === undefined ? undefined : momentIn(from, 'from');
  const beyond = until === undefined ? undefined : momentIn(until, 'until');
  if ((from !== undefined && first === undefined) || (until !== undefined && beyond === undefined)) {
    return '--from and --until take a day such as 2027-01-31, or a moment such as 2027-01-31T12:00:00Z.';
  }
  return { event: isAuditEvent(event) ? event : undefined, from: first, until: beyond };
}

// Owns what became of the mail that carries a code, as the page that waits for it tells it: times, the name of a
// server, stage and codes. Never an address, never a server's own words.

import { z } from 'zod';
import type { Keyring } from '../crypto/keyring.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { CodesTable } from '../db/tables/signin.ts';

/** Times are ISO 8601 UTC. `failure` is stage and codes, as in a recipient's row. */
const schema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('sent'), at: z.string(), host: z.string().optional() }),
  z.object({ state: z.literal('delayed'), at: z.string(), failure: z.string(), nextAt: z.string() }),
  z.object({ state: z.literal('refused'), at: z.string(), failure: z.string() }),
]);

/** Of a mail that left, met an obstacle, or was given up. Of one that waits for its first try there is nothing yet. */
export type CodeMail = z.infer<typeof schema>;

export function sealCodeMail(keyring: Keyring, codeId: string, mail: CodeMail): Buffer {
  return keyring.sealRecord(context(codeId), JSON.stringify(mail));
}

export function openCodeMail(keyring: Keyring, row: CodesTable): CodeMail | undefined {
  if (row.sealed_mail === null) return undefined;
  return schema.parse(JSON.parse(keyring.openRecord(context(row.id), row.sealed_mail).toString('utf8')));
}

export const codeMailRecords: SealedColumn = {
  table: 'codes',
  key: 'id',
  before: '',
  column: 'sealed_mail',
  name: (id) => context(String(id)),
};

function context(codeId: string): string {
  return `code-mail ${codeId}`;
}

// Owns the rows of the try-out mailbox: mail that would have left, sealed, and only the newest of it.

import type { Clock } from '../core/clock.ts';
import { isoNow } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { newId } from '../crypto/random.ts';
import type { Db } from '../db/engine.ts';
import type { SealedColumn } from '../db/sealed-column.ts';

export interface TryMail {
  readonly id: string;
  readonly at: string;
  /** The envelope's. */
  readonly to: string;
  readonly from: string;
  readonly raw: Buffer;
}

export interface TryDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

const KEPT = 200;

export async function keepTryMail(deps: TryDeps, mail: Pick<TryMail, 'from' | 'to' | 'raw'>): Promise<void> {
  const id = newId(deps.clock);
  const card = JSON.stringify({ from: mail.from, to: mail.to, raw: mail.raw.toString('base64') });
  await deps.db
    .insertInto('try_mail')
    .values({ id, at: isoNow(deps.clock), sealed: deps.keyring.sealRecord(tryContext(id), card) })
    .execute();
  const oldest = await deps.db
    .selectFrom('try_mail')
    .select('id')
    .orderBy('id', 'desc')
    .offset(KEPT)
    .limit(1)
    .executeTakeFirst();
  if (oldest !== undefined) await deps.db.deleteFrom('try_mail').where('id', '<=', oldest.id).execute();
}

/** Newest first. */
export async function listTryMail(deps: TryDeps): Promise<TryMail[]> {
  const rows = await deps.db.selectFrom('try_mail').selectAll().orderBy('id', 'desc').limit(KEPT).execute();
  return rows.map((row) => opened(deps.keyring, row));
}

export async function loadTryMail(deps: TryDeps, id: string): Promise<TryMail | undefined> {
  const row = await deps.db.selectFrom('try_mail').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : opened(deps.keyring, row);
}

export const tryMailRecords: SealedColumn = {
  table: 'try_mail',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => tryContext(String(id)),
};

function opened(keyring: Keyring, row: { id: string; at: string; sealed: Uint8Array }): TryMail {
  // keepTryMail wrote it, under a seal.
  const card = JSON.parse(keyring.openRecord(tryContext(row.id), row.sealed).toString('utf8')) as Record<
    'from' | 'to' | 'raw',
    string
  >;
  return { id: row.id, at: row.at, from: card.from, to: card.to, raw: Buffer.from(card.raw, 'base64') };
}

function tryContext(id: string): string {
  return `try-mail ${id}`;
}

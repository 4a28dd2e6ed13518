// Owns the rows of API keys. A key is shown once, when it is made; its secret is kept as a hash, its name,
// its maker and the senders it is bound to sealed.

import { z } from 'zod';
import type { Address } from '../core/address.ts';
import { canonicalAddress, parseAddress } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import { isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { splitWords } from '../core/proofs.ts';
import { equalBytes, sha256 } from '../crypto/digest.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { newId, newSecret } from '../crypto/random.ts';
import type { Db, Tx } from '../db/engine.ts';
import { preparedFirst } from '../db/prepared.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { ApiKeysTable } from '../db/tables/signin.ts';
import { OpenedRecords } from '../crypto/opened-records.ts';

export const scopes = ['messages:send', 'messages:read', 'messages:revoke', 'admin:read', 'admin:write'] as const;
export type Scope = (typeof scopes)[number];

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The addresses it may act for; empty: all of the organisation. */
  readonly senders: readonly Address[];
  /** Who made it, also by another key; undefined for keys of the command line, and for those from before it was kept. */
  readonly madeBy?: Address;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
  readonly expiresAt: string | null;
}

export interface ApiKeyDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

const KEY = /^sealpost_([0-9a-hjkmnp-tv-z]{26})_([A-Za-z0-9_-]{43})$/;
const cardSchema = z.object({ name: z.string(), senders: z.array(z.string()), madeBy: z.string().optional() });
const scopeSchema = z.array(z.enum(scopes));

/** Makes a key. @returns its id and the text to be shown once. Throws request/conflict when there is one of that id. */
export async function createApiKey(
  deps: ApiKeyDeps,
  tx: Tx,
  wanted: {
    name: string;
    scopes: readonly Scope[];
    senders: readonly Address[];
    expiresAt?: string | null;
    madeBy?: Address | undefined;
    id?: string;
  },
): Promise<{ id: string; key: string }> {
  const id = wanted.id ?? newId(deps.clock);
  const secret = newSecret();
  const { name, madeBy } = wanted;
  const card = {
    name,
    senders: wanted.senders.map(canonicalAddress),
    ...(madeBy === undefined ? {} : { madeBy: canonicalAddress(madeBy) }),
  };
  const made = await tx
    .insertInto('api_keys')
    .values({
      id,
      secret_hash: hashSecret(secret),
      scopes: wanted.scopes.join(' '),
      sealed: deps.keyring.sealRecord(keyContext(id), JSON.stringify(card)),
      created_at: isoNow(deps.clock),
      last_used_at: null,
      revoked_at: null,
      expires_at: wanted.expiresAt ?? null,
    })
    .onConflict((on) => on.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made === undefined) throw new AppError('request/conflict', 'This key is made already.');
  return { id, key: `sealpost_${id}_${secret}` };
}

/** The key this text is, or undefined: malformed, unknown, wrong, revoked or past its end. */
export async function loadApiKey(deps: ApiKeyDeps, db: Db, text: string): Promise<ApiKey | undefined> {
  const [, id, secret] = KEY.exec(text) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  const row = await findKey(db, { id });
  if (row === undefined || row.revoked_at !== null) return undefined;
  if (row.expires_at !== null && row.expires_at <= isoNow(deps.clock)) return undefined;
  if (!equalBytes(Buffer.from(row.secret_hash), Buffer.from(hashSecret(secret)))) return undefined;
  await noteUse(deps, db, row);
  return opened(deps.keyring, row);
}

const findKey = preparedFirst((db, { id }: { id: string }) =>
  db.selectFrom('api_keys').selectAll().where('id', '=', id),
);

export async function listApiKeys(deps: ApiKeyDeps, db: Db): Promise<ApiKey[]> {
  const rows = await db.selectFrom('api_keys').selectAll().orderBy('id').execute();
  return rows.map((row) => opened(deps.keyring, row));
}

/** @returns false when there is no such key in use. */
export async function revokeApiKey(deps: ApiKeyDeps, tx: Tx, id: string): Promise<boolean> {
  if (!isId(id)) return false;
  const revoked = await tx
    .updateTable('api_keys')
    .set({ revoked_at: isoNow(deps.clock) })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return revoked !== undefined;
}

export const apiKeyRecords: SealedColumn = {
  table: 'api_keys',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => keyContext(String(id)),
};

// By the day is enough to see which keys lie idle, and spares a write on every call.
async function noteUse(deps: ApiKeyDeps, db: Db, row: ApiKeysTable): Promise<void> {
  const today = isoNow(deps.clock).slice(0, 10);
  if (row.last_used_at === today) return;
  await db.updateTable('api_keys').set({ last_used_at: today }).where('id', '=', row.id).execute();
}

function opened(keyring: Keyring, row: ApiKeysTable): ApiKey {
  return {
    id: row.id,
    ...cards.of(keyring, row.id, row.sealed),
    scopes: scopeSchema.parse(splitWords(row.scopes)),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    expiresAt: row.expires_at,
  };
}

type Card = Pick<ApiKey, 'name' | 'senders' | 'madeBy'>;

const cards = new OpenedRecords<Card>(keyContext, (text) => {
  const { name, senders, madeBy: maker = '' } = cardSchema.parse(JSON.parse(text));
  const madeBy = parseAddress(maker);
  const known = madeBy === undefined ? {} : { madeBy };
  return { name, senders: senders.flatMap((sender) => parseAddress(sender) ?? []), ...known };
});

function hashSecret(secret: string): string {
  return sha256(secret).toString('base64url');
}

function keyContext(id: string): string {
  return `api-key ${id}`;
}

// Owns the rows of sessions. The cookie's token is stored as a hash; ending a session here ends it
// everywhere at once.

import type { Address } from '../core/address.ts';
import { parseAddress } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import { HOUR_MS, MINUTE_MS, isoNow } from '../core/clock.ts';
import { joinWords, parseWays } from '../core/proofs.ts';
import type { Way } from '../core/proofs.ts';
import { asStorageFull } from '../core/storage-full.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { sha256 } from '../crypto/digest.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { newToken } from '../crypto/random.ts';
import type { Db, Tx } from '../db/engine.ts';
import { sweepRows } from '../db/sweep-rows.ts';
import { preparedFirst } from '../db/prepared.ts';
import type { SessionsTable } from '../db/tables/signin.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import { OpenedRecords } from '../crypto/opened-records.ts';

export interface SessionDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly sessionIdleMinutes: number;
  readonly sessionHours: number;
}

export interface Session {
  readonly tokenHash: string;
  readonly address: Address;
  readonly addressIndex: string;
  /** By which ways this session proved the address. */
  readonly proved: readonly Way[];
  /** When it ends in any case. */
  readonly expiresAt: string;
  /** Of the message whose link led in. */
  readonly brand: string | undefined;
}

/** What a session begins with. */
export interface Proof {
  readonly address: Address;
  readonly way: Way;
  /** The same person's session in this browser until now: what it proved goes on, and so does its end. */
  readonly before?: Session | undefined;
  /** Of the message it is about. */
  readonly brand?: string | undefined;
}

// Writing the last-seen time on every request would make each read a write.
const TOUCH_EVERY_MS = MINUTE_MS;

/** Starts a session for a proved address. @returns the token, which exists only in the cookie. */
export async function startSession(
  deps: SessionDeps,
  tx: Tx,
  { address, way, before, brand }: Proof,
): Promise<{ token: string; tokenHash: string }> {
  const token = newToken();
  const tokenHash = hashToken(token);
  await tx
    .insertInto('sessions')
    .values({
      token_hash: tokenHash,
      address_index: addressIndex(deps.keyring, address),
      sealed_address: deps.keyring.sealRecord(sessionContext(tokenHash), address),
      proved: joinWords([...(before?.proved ?? []), way]),
      brand: brand ?? before?.brand ?? null,
      created_at: isoNow(deps.clock),
      seen_at: isoNow(deps.clock),
      expires_at: before?.expiresAt ?? isoNow(deps.clock, deps.sessionHours * HOUR_MS),
      ended_at: null,
    })
    .execute();
  return { token, tokenHash };
}

/** The living session of the token, or undefined: unknown, ended, idle too long, or over its hours. */
export async function loadSession(deps: SessionDeps, db: Db, token: string): Promise<Session | undefined> {
  const tokenHash = hashToken(token);
  const row = await findLiving(db, {
    tokenHash,
    now: isoNow(deps.clock),
    idleSince: isoNow(deps.clock, -deps.sessionIdleMinutes * MINUTE_MS),
  });
  if (row === undefined) return undefined;
  if (row.seen_at <= isoNow(deps.clock, -TOUCH_EVERY_MS)) await touch(deps, db, tokenHash);
  return openSession(deps, row);
}

function openSession({ keyring }: SessionDeps, row: SessionsTable): Session | undefined {
  const { token_hash: tokenHash, address_index: index, expires_at: expiresAt } = row;
  const address = addresses.of(keyring, tokenHash, row.sealed_address);
  if (address === undefined) return undefined;
  return {
    tokenHash,
    address,
    addressIndex: index,
    proved: parseWays(row.proved),
    expiresAt,
    brand: row.brand ?? undefined,
  };
}

const addresses = new OpenedRecords(sessionContext, parseAddress);

const findLiving = preparedFirst((db, blank: { tokenHash: string; now: string; idleSince: string }) =>
  db
    .selectFrom('sessions')
    .selectAll()
    .where('token_hash', '=', blank.tokenHash)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', blank.now)
    .where('seen_at', '>', blank.idleSince),
);

export async function endSession(db: Db | Tx, tokenHash: string, now: string): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('token_hash', '=', tokenHash)
    .where('ended_at', 'is', null)
    .execute();
}

/** How many living sessions this address has. */
export async function countSessions(deps: SessionDeps, db: Db, addressIndex: string): Promise<number> {
  const { count } = await db
    .selectFrom('sessions')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('address_index', '=', addressIndex)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', isoNow(deps.clock))
    .where('seen_at', '>', isoNow(deps.clock, -deps.sessionIdleMinutes * MINUTE_MS))
    .executeTakeFirstOrThrow();
  return count;
}

/** Ends every session of this address. @returns how many there were. */
export async function endSessionsOf(tx: Tx, addressIndex: string, now: string): Promise<number> {
  const ended = await tx
    .updateTable('sessions')
    .set({ ended_at: now })
    .where('address_index', '=', addressIndex)
    .where('ended_at', 'is', null)
    .returning('token_hash')
    .execute();
  return ended.length;
}

/** Whose session a token was of, also when it is over; for no more than keeping what they had typed. */
export async function loadEndedSession(deps: SessionDeps, db: Db, token: string): Promise<Session | undefined> {
  const tokenHash = hashToken(token);
  const row = await db.selectFrom('sessions').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
  return row === undefined ? undefined : openSession(deps, row);
}

/** Removes sessions past their end, up to `most`. @returns how many. */
export function sweepSessions(db: Db, now: string, most: number): Promise<number> {
  return sweepRows(db, { table: 'sessions', key: 'token_hash', end: 'expires_at' }, now, most);
}

async function touch(deps: SessionDeps, db: Db, tokenHash: string): Promise<void> {
  try {
    await db
      .updateTable('sessions')
      .set({ seen_at: isoNow(deps.clock) })
      .where('token_hash', '=', tokenHash)
      .execute();
  } catch (error) {
    // On a full disk pages can still be read; only how long ago the last one was is not remembered.
    if (asStorageFull(error) === undefined) throw error;
  }
}

export const sessionRecords: SealedColumn = {
  table: 'sessions',
  key: 'token_hash',
  before: '',
  column: 'sealed_address',
  name: (id) => sessionContext(String(id)),
};

function hashToken(token: string): string {
  return sha256(token).toString('base64url');
}

function sessionContext(tokenHash: string): string {
  return `session ${tokenHash}`;
}

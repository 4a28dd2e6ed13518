// Owns the rows of what was begun in a browser and waits for an answer from elsewhere: a sign-in at another issuer, a
// passkey's signature. Each is answered once, by the browser that began it, in time.

import type { Clock } from '../core/clock.ts';
import { MINUTE_MS, isoNow } from '../core/clock.ts';
import { sha256 } from '../crypto/digest.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import type { Db } from '../db/engine.ts';
import { sweepRows } from '../db/sweep-rows.ts';
import type { SealedColumn } from '../db/sealed-column.ts';

export interface CeremonyDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

export interface Begun {
  /** What comes back with the answer: the state, or the challenge. Stored as a hash. */
  readonly handedOut: string;
  readonly kind: string;
  readonly browserHash: string;
  readonly network: string;
  /** JSON of what the answer is checked against. */
  readonly details: unknown;
}

const CEREMONY_MS = 10 * MINUTE_MS;
/** A whole office may stand behind one address. */
const begunPerNetwork: Limit = { name: 'ceremonies per network', most: 300, windowMs: 15 * MINUTE_MS };
const begunInAll: Limit = { name: 'ceremonies in all', most: 1_200, windowMs: MINUTE_MS };

/** Throws request/too-many past a limit. */
export async function beginCeremony(deps: CeremonyDeps, begun: Begun): Promise<void> {
  await chargeAll(deps, [
    [begunPerNetwork, begun.network],
    [begunInAll, ''],
  ]);
  const id = idOf(begun.handedOut);
  await deps.db
    .insertInto('ceremonies')
    .values({
      id,
      kind: begun.kind,
      browser_hash: begun.browserHash,
      sealed: deps.keyring.sealRecord(ceremonyContext(id), JSON.stringify(begun.details)),
      expires_at: isoNow(deps.clock, CEREMONY_MS),
    })
    .execute();
}

/**
 * Takes the ceremony that this answer belongs to, so that no other answer can.
 * @returns its details, or undefined: unknown, late, taken before, of another kind or of another browser.
 */
export async function takeCeremony(
  deps: CeremonyDeps,
  answer: Pick<Begun, 'handedOut' | 'kind' | 'browserHash'>,
): Promise<unknown> {
  const taken = await deps.db
    .deleteFrom('ceremonies')
    .where('id', '=', idOf(answer.handedOut))
    .where('kind', '=', answer.kind)
    .where('browser_hash', '=', answer.browserHash)
    .where('expires_at', '>', isoNow(deps.clock))
    .returning(['id', 'sealed'])
    .executeTakeFirst();
  if (taken === undefined) return undefined;
  return JSON.parse(deps.keyring.openRecord(ceremonyContext(taken.id), taken.sealed).toString('utf8'));
}

/** Removes those past their end, up to `most`. @returns how many. */
export function sweepCeremonies(db: Db, now: string, most: number): Promise<number> {
  return sweepRows(db, { table: 'ceremonies', key: 'id', end: 'expires_at' }, now, most);
}

export const ceremonyRecords: SealedColumn = {
  table: 'ceremonies',
  key: 'id',
  before: '',
  column: 'sealed',
  name: (id) => ceremonyContext(String(id)),
};

function idOf(handedOut: string): string {
  return sha256(handedOut).toString('base64url');
}

function ceremonyContext(id: string): string {
  return `ceremony ${id}`;
}

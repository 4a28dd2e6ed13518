// Owns bringing everything under the current key: data keys are wrapped anew, records sealed anew; what a data key
// seals is not touched. It goes in small transactions beside all other work, and what it has done is seen from the
// rows alone, so that it can be broken off anywhere, taken up by anybody, and done by two at once.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../core/log.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { unlessBroken } from '../crypto/seal-broken.ts';
import { inTransaction } from '../db/engine.ts';
import type { Db, Tx } from '../db/engine.ts';
import { loadMark, removeMarkOf, setMark } from '../db/marks.ts';
import { pages } from '../db/pages.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import { loadRecord, messagesUnder, recordPages, replaceRecord, replaceWrapped } from './rewrap.store.ts';
import type { WrappedRow } from './rewrap.store.ts';

export interface RewrapDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly columns: readonly SealedColumn[];
}

export interface RewrapStep {
  /** How many came under the current key in this transaction. */
  readonly rewrapped: number;
  /** What did not open and stays as it is: the ids of messages, the names of records. Each is told once. */
  readonly broken: readonly string[];
}

/** The id of the key under which everything is wished to be. */
const WISH = 'rewrap to';
const MESSAGES_A_STEP = 100;
const RECORDS_A_STEP = 25;
const RECORDS_A_PAGE = 500;
// Between two transactions there is room for others.
const PAUSE_MS = 10;

/** Wishes that everything come under the current key: servers see to it, and whoever calls `rewrapAll`. */
export async function wishRewrap(db: Db, keyring: Keyring): Promise<void> {
  await setMark(db, WISH, keyring.currentKeyId);
}

/** What a server does about a wish, every now and then: all of it, unless it is told to stop. */
export async function fulfilWish(deps: RewrapDeps & { readonly log: Log }, stopping: AbortSignal): Promise<void> {
  const wished = await loadMark(deps.db, WISH);
  // A key that has not come here yet is a wish for another server.
  if (wished === undefined || !deps.keyring.keyIds().includes(wished)) return;
  let count = 0;
  for await (const { rewrapped, broken } of rewrapAll(deps)) {
    count += rewrapped;
    for (const id of broken) deps.log.error('rewrap.broken', { id });
    if (stopping.aborted || (await loadMark(deps.db, WISH)) === undefined) return;
  }
  deps.log.info('rewrap.done', { count, keyId: deps.keyring.currentKeyId });
}

/** Goes through everything until nothing that opens is left under an older key, and then ends the wish. */
export async function* rewrapAll(deps: RewrapDeps): AsyncGenerator<RewrapStep> {
  const wished = await loadMark(deps.db, WISH);
  const broken = new Set<string>();
  let left: boolean;
  do {
    left = false;
    for await (const step of passOf(deps)) {
      left ||= step.rewrapped > 0;
      yield { ...step, broken: step.broken.filter((name) => !broken.has(name)) };
      for (const name of step.broken) broken.add(name);
      await sleep(PAUSE_MS);
    }
  } while (left);
  if (wished !== undefined) await removeMarkOf(deps.db, WISH, wished);
}

async function* passOf(deps: RewrapDeps): AsyncGenerator<RewrapStep> {
  for (const { id } of olderKeys(deps.keyring)) yield* rewrapMessages(deps, id);
  for (const column of deps.columns) yield* resealRecords(deps, column);
}

async function* rewrapMessages({ db, keyring }: RewrapDeps, keyId: string): AsyncGenerator<RewrapStep> {
  const under = (after: string): Promise<WrappedRow[]> => messagesUnder(db, keyId, after, MESSAGES_A_STEP);
  for await (const page of pages(under, '', ({ id }) => id)) {
    const broken: string[] = [];
    const fresh = page.flatMap((old) => {
      const wrapped = unlessBroken(() => rewrapped(keyring, old));
      if (wrapped === undefined) broken.push(old.id);
      return wrapped === undefined ? [] : [{ old, wrapped }];
    });
    const done = await inTransaction(db, async (tx) => {
      let changed = 0;
      for (const { old, wrapped } of fresh) if (await replaceWrapped(tx, old, wrapped)) changed += 1;
      return changed;
    });
    yield { rewrapped: done, broken };
  }
}

async function* resealRecords({ db, keyring }: RewrapDeps, column: SealedColumn): AsyncGenerator<RewrapStep> {
  for await (const page of recordPages(db, column, RECORDS_A_PAGE)) {
    const older = new Set(olderKeys(keyring).map(({ id }) => id));
    const stale = page.filter(({ keyId }) => keyId !== undefined && older.has(keyId));
    for (let n = 0; n < stale.length; n += RECORDS_A_STEP) {
      const keys = stale.slice(n, n + RECORDS_A_STEP).map(({ key }) => key);
      yield await inTransaction(db, (tx) => resealEach(tx, keyring, column, keys));
    }
  }
}

async function resealEach(
  tx: Tx,
  keyring: Keyring,
  column: SealedColumn,
  keys: readonly (string | number)[],
): Promise<RewrapStep> {
  const broken: string[] = [];
  let rewrapped = 0;
  for (const key of keys) {
    const old = await loadRecord(tx, column, key);
    if (old === null) continue; // gone meanwhile
    const name = column.name(key);
    const fresh = unlessBroken(() => keyring.sealRecord(name, keyring.openRecord(name, old)));
    if (fresh === undefined) broken.push(name);
    else if (await replaceRecord(tx, column, key, old, fresh)) rewrapped += 1;
  }
  return { rewrapped, broken };
}

function rewrapped(keyring: Keyring, old: { id: string; key_id: string; wrapped_key: Uint8Array }) {
  const dataKey = keyring.unwrapDataKey({ keyId: old.key_id, wrapped: old.wrapped_key }, old.id);
  return keyring.wrapDataKey(dataKey, old.id);
}

function olderKeys(keyring: Keyring) {
  return keyring.keys().filter(({ state, isCurrent }) => state === 'active' && !isCurrent);
}

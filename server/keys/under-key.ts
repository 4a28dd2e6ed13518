// Owns what still lies under a key: how much of it, and whether any of it opens.

import type { Keyring } from '../crypto/keyring.ts';
import { SealBroken } from '../crypto/seal-broken.ts';
import { countMessages, countRecords, loadRecord, messagesUnder, recordsOf } from './rewrap.store.ts';
import type { RewrapDeps } from './rewrap.ts';
import type { SealedColumn } from '../db/sealed-column.ts';

export interface UnderKey {
  readonly messages: number;
  readonly records: number;
}

const PAGE_ROWS = 500;

/** For each id of a key, how much lies under it. It goes through everything that is stored. */
export async function countUnderKeys({ db, columns }: Omit<RewrapDeps, 'keyring'>): Promise<Map<string, UnderKey>> {
  const messages = await countMessages(db);
  const records = new Map<string, number>();
  for (const column of columns) {
    for (const [id, count] of await countRecords(db, column)) records.set(id, (records.get(id) ?? 0) + count);
  }
  const ids = new Set([...messages.keys(), ...records.keys()]);
  return new Map([...ids].map((id) => [id, { messages: messages.get(id) ?? 0, records: records.get(id) ?? 0 }]));
}

/** Whether anything under this key still opens. What does not is lost already, and keeps no key. */
export async function opensAnything(deps: RewrapDeps, keyId: string): Promise<boolean> {
  if (await opensMessage(deps, keyId)) return true;
  for (const column of deps.columns) if (await opensRecord(deps, column, keyId)) return true;
  return false;
}

async function opensMessage({ db, keyring }: RewrapDeps, keyId: string): Promise<boolean> {
  for (let after = ''; ;) {
    const page = await messagesUnder(db, keyId, after, PAGE_ROWS);
    for (const { id, wrapped_key: wrapped } of page) {
      if (opens(() => keyring.unwrapDataKey({ keyId, wrapped }, id))) return true;
    }
    const last = page.at(-1);
    if (last === undefined) return false;
    after = last.id;
  }
}

async function opensRecord({ db, keyring }: RewrapDeps, column: SealedColumn, keyId: string): Promise<boolean> {
  for (let after = column.before; ;) {
    const page = await recordsOf(db, column, after, PAGE_ROWS);
    for (const { key } of page.filter((record) => record.keyId === keyId)) {
      if (recordOpens(keyring, await loadRecord(db, column, key), column.name(key))) return true;
    }
    const last = page.at(-1);
    if (last === undefined) return false;
    after = last.key;
  }
}

function recordOpens(keyring: Keyring, record: Uint8Array | null, name: string): boolean {
  return record !== null && opens(() => keyring.openRecord(name, record));
}

function opens(open: () => unknown): boolean {
  try {
    open();
    return true;
  } catch (error) {
    if (error instanceof SealBroken) return false;
    throw error;
  }
}

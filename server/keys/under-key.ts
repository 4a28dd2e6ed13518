// Owns what still lies under a key: how much of it, and whether any of it opens.

import { unlessBroken } from '../crypto/seal-broken.ts';
import { pages } from '../db/pages.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import { countMessages, countRecords, loadRecord, messagesUnder, recordPages } from './rewrap.store.ts';
import type { WrappedRow } from './rewrap.store.ts';
import type { RewrapDeps } from './rewrap.ts';

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
  const under = (after: string): Promise<WrappedRow[]> => messagesUnder(db, keyId, after, PAGE_ROWS);
  for await (const page of pages(under, '', ({ id }) => id)) {
    for (const { id, wrapped_key: wrapped } of page) {
      if (unlessBroken(() => keyring.unwrapDataKey({ keyId, wrapped }, id)) !== undefined) return true;
    }
  }
  return false;
}

async function opensRecord({ db, keyring }: RewrapDeps, column: SealedColumn, keyId: string): Promise<boolean> {
  for await (const page of recordPages(db, column, PAGE_ROWS)) {
    for (const { key } of page.filter((record) => record.keyId === keyId)) {
      const record = await loadRecord(db, column, key);
      if (record === null) continue; // gone meanwhile
      if (unlessBroken(() => keyring.openRecord(column.name(key), record)) !== undefined) return true;
    }
  }
  return false;
}

// Owns the commands about key-encryption keys.

import type { Command } from 'commander';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import { addKey, serializeKeyring, setKeyState } from '../crypto/keyring.ts';
import type { KeyCard, Keyring } from '../crypto/keyring.ts';
import { inTransaction } from '../db/engine.ts';
import { changeKeyring } from '../keys/change.ts';
import { rewrapAll, wishRewrap } from '../keys/rewrap.ts';
import type { RewrapDeps } from '../keys/rewrap.ts';
import { countUnderKeys, opensAnything } from '../keys/under-key.ts';
import type { UnderKey } from '../keys/under-key.ts';
import { sealedColumns } from '../sealed-columns.ts';
import { fail, withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

// A server hears of a new key within a minute, whatever the keyring comes from.
const SETTLED_AFTER_MS = 5 * MINUTE_MS;
// Each message has a wrapping key of its own, so this is far from any limit of the cipher; it keeps it far.
const MESSAGES_A_KEY_MAX = 2 ** 31;
const NOTHING: UnderKey = { messages: 0, records: 0 };

interface PrintOption {
  readonly print?: true;
}

export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('Key-encryption keys');

  keys
    .command('list')
    .description('List the keys, their age, and how much lies under each; the current one seals what is new')
    .action(() => withStore(list));

  keys
    .command('add')
    .description('Add a key and make it the current one; running servers use it at once')
    .option('--print', 'print the keyring with the new key instead of storing it, for a keyring of KEYRING=exec:')
    .action((options: PrintOption) => withStore((desk) => add(desk, options)));

  keys
    .command('rewrap')
    .description('Bring all that is stored under the current key; servers go on with it when this is broken off')
    .option('--background', 'leave all of it to the servers')
    .action((options: { background?: true }) => withStore((desk) => rewrap(desk, options.background === true)));

  keys
    .command('retire')
    .argument('<key>', 'as keys list shows it')
    .description('Refuse a key from now on; nothing may lie under it any more')
    .option('--undo', 'let it open again what it sealed, for what an older backup brought back')
    .option('--print', 'print the changed keyring instead of storing it, for a keyring of KEYRING=exec:')
    .action((id: string, options: PrintOption & { undo?: true }) =>
      withStore((desk) => (options.undo === true ? reactivate(desk, id, options) : retire(desk, id, options))),
    );
}

async function list(desk: Desk): Promise<void> {
  const under = await countUnderKeys(rewrapDeps(desk));
  for (const key of desk.store.keyring.keys()) {
    const { messages, records } = under.get(key.id) ?? NOTHING;
    const days = Math.floor((desk.clock.nowMs() - Date.parse(key.createdAt)) / DAY_MS);
    const age = `${key.createdAt.slice(0, 10)}  ${String(days).padStart(5)} days`;
    desk.print(`${key.id}  ${stateOf(key).padEnd(7)}  ${age}  ${messages} messages, ${records} records`);
    if (messages >= MESSAGES_A_KEY_MAX) desk.print(`          has wrapped enough; run: npx sealpost keys add`);
  }
}

async function add(desk: Desk, options: PrintOption): Promise<void> {
  const added = await change(desk, options, 'key-added', (keyring) => addKey(keyring, desk.clock));
  if (added === undefined) return;
  desk.print(`${added.currentKeyId} seals what is new. For what is there: npx sealpost keys rewrap`);
}

async function rewrap(desk: Desk, inBackground: boolean): Promise<void> {
  const { db, keyring, vault } = desk.store;
  await wishRewrap(db, keyring);
  if (inBackground) {
    desk.print('The servers see to it; npx sealpost keys list shows how far they are.');
    return;
  }
  const total = await countStale(desk);
  let count = 0;
  let saidAtMs = -Infinity;
  for await (const { rewrapped, broken } of rewrapAll(rewrapDeps(desk))) {
    count += rewrapped;
    for (const name of broken) fail(`${name} does not open, and stays as it is.`);
    if (desk.clock.nowMs() - saidAtMs < SECOND_MS) continue;
    saidAtMs = desk.clock.nowMs();
    desk.print(`${count} of ${total} under ${keyring.currentKeyId}`);
  }
  await inTransaction(db, (tx) =>
    appendAudit(vault, tx, {
      event: 'keys-rewrapped',
      details: { actor: 'command line', key: keyring.currentKeyId, count },
    }),
  );
  desk.print(`Done: everything that opens is under ${keyring.currentKeyId}.`);
}

/** How much lies under keys that are neither current nor retired. */
async function countStale(desk: Desk): Promise<number> {
  const under = await countUnderKeys(rewrapDeps(desk));
  const older = desk.store.keyring.keys().filter(({ state, isCurrent }) => state === 'active' && !isCurrent);
  const counts = older.map(({ id }) => under.get(id) ?? NOTHING);
  return counts.reduce((sum, { messages, records }) => sum + messages + records, 0);
}

async function retire(desk: Desk, id: string, options: PrintOption): Promise<void> {
  const { keyring } = desk.store;
  const keys = keyring.keys();
  const key = keys.find((known) => known.id === id);
  const successor = keys.find(({ isCurrent }) => isCurrent);
  if (key === undefined) return fail(`There is no key ${id}. See npx sealpost keys list`);
  if (key.state === 'retired') return fail(`${id} is retired already.`);
  if (key.isCurrent || successor === undefined) {
    return fail(`${id} seals what is new. Add another first: npx sealpost keys add`);
  }
  if (desk.clock.nowMs() - Date.parse(successor.createdAt) < SETTLED_AFTER_MS) {
    return fail(`${successor.id} is younger than five minutes, and a server may still seal with ${id}. Wait a little.`);
  }
  const deps = rewrapDeps(desk);
  const { messages, records } = (await countUnderKeys(deps)).get(id) ?? NOTHING;
  if (messages + records > 0 && (await opensAnything(deps, id))) {
    return fail(`${messages} messages and ${records} records are still under ${id}. Run: npx sealpost keys rewrap`);
  }
  const retired = await change(desk, options, 'key-retired', (ring) => setKeyState(ring, id, 'retired'), id);
  if (retired !== undefined) desk.print(`${id} opens nothing more.`);
}

async function reactivate(desk: Desk, id: string, options: PrintOption): Promise<void> {
  const key = desk.store.keyring.keys().find((known) => known.id === id);
  if (key?.state !== 'retired') return fail(`There is no retired key ${id}. See npx sealpost keys list`);
  const active = await change(desk, options, 'key-reactivated', (ring) => setKeyState(ring, id, 'active'), id);
  if (active !== undefined) desk.print(`${id} opens again what it sealed. Then: npx sealpost keys rewrap`);
}

/** Stores the changed keyring, or prints it. @returns it once it is stored. */
async function change(
  { store, print }: Desk,
  options: PrintOption,
  event: AuditEvent,
  make: (keyring: Keyring) => Keyring,
  id?: string,
): Promise<Keyring | undefined> {
  const tell = (tx: Parameters<typeof appendAudit>[1], changed: Keyring): Promise<void> =>
    appendAudit(store.vault, tx, { event, details: { actor: 'command line', key: id ?? changed.currentKeyId } });
  if (options.print === true) {
    const changed = make(await store.keyringSource.load());
    await inTransaction(store.db, (tx) => tell(tx, changed));
    print(serializeKeyring(changed).trimEnd());
    return undefined;
  }
  const { store: place } = store.keyringSource;
  if (place === undefined) {
    fail('A command gives the keyring, and cannot take it back. Use --print, and store what it prints yourself.');
    return undefined;
  }
  return changeKeyring(store.db, place, make, tell);
}

function rewrapDeps({ store }: Desk): RewrapDeps {
  return { db: store.db, keyring: store.keyring, columns: sealedColumns };
}

function stateOf({ state, isCurrent }: KeyCard): string {
  return isCurrent ? 'current' : state;
}

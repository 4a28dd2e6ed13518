// Owns comparing what is wrong with the alerts that stand: what is new is raised, and what was not found for a while is over. Each
// is told once, in the transaction that says so, whatever number of machines looks.

import { appendAudit } from '../audit/audit.store.ts';
import { alertKinds, isCalm } from '../alerts/alert.ts';
import type { Alert, AlertKind, Finding } from '../alerts/alert.ts';
import { alertKey, end, listStanding, noteSeen, raise, renew } from '../alerts/alerts.store.ts';
import type { Address } from '../core/address.ts';
import { MINUTE_MS, isoNow } from '../core/clock.ts';
import { holdLock, inTransaction } from '../db/engine.ts';
import type { Db, Tx } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import { enqueue } from '../outbox/outbox.store.ts';

export interface SettleDeps {
  readonly db: Db;
  readonly vault: Vault;
  /** Whom to tell. */
  readonly listAdmins: (db: Db | Tx) => Promise<readonly Address[]>;
}

export interface Look {
  /** Of which kinds it can be said what is wrong; of the others nobody knows now. */
  readonly kinds: readonly AlertKind[];
  readonly findings: readonly Finding[];
}

/** What such a job carries, sealed. */
export interface AlertPayload {
  readonly to: Address;
  readonly keys: readonly string[];
  readonly isOver: boolean;
}

/** Rows are not written each time that nothing has changed. */
const SEEN_KEPT_MS = 2 * MINUTE_MS;

/** @returns whether there is something to send. */
export async function settleAlerts(deps: SettleDeps, look: Look): Promise<boolean> {
  const { db, vault } = deps;
  const before = compare(deps, look, await listStanding(vault.keyring, db));
  if (before.fresh.length + before.nearer.length + before.over.length + before.seen.length === 0) return false;
  return inTransaction(db, async (tx) => {
    await holdLock(tx, 'alerts');
    const { fresh, nearer, seen, over } = compare(deps, look, await listStanding(vault.keyring, tx));
    const now = isoNow(vault.clock);
    await noteSeen(tx, seen, now);
    const raised: Finding[] = [];
    for (const one of fresh) if (await raise(vault.keyring, tx, one, now)) raised.push(one);
    for (const one of nearer) if (await renew(vault.keyring, tx, one, now)) raised.push(one);
    const ended: Finding[] = [];
    for (const one of over) if (await end(tx, one, now)) ended.push(one);
    await tell(deps, tx, raised, false);
    await tell(deps, tx, ended, true);
    return raised.length + ended.length > 0;
  });
}

interface Difference {
  readonly fresh: readonly Finding[];
  /** They stand, and their end has come nearer by a step. */
  readonly nearer: readonly Finding[];
  readonly seen: readonly string[];
  readonly over: readonly Alert[];
}

function compare({ vault }: SettleDeps, { kinds, findings }: Look, standing: readonly Alert[]): Difference {
  const nowMs = vault.clock.nowMs();
  const found = new Map(findings.map((one) => [alertKey(vault.keyring, one), one]));
  const stands = new Map(standing.map((one) => [one.key, one.step]));
  return {
    fresh: [...found].flatMap(([key, one]) => (stands.has(key) ? [] : one)),
    nearer: [...found].flatMap(([key, one]) =>
      one.step !== undefined && one.step < (stands.get(key) ?? -Infinity) ? one : [],
    ),
    seen: standing
      .filter(({ key, seenAt }) => found.has(key) && nowMs - Date.parse(seenAt) >= SEEN_KEPT_MS)
      .map(({ key }) => key),
    over: standing.filter((one) => kinds.includes(one.kind) && !found.has(one.key) && isCalm(one, nowMs)),
  };
}

async function tell({ vault, listAdmins }: SettleDeps, tx: Tx, alerts: readonly Finding[], isOver: boolean) {
  if (alerts.length === 0) return;
  const keys = alerts.filter(({ kind }) => alertKinds[kind].isMailed).map((one) => alertKey(vault.keyring, one));
  for (const to of keys.length === 0 ? [] : await listAdmins(tx)) {
    const payload: AlertPayload = { to, keys, isOver };
    await enqueue(vault, tx, { kind: 'alert', payload });
  }
  for (const { kind, about, detail = '' } of alerts) {
    const event = isOver ? 'alert-over' : 'alert-raised';
    await appendAudit(vault, tx, { event, details: { alert: kind, about, ...(detail === '' ? {} : { detail }) } });
  }
}

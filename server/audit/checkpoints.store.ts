// Owns the signed statements about the audit log: that it had come to an entry (a checkpoint), and up to which entry it was
// removed because its time had passed (a cut). Whoever can write to the database can make neither.

import { z } from 'zod';
import { unlessBrokenLater } from '../crypto/seal-broken.ts';
import type { Signer } from '../crypto/signing-key.ts';
import type { Db, Tx } from '../db/engine.ts';
import { holdLock, inTransaction } from '../db/engine.ts';
import { pages } from '../db/pages.ts';
import { loadAuditHead } from './audit-head.store.ts';
import type { AuditPoint } from './audit-head.store.ts';
import { AUDIT_LOCK } from './audit.store.ts';

export type Kind = 'checkpoint' | 'cut';

const types: Readonly<Record<Kind, string>> = { checkpoint: 'sealpost-audit-checkpoint', cut: 'sealpost-audit-cut' };
const pointSchema = z.strictObject({ seq: z.number().int().positive(), at: z.string(), hash: z.string() });
const BATCH_ROWS = 500;
const ENTRIES_BETWEEN_MAX = 1_000;

/** A statement as it stands in the table; `point` is absent when its signature does not hold. */
export interface Statement {
  readonly seq: number;
  readonly point: AuditPoint | undefined;
}

/** Signs how far the log has come: when `sinceAt` has passed since the last time, or a thousand entries. */
export async function keepCheckpoint(signer: Signer, db: Db, sinceAt: string): Promise<boolean> {
  const head = await loadAuditHead(db);
  const last = await newest(db, 'checkpoint');
  if (head === undefined || (last !== undefined && last.seq >= head.seq)) return false;
  if (last !== undefined && last.at > sinceAt && head.seq - last.seq < ENTRIES_BETWEEN_MAX) return false;
  const signed = await signer.sign(types.checkpoint, head);
  await inTransaction(db, async (tx) => {
    await holdLock(tx, AUDIT_LOCK);
    await add(tx, 'checkpoint', head, signed);
  });
  return true;
}

/** To be called by the transaction that removes all up to this entry, which holds AUDIT_LOCK. */
export async function putCut(tx: Tx, point: AuditPoint, signed: string): Promise<void> {
  await tx.deleteFrom('audit_checkpoints').where('kind', '=', 'cut').execute();
  await tx.deleteFrom('audit_checkpoints').where('kind', '=', 'checkpoint').where('seq', '<=', point.seq).execute();
  await add(tx, 'cut', point, signed);
}

export function signCut(signer: Signer, point: AuditPoint): Promise<string> {
  return signer.sign(types.cut, point);
}

/** Up to where the log was removed in its time; undefined when it is whole. */
export async function loadCut(signer: Signer, db: Db): Promise<Statement | undefined> {
  const row = await newest(db, 'cut');
  return row === undefined ? undefined : read(signer, 'cut', row);
}

/** Every checkpoint in order. */
export async function* readCheckpoints(signer: Signer, db: Db): AsyncGenerator<Statement> {
  const load = (after: number) =>
    db
      .selectFrom('audit_checkpoints')
      .selectAll()
      .where('kind', '=', 'checkpoint')
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(BATCH_ROWS)
      .execute();
  for await (const page of pages(load, 0, ({ seq }) => seq)) {
    for (const row of page) yield await read(signer, 'checkpoint', row);
  }
}

/** The newest checkpoint, as it was signed, for whoever keeps it elsewhere. */
export async function loadCheckpoint(db: Db): Promise<{ seq: number; at: string; signed: string } | undefined> {
  return newest(db, 'checkpoint');
}

async function read(signer: Signer, kind: Kind, row: { seq: number; signed: string }): Promise<Statement> {
  const statement = await unlessBrokenLater(() => signer.verify(types[kind], row.signed));
  const point = pointSchema.safeParse(statement);
  return { seq: row.seq, point: point.success && point.data.seq === row.seq ? point.data : undefined };
}

function newest(db: Db, kind: Kind) {
  return db
    .selectFrom('audit_checkpoints')
    .select(['seq', 'at', 'signed'])
    .where('kind', '=', kind)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function add(tx: Tx, kind: Kind, { seq, at }: AuditPoint, signed: string): Promise<void> {
  await tx
    .insertInto('audit_checkpoints')
    .values({ kind, seq, at, signed })
    .onConflict((conflict) => conflict.columns(['kind', 'seq']).doNothing())
    .execute();
}

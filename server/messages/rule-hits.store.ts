// Owns the rows that say which rules met which message. They hold names that administrators gave and nothing of the
// message; they go when it is shredded.

import type { Db, Tx } from '../db/engine.ts';
import { walk } from './messages.store.ts';
import type { PageAsk } from './messages.store.ts';
import type { RuleHitsTable } from '../db/tables/messages.ts';

export interface Hit {
  readonly rule: string;
  readonly effect: RuleHitsTable['effect'];
}

/** Of one message, each rule once. */
export async function insertRuleHits(tx: Tx, messageId: string, at: string, hits: readonly Hit[]): Promise<void> {
  if (hits.length === 0) return;
  const rows = hits.map(({ rule, effect }) => ({ message_id: messageId, rule_id: rule, effect, at }));
  await tx.insertInto('rule_hits').values(rows).execute();
}

/** Of these messages, those in shadow as well. */
export async function listRuleHits(
  db: Db,
  messageIds: readonly string[],
): Promise<(Hit & { readonly messageId: string })[]> {
  if (messageIds.length === 0) return [];
  const rows = await db
    .selectFrom('rule_hits')
    .selectAll()
    .where('message_id', 'in', [...messageIds])
    .execute();
  return rows.map((row) => ({ messageId: row.message_id, rule: row.rule_id, effect: row.effect }));
}

/** The messages that one rule met and that are still there, newest first. */
export async function listMetByRule(
  db: Db,
  rule: string,
  page: PageAsk,
): Promise<{ readonly messageId: string; readonly at: string; readonly effect: Hit['effect'] }[]> {
  const { beyond, cursor, order } = walk(page);
  const rows = await db
    .selectFrom('rule_hits')
    .select(['message_id', 'at', 'effect'])
    .where('rule_id', '=', rule)
    .where('message_id', beyond, cursor)
    .orderBy('message_id', order)
    .limit(page.limit)
    .execute();
  const newestFirst = order === 'asc' ? rows.toReversed() : rows;
  return newestFirst.map(({ message_id: messageId, ...row }) => ({ messageId, ...row }));
}

// Owns how a message that a rule holds stands on its sender's pages.

import type { Db } from '../db/engine.ts';
import type { HoldsTable } from '../db/tables/holds.ts';
import type { Site } from '../http/site.ts';
import { dayAt, plainly } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import { listHolds, listUnreached, openHold } from '../messages/holds.store.ts';
import type { SentRow } from '../render/page-models/sent.ts';

/** How each of these stands in the list: messages that nobody has been told of, since a rule holds them or held them back. */
export async function heldStates(
  db: Db,
  words: Words,
  untold: readonly string[],
): Promise<ReadonlyMap<string, Pick<SentRow, 'stateWords' | 'tone'>>> {
  const stateOf = (rows: readonly HoldsTable[]): Pick<SentRow, 'stateWords' | 'tone'> =>
    rows.some(({ state }) => state === 'refused')
      ? { stateWords: words.say('approval.sent-state-refused'), tone: 'bad' }
      : { stateWords: words.say('approval.sent-state'), tone: 'waiting' };
  const holds = Map.groupBy(await listHolds(db, untold), (hold) => hold.message_id);
  return new Map([...holds].map(([id, rows]) => [id, stateOf(rows)]));
}

/** A sentence or two for each hold. */
export async function holdWords(site: Site, words: Words, holds: readonly HoldsTable[]): Promise<Told[]> {
  const told: Told[] = [];
  for (const hold of holds) {
    const { name: rule, word = '' } = openHold(site.keyring, hold);
    told.push(words.tell(KEYS[hold.state], { rule, day: dayAt(hold.answered_at ?? hold.created_at) }));
    if (word !== '') told.push(plainly(words.say('approval.sent-word', { word })));
    if (hold.state !== 'open') continue;
    for (const approver of await listUnreached(site.keyring, site.db, hold)) {
      told.push(plainly(words.say('approval.sent-unreached', { approver })));
    }
  }
  return told;
}

const KEYS = {
  open: 'approval.sent-open',
  released: 'approval.sent-released',
  refused: 'approval.sent-refused',
} as const;

// Owns how a message that a rule holds stands on its sender's pages.

import type { Db } from '../db/engine.ts';
import type { HoldsTable } from '../db/tables/holds.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import type { Site } from '../http/site.ts';
import type { Words } from '../language/words.ts';
import { listHolds, openHold } from '../messages/holds.store.ts';
import type { SentRow } from '../render/page-models/sent.ts';

/** How each of these stands in the list, of those that a rule holds or held back for good. */
export async function heldStates(
  db: Db,
  words: Words,
  messages: readonly MessagesTable[],
): Promise<ReadonlyMap<string, Pick<SentRow, 'stateWords' | 'tone'>>> {
  const ids = messages.filter(({ destroyed_at: at }) => at === null).map(({ id }) => id);
  const holds = (await listHolds(db, ids)).filter(({ state }) => state !== 'released');
  const stateOf = (rows: readonly HoldsTable[]): Pick<SentRow, 'stateWords' | 'tone'> =>
    rows.some(({ state }) => state === 'refused')
      ? { stateWords: words.say('approval.sent-state-refused'), tone: 'bad' }
      : { stateWords: words.say('approval.sent-state'), tone: 'waiting' };
  return new Map([...Map.groupBy(holds, (hold) => hold.message_id)].map(([id, rows]) => [id, stateOf(rows)]));
}

/** A sentence or two for each hold. */
export function holdWords(site: Site, words: Words, holds: readonly HoldsTable[]): string[] {
  return holds.flatMap((hold) => {
    const { name: rule, word = '' } = openHold(site.keyring, hold);
    const day = words.day(new Date(hold.answered_at ?? hold.created_at));
    return [
      words.say(KEYS[hold.state], { rule, day }),
      ...(word === '' ? [] : [words.say('approval.sent-word', { word })]),
    ];
  });
}

const KEYS = {
  open: 'approval.sent-open',
  released: 'approval.sent-released',
  refused: 'approval.sent-refused',
} as const;

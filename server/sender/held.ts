// Owns how a message that a rule holds stands on its sender's pages.

import type { Db } from '../db/engine.ts';
import type { HoldsTable } from '../db/tables/holds.ts';
import type { Site } from '../http/site.ts';
import { dayAt, plainly } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import { listHolds, openHold } from '../messages/holds.store.ts';
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
export function holdWords(site: Site, words: Words, holds: readonly HoldsTable[]): Told[] {
  return holds.flatMap((hold) => {
    const { name: rule, word = '' } = openHold(site.keyring, hold);
    const day = dayAt(hold.answered_at ?? hold.created_at);
    return [
      words.tell(KEYS[hold.state], { rule, day }),
      ...(word === '' ? [] : [plainly(words.say('approval.sent-word', { word }))]),
    ];
  });
}

const KEYS = {
  open: 'approval.sent-open',
  released: 'approval.sent-released',
  refused: 'approval.sent-refused',
} as const;

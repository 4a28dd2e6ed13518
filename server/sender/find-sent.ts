// Owns going through sent messages for those that a search means. Subjects are sealed, so that they are opened one after the
// other, which costs more than all else: at most OPENED_MAX for one page, and of messages that need not be opened LOOKED_MAX.
// The page says how far it came.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { isoNow } from '../core/clock.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { tellBroken } from '../http/message-views.ts';
import type { Site } from '../http/site.ts';
import { listFacts, walkSent } from '../messages/find-sent.store.ts';
import { listHolds } from '../messages/holds.store.ts';
import { openMessage } from '../messages/open.ts';
import { recipientStatus } from '../messages/recipient-state.ts';
import type { FindState } from '../messages/recipient-state.ts';
import { folded } from './sent-filter.ts';
import type { SentFilter } from './sent-filter.ts';

const ROWS_PER_PAGE = 30;
export const LOOKED_MAX = 2_000;
/** So many take some 50 ms of one processor. */
export const OPENED_MAX = 500;
const WINDOW_ROWS = 250;

export type FindFrom = { readonly before?: string | undefined } | { readonly after: string };

export interface Found {
  /** Newest first. */
  readonly rows: readonly MessagesTable[];
  /** Where older and newer ones go on: beyond the page, or beyond what was looked through. */
  readonly olderFrom: string | undefined;
  readonly newerFrom: string | undefined;
  /** How many were looked through, when that is why the page is not full. */
  readonly stopped: { readonly looked: number; readonly lastId: string } | undefined;
}

/** @param senderIndexes undefined: of all. */
export async function findSent(
  site: Site,
  senderIndexes: readonly string[] | undefined,
  filter: SentFilter,
  from: FindFrom,
  rowsPerPage = ROWS_PER_PAGE,
): Promise<Found> {
  const isNewer = 'after' in from;
  const found: MessagesTable[] = [];
  let [looked, opened] = [0, 0];
  let cursor = isNewer ? from.after : from.before;
  const first = cursor;
  // Where all that is walked along is meant, a page is enough.
  const isAllMeant = filter.recipientIndex === undefined && filter.state === undefined && filter.words.length === 0;
  const most = isAllMeant ? rowsPerPage + 1 : WINDOW_ROWS;
  while (found.length <= rowsPerPage && looked < LOOKED_MAX && opened < OPENED_MAX) {
    const { rows, walked, lastId } = await walkSent(site.db, {
      senderIndexes,
      recipientIndex: filter.recipientIndex,
      above: isNewer ? later(cursor ?? '', filter.above) : filter.above,
      below: isNewer ? filter.below : earlier(cursor ?? filter.below, filter.below),
      order: isNewer ? 'asc' : 'desc',
      most,
    });
    const inState = filter.state === undefined ? rows : await standing(site, filter.state, rows);
    found.push(...(filter.words.length === 0 ? inState : withWords(site, filter.words, inState)));
    if (filter.words.length > 0) opened += inState.length;
    looked += walked;
    cursor = lastId;
    if (cursor === undefined) break;
    // What is asked for by many at once must not keep a single one waiting for all the others.
    await nextTurn();
  }
  return view(found, { isNewer, first, cursor, looked, rowsPerPage });
}

function view(
  found: readonly MessagesTable[],
  way: {
    isNewer: boolean;
    first: string | undefined;
    cursor: string | undefined;
    looked: number;
    rowsPerPage: number;
  },
): Found {
  const { isNewer, first, cursor, looked, rowsPerPage } = way;
  const isFull = found.length > rowsPerPage;
  const rows = found.slice(0, rowsPerPage);
  const onward = isFull ? rows.at(-1)?.id : cursor;
  const back = first === undefined ? undefined : (rows[0]?.id ?? first);
  return {
    rows: isNewer ? rows.toReversed() : rows,
    olderFrom: isNewer ? back : onward,
    newerFrom: isNewer ? onward : back,
    stopped: isFull || cursor === undefined ? undefined : { looked, lastId: cursor },
  };
}

// No promise for each: there are hundreds of them.
function withWords(site: Site, words: SentFilter['words'], rows: readonly MessagesTable[]): MessagesTable[] {
  return rows.filter((row) => {
    if (row.destroyed_at !== null) return false;
    try {
      const subject = folded(openMessage(site.vault, row).meta.subject);
      return words.every((word) => subject.includes(word));
    } catch (error) {
      tellBroken(site, row.id, error);
      return false;
    }
  });
}

async function standing(
  site: Site,
  state: FindState,
  rows: readonly MessagesTable[],
): Promise<readonly MessagesTable[]> {
  const ids = rows.map(({ id }) => id);
  if (state === 'held' || state === 'refused') {
    const holds = (await listHolds(site.db, ids)).filter((hold) => hold.state === (state === 'held' ? 'open' : state));
    const held = new Set(holds.map((hold) => hold.message_id));
    return rows.filter((row) => row.destroyed_at === null && held.has(row.id));
  }
  const now = isoNow(site.clock);
  const facts = Map.groupBy(await listFacts(site.db, ids), (one) => one.message_id);
  return rows.filter((row) => facts.get(row.id)?.some((one) => recipientStatus(one, row, now) === state) === true);
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

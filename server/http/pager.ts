// Owns turning a list into pages: by cursor, newest first, one row more asked for than is shown.

import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { sentence } from '../language/words.ts';
import type { PageAsk } from '../messages/messages.store.ts';
import type { Pager } from '../render/page-models/parts.ts';

const ROWS_PER_PAGE = 30;

/** What a cursor looks like, and how long a page is, where it is not thirty rows told apart by their ids. */
export interface PageShape {
  readonly isCursor: (text: unknown) => text is string;
  readonly rowsPerPage: number;
}

/** The page that was asked for: the rows that are shown, and where older and newer ones are. */
export async function takePage<Row>(
  req: Request,
  path: string,
  list: (page: PageAsk) => Promise<Row[]>,
  cursorOf: (row: Row) => string,
  { isCursor, rowsPerPage }: PageShape = { isCursor: isId, rowsPerPage: ROWS_PER_PAGE },
): Promise<{ rows: Row[]; pager: Pager }> {
  const join = path.includes('?') ? '&' : '?';
  const before = cursorIn(req, 'before', isCursor);
  const after = cursorIn(req, 'after', isCursor);
  const limit = rowsPerPage + 1;
  const newer = after === undefined ? [] : await list({ after, limit });
  if (newer.length === limit) return view(newer.slice(1), true, true);
  const older = before === undefined ? [] : await list({ before, limit });
  if (older.length > 0) return view(older.slice(0, rowsPerPage), true, older.length === limit);
  // Beyond either end, and where less than a page is newer, the newest page is the one that is meant.
  const newest = await list({ limit });
  return view(newest.slice(0, rowsPerPage), false, newest.length === limit);

  function view(rows: Row[], hasNewer: boolean, hasOlder: boolean): { rows: Row[]; pager: Pager } {
    const [first, last] = [rows[0], rows.at(-1)];
    return {
      rows,
      pager: {
        ...(hasNewer && first !== undefined ? { newerUrl: `${path}${join}after=${cursorOf(first)}` } : {}),
        ...(hasOlder && last !== undefined ? { olderUrl: `${path}${join}before=${cursorOf(last)}` } : {}),
      },
    };
  }
}

/** Opaque to whoever follows the link; nothing else than what such a link carries is taken. */
export function cursorIn(
  req: Request,
  name: 'before' | 'after',
  isCursor: (text: unknown) => text is string = isId,
): string | undefined {
  const given = req.query[name];
  if (given === undefined || isCursor(given)) return given;
  throw new AppError('request/malformed', sentence('problem.list-no-page'));
}

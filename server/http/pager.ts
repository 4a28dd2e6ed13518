// Owns turning a list into pages: by cursor, newest first, one row more asked for than is shown.

import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { isId } from '../core/ids.ts';
import { sentence } from '../language/words.ts';
import type { PageAsk } from '../messages/messages.store.ts';
import type { Pager } from '../render/page-models/parts.ts';

const ROWS_PER_PAGE = 30;

/** The page that was asked for: the rows that are shown, and where older and newer ones are. */
export async function takePage<Row>(
  req: Request,
  path: string,
  list: (page: PageAsk) => Promise<Row[]>,
  idOf: (row: Row) => string,
): Promise<{ rows: Row[]; pager: Pager }> {
  const join = path.includes('?') ? '&' : '?';
  const before = cursorIn(req, 'before');
  const after = cursorIn(req, 'after');
  const limit = ROWS_PER_PAGE + 1;
  const newer = after === undefined ? [] : await list({ after, limit });
  if (newer.length === limit) return view(newer.slice(1), true, true);
  const older = before === undefined ? [] : await list({ before, limit });
  if (older.length > 0) return view(older.slice(0, ROWS_PER_PAGE), true, older.length === limit);
  // Beyond either end, and where less than a page is newer, the newest page is the one that is meant.
  const newest = await list({ limit });
  return view(newest.slice(0, ROWS_PER_PAGE), false, newest.length === limit);

  function view(rows: Row[], hasNewer: boolean, hasOlder: boolean): { rows: Row[]; pager: Pager } {
    const [first, last] = [rows[0], rows.at(-1)];
    return {
      rows,
      pager: {
        ...(hasNewer && first !== undefined ? { newerUrl: `${path}${join}after=${idOf(first)}` } : {}),
        ...(hasOlder && last !== undefined ? { olderUrl: `${path}${join}before=${idOf(last)}` } : {}),
      },
    };
  }
}

/** Opaque to whoever follows the link; nothing else than what such a link carries is taken. */
export function cursorIn(req: Request, name: 'before' | 'after'): string | undefined {
  const given = req.query[name];
  if (given === undefined || isId(given)) return given;
  throw new AppError('request/malformed', sentence('problem.list-no-page'));
}

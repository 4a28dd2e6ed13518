// Owns turning a list into pages: by cursor, newest first, one row more asked for than is shown.

import type { Request } from 'express';
import { isId } from '../core/ids.ts';
import type { Pager } from '../render/page-models.ts';

const ROWS_PER_PAGE = 30;

/** The page that was asked for: the rows that are shown, and where older and newer ones are. */
export async function takePage<Row>(
  req: Request,
  path: string,
  list: (page: { before: string | undefined; limit: number }) => Promise<Row[]>,
  idOf: (row: Row) => string,
): Promise<{ rows: Row[]; pager: Pager }> {
  const before = isId(req.query['before']) ? req.query['before'] : undefined;
  const found = await list({ before, limit: ROWS_PER_PAGE + 1 });
  const rows = found.slice(0, ROWS_PER_PAGE);
  const last = rows.at(-1);
  const hasOlder = found.length > ROWS_PER_PAGE && last !== undefined;
  return {
    rows,
    pager: {
      ...(before === undefined ? {} : { newerUrl: path }),
      ...(hasOlder ? { olderUrl: `${path}?before=${idOf(last)}` } : {}),
    },
  };
}

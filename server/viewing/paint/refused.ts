// Owns saying why a file is not shown, from wherever in the work that turns out.

import type { Failure } from '../paint-protocol.ts';

export class Refused extends Error {
  readonly why: Failure;
  readonly pages: number | undefined;

  constructor(why: Failure, pages?: number) {
    super(why);
    this.name = 'Refused';
    this.why = why;
    this.pages = pages;
  }
}

/** Throws unless there is such a page among the shown ones. */
export function checkPage(page: number, pages: number): void {
  if (!(page >= 1 && page <= pages)) throw new Refused('no-such-page', pages);
}

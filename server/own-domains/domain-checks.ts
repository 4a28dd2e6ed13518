// Owns one look at the DNS for all who want to see it: while one is under way nobody begins another, and what came of it is good
// for a moment.

import type { Clock } from '../core/clock.ts';
import type { DomainsReport } from './report.ts';

export interface DomainChecks {
  /** What the DNS says now, or said a moment ago. */
  look(): Promise<DomainsReport>;
  /** The last look of this process, however old. */
  last(): DomainsReport | undefined;
}

const GOOD_FOR_MS = 15_000;

export function bindDomainChecks(clock: Clock, check: () => Promise<DomainsReport>): DomainChecks {
  let last: DomainsReport | undefined;
  let underWay: Promise<DomainsReport> | undefined;
  return {
    look: () => {
      const isFresh = last !== undefined && clock.nowMs() - Date.parse(last.at) < GOOD_FOR_MS;
      if (isFresh && last !== undefined) return Promise.resolve(last);
      underWay ??= check()
        .then((report) => (last = report))
        .finally(() => (underWay = undefined));
      return underWay;
    },
    last: () => last,
  };
}

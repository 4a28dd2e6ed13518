// Owns what the page is given that shows what others report of TLS with our mail servers.

import type { ChartView } from '../chart.ts';

export interface TlsReportsPage {
  readonly charts: readonly ChartView[];
  /** What failed, the most first. */
  readonly failures: readonly {
    readonly domain: string;
    readonly words: string;
    readonly host: string;
    readonly count: number;
    readonly by: string;
  }[];
  /** Who reports. */
  readonly reporters: readonly {
    readonly organization: string;
    readonly domain: string;
    readonly successful: number;
    readonly failed: number;
    readonly day: string;
  }[];
  readonly records: readonly { readonly name: string; readonly type: string; readonly value: string }[];
  /** There are more reports than are looked at. */
  readonly isCut: boolean;
}

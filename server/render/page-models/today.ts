// Owns what the pages on how the house runs are given: today's figures, and the queue.

import type { ChartView } from '../chart.ts';
import type { Moment, StateView } from './parts.ts';

export interface TodayPage {
  /** What is wrong, the oldest first, and where to look. */
  readonly alerts: readonly {
    readonly says: string;
    readonly cure: string;
    readonly url: string;
    readonly since: Moment;
  }[];
  /** What was over of late, the newest first. */
  readonly alertsOver: readonly { readonly says: string; readonly since: Moment; readonly over: Moment }[];
  /** "Database", "Can be reached", and what to do where it cannot. */
  readonly health: readonly { readonly words: string; readonly state: StateView; readonly cure?: string }[];
  readonly tiles: readonly { readonly words: string; readonly value: string; readonly url?: string }[];
  readonly charts: readonly ChartView[];
  readonly bounces: readonly { readonly domain: string; readonly count: number; readonly last: string }[];
  readonly bouncesUrl: string;
  readonly readyUrl: string;
  /** What is still to be set up. */
  readonly setup?: { readonly missing: string; readonly url: string };
}

export interface QueueRow {
  readonly id: string;
  readonly words: string;
  readonly state: StateView;
  readonly attempts: number;
  /** "RCPT 450 4.2.1", as the relay's dialogue failed; '' when it has not. */
  readonly error: string;
  readonly created: Moment;
  /** When it is tried next; absent for what has ended. */
  readonly next?: Moment;
  readonly messageUrl?: string;
  readonly mayRetry: boolean;
  readonly mayGiveUp: boolean;
}

export interface QueuePage {
  readonly rows: readonly QueueRow[];
  readonly more: boolean;
  readonly retryAction: string;
  readonly giveUpAction: string;
  readonly retryAllAction: string;
  readonly waiting: number;
}

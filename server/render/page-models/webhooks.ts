// Owns what the pages about webhooks are given.

import type { Moment, StateView } from './parts.ts';

export interface EventChoice {
  readonly name: string;
  readonly words: string;
  readonly chosen: boolean;
}

export interface WebhookFields {
  readonly action: string;
  readonly url: string;
  /** Those of messages and their readers, and those of the house. */
  readonly messageEvents: readonly EventChoice[];
  readonly otherEvents: readonly EventChoice[];
  /** Whether one of the house is chosen: they are unfolded then. */
  readonly anyOther: boolean;
  readonly label: string;
}

export interface WebhooksPage {
  readonly mayChange: boolean;
  readonly rows: readonly {
    readonly host: string;
    readonly url: string;
    readonly state: StateView;
    readonly events: number;
  }[];
  readonly fields: WebhookFields;
  /** The id that what this form makes will have, so that it makes one. */
  readonly once: string;
  readonly problem?: string;
}

export interface DeliveryRow {
  readonly id: string;
  readonly words: string;
  readonly state: StateView;
  readonly created: Moment;
  readonly attempts: readonly { readonly at: Moment; readonly outcome: string }[];
  readonly mayReplay: boolean;
}

export interface WebhookPage {
  readonly backUrl: string;
  readonly host: string;
  readonly state: StateView;
  /** Why it was switched off by itself, or since when it fails. */
  readonly trouble?: string;
  readonly mayChange: boolean;
  readonly isOn: boolean;
  readonly version: number;
  readonly fields: WebhookFields;
  /** Until when the secret before signs as well. */
  readonly bothUntil?: Moment;
  readonly stateAction: string;
  readonly testAction: string;
  readonly rotateAction: string;
  readonly removeAction: string;
  readonly replayAction: string;
  readonly deliveries: readonly DeliveryRow[];
  readonly problem?: string;
}

/** Shown once, as the answer to what made it. */
export interface WebhookSecretPage {
  readonly host: string;
  readonly secret: string;
  /** Whether the one before signs for another day. */
  readonly rotated: boolean;
  readonly nextUrl: string;
}

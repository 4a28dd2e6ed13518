// Owns what the pages of API keys and of settings are given.

import type { Moment } from './parts.ts';

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** "all senders", or their addresses. */
  readonly senders: readonly string[];
  readonly created: Moment;
  /** A day, or 'never'. */
  readonly lastUsed: string;
  readonly ends?: Moment;
  readonly state: { readonly words: string; readonly tone: 'good' | 'bad' | 'off' };
  readonly mayRevoke: boolean;
}

export interface ApiKeysPage {
  readonly rows: readonly ApiKeyRow[];
  readonly mayChange: boolean;
  readonly action: string;
  readonly revokeAction: string;
  readonly scopes: readonly { readonly name: string; readonly words: string; readonly chosen: boolean }[];
  readonly typed: { readonly name: string; readonly senders: string; readonly expires: string };
  readonly error?: string;
  /** The id of what this form makes, so that it makes one. */
  readonly once: string;
  /** `key` is shown this once; without it, the form was sent before and the key shown then. */
  readonly made?: { readonly id: string; readonly name: string; readonly key?: string };
}

export interface SettingsPage {
  readonly rows: readonly { readonly name: string; readonly value: string; readonly source: string }[];
  readonly keys: readonly {
    readonly id: string;
    readonly created: Moment;
    readonly state: { readonly words: string; readonly tone: 'good' | 'off' | 'waiting' };
  }[];
}

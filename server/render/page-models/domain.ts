// Owns what the page about the organisation's own domains is given.

import type { Moment, StateView } from './parts.ts';

export interface DomainFinding {
  readonly title: string;
  readonly state: StateView;
  readonly says: string;
  readonly cure: string;
  readonly found: readonly string[];
  readonly publish?: { readonly type: string; readonly name: string; readonly value: string };
  readonly file?: { readonly url: string; readonly text: string };
}

export interface DomainSection {
  readonly domain: string;
  readonly uses: string;
  readonly findings: readonly DomainFinding[];
}

export interface DomainPage {
  readonly here: string;
  readonly setupUrl: string;
  readonly looked: Moment;
  readonly summary: StateView;
  readonly domains: readonly DomainSection[];
}

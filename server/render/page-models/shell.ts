// Owns what every page is given beside its own part.

import type { Language } from '../../language/languages.ts';
import type { Words } from '../../language/words.ts';

export interface Shell {
  /** What every text of the page is said in. */
  readonly words: Words;
  /** What dates are written in by the script that says times by the reader's clock; absent where no scripts run. */
  readonly locale?: string;
  /** To choose from, each in its own words. */
  readonly languages: readonly { readonly tag: Language; readonly name: string; readonly chosen: boolean }[];
  readonly title: string;
  /** Path prefix of PUBLIC_URL without a trailing slash; '' at the root. */
  readonly base: string;
  /** Goes as `?v=` into the address of each file under /static. */
  readonly staticVersion: string;
  readonly brand: {
    readonly name: string;
    /** Path of the logo, with a version in it. */
    readonly logoUrl?: string;
    /** The same for the picture in the browser's tab. */
    readonly faviconUrl?: string;
    /** The organisation's own pages, https. */
    readonly privacyUrl?: string;
    readonly imprintUrl?: string;
    /** Path of the generated style sheet that sets --brand and --on-brand. */
    readonly styleUrl: string;
    readonly footer: string;
  };
  readonly theme: 'auto' | 'light' | 'dark';
  /** Token for each form on the page. */
  readonly csrf: string;
  /** The path to come back to after the theme switch. */
  readonly here: string;
  readonly visitor?: {
    readonly address: string;
    readonly isSender: boolean;
    /** The console's pages for this person's role; empty: they have none. */
    readonly console: readonly ConsoleEntry[];
    readonly inConsole: boolean;
    /** Stands beside its navigation. */
    readonly consoleNote?: string;
    /** Which entry of the navigation is current. */
    readonly at?: 'inbox' | 'sent' | 'account' | 'write' | ConsolePlace;
  };
  /** A sentence on what was just done, shown once at the top. */
  readonly done?: string;
  /** The button beside it that takes it back. */
  readonly undo?: UndoView;
  readonly tryOut: boolean;
}

export type ConsolePlace =
  | 'today'
  | 'queue'
  | 'api-keys'
  | 'settings'
  | 'setup'
  | 'domain'
  | 'branding'
  | 'policy'
  | 'simulator'
  | 'certificates'
  | 'connectors'
  | 'mta-sts'
  | 'tls-reports'
  | 'people'
  | 'webhooks'
  | 'audit'
  | 'reports'
  | 'help-desk';

export interface ConsoleEntry {
  readonly label: string;
  readonly url: string;
  readonly current: boolean;
}

/** A form that takes the last change back. */
export interface UndoView {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

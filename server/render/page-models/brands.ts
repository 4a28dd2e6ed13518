// Owns what the administrators' pages about brands are given.

import type { DiffLineView, PolicyVersionRow } from './policy.ts';
import type { FieldError, Pager } from './parts.ts';

export interface BrandRow {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** #rrggbb */
  readonly colour: string;
  readonly logoUrl?: string;
  readonly domains: readonly string[];
  /** "12 messages" */
  readonly used: string;
  readonly version: number;
}

export interface BrandsPage {
  readonly action: string;
  readonly mayChange: boolean;
  readonly rows: readonly BrandRow[];
  /** By what a new one is asked for. */
  readonly nameHint: string;
  /** What was typed for a new one. */
  readonly id: string;
  readonly from: string;
  readonly errors: readonly FieldError[];
}

/** As typed, or as it is. */
export interface BrandValues {
  readonly name: string;
  readonly senderName: string;
  /** #rrggbb */
  readonly colour: string;
  readonly ownTextColour: boolean;
  readonly textColour: string;
  /** One a line. */
  readonly domains: string;
  readonly footer: string;
  readonly privacyUrl: string;
  readonly imprintUrl: string;
  readonly reminderDays: string;
}

export interface BrandTextField {
  /** `texts.de.subject` */
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  /** Absent for a single line. */
  readonly rows?: string;
}

export interface BrandPage {
  readonly id: string;
  /** Otherwise it is only looked at. */
  readonly mayChange: boolean;
  readonly action: string;
  readonly backUrl: string;
  /** From which the form was made; 0: not shaped yet. */
  readonly version: number;
  readonly values: BrandValues;
  readonly texts: readonly {
    readonly tag: string;
    readonly name: string;
    readonly isForAll: boolean;
    readonly open: boolean;
    readonly fields: readonly BrandTextField[];
  }[];
  readonly note: string;
  readonly logoUrl?: string;
  readonly faviconUrl?: string;
  readonly pictureLimit: string;
  readonly errors: readonly FieldError[];
  /** How well text is read on the colour. */
  readonly contrastWords: string;
  readonly isContrastLow: boolean;
  /** True while the previews show a draft that is not saved. */
  readonly draft: boolean;
  /** What somebody saved while this form was filled in. */
  readonly overtaken?: PolicyVersionRow;
  readonly previewLanguages: readonly { readonly tag: string; readonly name: string; readonly chosen: boolean }[];
  readonly previews: { readonly notice: string; readonly noticeText: string; readonly portal: string };
  readonly rows: readonly PolicyVersionRow[];
  readonly pager?: Pager;
  /** Absent for the default brand. */
  readonly removeUrl?: string;
}

export interface BrandVersionPage extends PolicyVersionRow {
  readonly id: string;
  readonly beforeWords: string;
  readonly lines: readonly DiffLineView[];
  readonly text: string;
  readonly backUrl: string;
  readonly restoreAction?: string;
  readonly newest: number;
  readonly overtaken: boolean;
}

export interface BrandRemovePage {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly action: string;
  readonly backUrl: string;
  /** Parts of the policy that name it: it cannot be removed. */
  readonly policy: readonly string[];
  readonly policyUrl: string;
  readonly domains: readonly string[];
  readonly defaultName: string;
  readonly messages: string;
}

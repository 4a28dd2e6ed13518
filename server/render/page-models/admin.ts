// Owns what the administrators' pages are given.

import type { FieldError } from './parts.ts';

export interface BrandingPage {
  readonly action: string;
  readonly values: {
    readonly name: string;
    /** #rrggbb */
    readonly colour: string;
    readonly introduction: string;
    readonly portalText: string;
    readonly footer: string;
    /** As typed. */
    readonly reminderDays: string;
  };
  readonly hasLogo: boolean;
  readonly logoUrl?: string;
  readonly errors: readonly FieldError[];
  /** Says how the chosen colour was adjusted or which text stands on it. */
  readonly contrastWords: string;
  /** True while the previews show a draft that is not published. */
  readonly draft: boolean;
  readonly mayChange: boolean;
  readonly noticePreviewUrl: string;
  readonly noticeTextPreviewUrl: string;
  readonly portalPreviewUrl: string;
  readonly logoLimit: string;
}

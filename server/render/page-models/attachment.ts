// Owns what the page of one viewed attachment is given.

export interface AttachmentPage {
  readonly filename: string;
  /** "PDF document" */
  readonly kind: string;
  readonly size: string;
  /** The message's page. */
  readonly backUrl: string;
  readonly downloadUrl?: string;
  /** Said above the page: what it is in truth, that pages are missing, that each bears the reader's address. */
  readonly notes: readonly string[];
  readonly shown?: ShownPage;
  /** Said instead of the page. */
  readonly problem?: {
    readonly sentences: readonly string[];
    readonly action?: { readonly label: string; readonly url: string };
  };
  /** A page larger than its room gets more of it. */
  readonly width: 'reading' | 'wide';
  readonly mayPrint: boolean;
  readonly mayCopy: boolean;
}

export interface ShownPage {
  readonly n: number;
  readonly pages: number;
  readonly image: {
    readonly url: string;
    /** In CSS pixels. */
    readonly width: number;
    readonly height: number;
    /** Never wider than there is room. */
    readonly fits: boolean;
    readonly alt: string;
  };
  readonly previousUrl?: string;
  readonly nextUrl?: string;
  readonly zooms: readonly { readonly label: string; readonly url: string; readonly current: boolean }[];
  /** The first page, the last, and some between, where there are many. */
  readonly jumps: readonly { readonly n: number; readonly url: string }[];
  /** The text of the page, where it may be copied. */
  readonly text?: string;
  /** Why there is no text, and whom to ask. */
  readonly noText?: string;
}

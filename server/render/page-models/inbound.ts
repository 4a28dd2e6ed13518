// Owns what the page about peers that hand in mail by a certificate is given.

export interface InboundRow {
  readonly name: string;
  /** "one of 2 pinned keys" */
  readonly words: string;
  readonly digests: readonly string[];
  readonly editUrl: string;
}

/** What was typed, or what is kept. */
export interface InboundFields {
  readonly name: string;
  readonly by: string;
  readonly digests: string;
}

export interface InboundPage {
  readonly action: string;
  readonly removeAction: string;
  readonly connectorsUrl: string;
  readonly newUrl: string;
  readonly version: number;
  readonly mayWrite: boolean;
  /** Without STARTTLS nobody can show a certificate. */
  readonly hasTls: boolean;
  readonly rows: readonly InboundRow[];
  readonly fields: InboundFields;
  /** Whom the form changes; absent: it adds one. */
  readonly editing?: string;
  readonly problem?: string;
}

// Owns what the pages about certificates are given. No private key comes here, nor anything made of one.

import type { Moment, Pager, StateView } from './parts.ts';

export interface CertificateRow {
  readonly url: string;
  /** Its addresses, or its subject for lack of any. */
  readonly who: string;
  /** "a correspondent’s" */
  readonly role: string;
  readonly key: string;
  readonly state: StateView;
  readonly ends: Moment;
  /** "ends", "ended" */
  readonly endsWord: string;
  /** What speaks against its use, in a few words; ''. */
  readonly trouble: string;
}

export interface CertificatesPage {
  readonly action: string;
  /** Whether the visitor may do more than look. */
  readonly mayChange: boolean;
  readonly rows: readonly CertificateRow[];
  readonly pager: Pager;
  readonly filters: readonly { readonly url: string; readonly words: string; readonly isCurrent: boolean }[];
  /** "10 MB" */
  readonly fileLimit: string;
  /** Why nothing was taken in. */
  readonly problem?: string;
}

export interface CertificatePage {
  readonly backUrl: string;
  readonly who: string;
  readonly state: StateView;
  readonly facts: readonly { readonly name: string; readonly words: string }[];
  /** What speaks against its use, a sentence each. */
  readonly faults: readonly string[];
  readonly problem?: string;
  readonly approveUrl?: string;
  readonly refuseUrl?: string;
  /** Of those that mail is encrypted to. */
  readonly settings?: {
    readonly action: string;
    readonly ciphers: readonly { readonly value: string; readonly words: string; readonly chosen: boolean }[];
    readonly isRsa: boolean;
    readonly allowsPkcs1: boolean;
    readonly canBeAsked: boolean;
    readonly ignoresRevocation: boolean;
  };
  readonly removeUrl?: string;
  readonly hasKey: boolean;
}

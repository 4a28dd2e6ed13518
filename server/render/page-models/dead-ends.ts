// Owns what the pages are given on which a road ends, or leads on elsewhere.

import type { Told } from '../../language/told.ts';

/** A link is followed by somebody who is signed in with another address than it is for. */
export interface OtherMailboxPage {
  readonly maskedAddress: string;
  readonly signedInAs: string;
  readonly action: string;
  readonly inboxUrl: string;
}

/** Nothing is known of the link, or no more. */
export interface LostLinkPage {
  readonly action: string;
  /** Where else to go. */
  readonly way: { readonly label: string; readonly url: string };
}

/** Has notices sent again, by address. */
export interface NoticesPage {
  readonly action: string;
  readonly address: string;
  readonly signInUrl: string;
  readonly error?: string;
}

/** What notices look like, and whether a reference is one of ours. */
export interface GenuinePage {
  readonly fromAddress: string;
  readonly host: string;
  /** With a slash at its end. */
  readonly origin: string;
  readonly action: string;
  /** As it was typed. */
  readonly reference: string;
  readonly verdict?: { readonly isOurs: boolean; readonly sentences: readonly Told[] };
  readonly error?: string;
}

/** A message that can no longer be read, for somebody it was for. */
export interface EndedPage {
  readonly sentences: readonly Told[];
  /** What its sender wrote when they decided against more time. */
  readonly word?: { readonly from: string; readonly text: string };
  readonly moreTime?: { readonly action: string; readonly means: string };
  /** A mailto: link. */
  readonly write?: { readonly url: string; readonly label: string };
  readonly inboxUrl: string;
  readonly error?: string;
}

/** A text whose session had ended; it is kept. */
export interface SignedOutPage {
  readonly text: string;
  readonly signInUrl: string;
}

/** Between the mail and the web: where a link really goes. */
export interface LeavePage {
  readonly host: string;
  readonly url: string;
  /** What the mail showed as the link's text, when it looks like another address. */
  readonly shownText?: string;
  readonly backUrl: string;
}

/** Every refusal and every end of the road. */
export interface ProblemPage {
  readonly heading: string;
  readonly sentences: readonly Told[];
  readonly actions: readonly { readonly label: string; readonly url: string }[];
}

// Owns what the pages are given by which people come in, and prove what more is demanded.

import type { Told } from '../../language/told.ts';

export interface HomePage {
  readonly introduction: string;
  /** Where the visitor may begin a message. */
  readonly writeUrl?: string;
}

/** What else lets people in, where it is configured and possible. */
export interface OtherWays {
  readonly accounts: readonly { readonly label: string; readonly action: string }[];
  /** Offered by a script, to browsers that know passkeys. */
  readonly passkey?: { readonly action: string; readonly optionsUrl: string };
}

export interface SignInPage {
  readonly action: string;
  readonly address: string;
  readonly ways?: OtherWays;
  readonly error?: string;
}

/** GET /m/:token: who is this for, and one button. */
export interface EnterPage {
  readonly maskedAddress: string;
  readonly action: string;
  readonly introduction: string;
  readonly portalText: string;
  readonly ways?: OtherWays;
  /** Why another start is needed (a late code, too many tries). */
  readonly error?: string;
}

/** The code field, after a code was asked for. */
export interface VerifyPage {
  readonly maskedAddress: string;
  readonly reference: string;
  readonly validMinutes: number;
  readonly action: string;
  readonly resendAction: string;
  readonly backUrl: string;
  /** How it stands with the code: whole sentences, and where a script asks for them again. */
  readonly status: { readonly lines: readonly Told[]; readonly url: string };
  /** The page once more, as it stands then. */
  readonly refreshUrl: string;
  /** At the front door: has the notice sent again, for the address that is waited for. */
  readonly noticesAction?: string;
  readonly ways?: OtherWays;
  readonly error?: Told;
}

/** Between the portal and an issuer. */
export interface AwayPage {
  readonly issuer: string;
  readonly host: string;
  readonly url: string;
  readonly backUrl: string;
}

/** Signed in, but the message demands more: one thing at a time. */
export interface StepUpPage {
  readonly lead: string;
  readonly sender: string;
  readonly codeAction?: string;
  readonly phraseAction?: string;
  readonly ways?: OtherWays;
  /** Where a passkey is made, when one could help. */
  readonly passkeysUrl?: string;
  readonly error?: string;
}

/** One of `ask`, `enrol`, `elsewhere`, `set` and `codes`. */
export interface SecondStepPage {
  /** For the number of the app that is set up. */
  readonly ask?: { readonly action: string; readonly recoveryAction: string };
  /** To set one up. */
  readonly enrol?: {
    readonly action: string;
    /** In groups of four, to be typed. */
    readonly secret: string;
    /** otpauth: */
    readonly link: string;
    readonly picture: { readonly size: number; readonly path: string };
  };
  /** Another way in is set up; `ways` has it. */
  readonly elsewhere?: boolean;
  /** All is set up and proved. */
  readonly set?: { readonly left: number; readonly renewAction: string };
  /** Recovery codes, shown this once. */
  readonly codes?: readonly string[];
  readonly ways?: OtherWays;
  readonly nextUrl: string;
  readonly error?: string;
}

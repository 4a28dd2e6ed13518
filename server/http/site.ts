// Owns what every page needs to be made and answered: the parts of the house a route may use.

import type { Address, Mailbox } from '../core/address.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import type { Templates } from '../render/templates.ts';
import type { LookAtReadiness } from './readiness.ts';
import type { SigninDeps } from '../signin/ask-code.ts';
import type { OidcClient } from '../signin/oidc-client.ts';
import type { PasskeyDeps } from '../signin/passkeys.ts';
import type { SessionCookies } from '../signin/session-cookie.ts';
import type { SessionDeps } from '../signin/sessions.store.ts';

export interface Site {
  readonly db: Db;
  readonly vault: Vault;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
  readonly templates: Templates;
  readonly signin: SigninDeps;
  readonly session: SessionDeps;
  readonly cookies: SessionCookies;
  /** Other issuers whose accounts let people in. */
  readonly issuers: readonly OidcClient[];
  /** Undefined where no passkey can work: on a host without a name, or without https. */
  readonly passkeys: PasskeyDeps | undefined;
  /** PUBLIC_URL's origin. */
  readonly origin: string;
  /** PUBLIC_URL's path without a trailing slash; '' at the root. */
  readonly base: string;
  /** Stands in the address of each style sheet and script. */
  readonly staticVersion: string;
  /** Whether cookies may be `Secure` and `__Host-`. */
  readonly https: boolean;
  readonly orgName: string;
  /** From which notices and codes come. */
  readonly mailFrom: Address;
  readonly orgDomains: readonly string[];
  readonly admins: readonly Address[];
  readonly tryOut: boolean;
  readonly messageBytesMax: number;
  /** Who outside may begin a message, and to whom. */
  readonly writing: { readonly from: 'nobody' | 'recipients' | 'anyone'; readonly to: readonly Mailbox[] };
  readonly expiryDaysMax: number;
  /** Whether what this address says of the peer behind it (`X-Forwarded-For`) counts. */
  readonly trustsProxy: (ip: string) => boolean;
  readonly readiness: LookAtReadiness;
  /** Called after a commit that left work in the outbox. */
  readonly kick: () => void;
}

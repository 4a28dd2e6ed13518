// Owns what the peer of an SMTP connection may do as things stand: submit, sign in, or neither. Not a relay for
// strangers, and no password in clear over a network. It must never look at a mail.

import { isLoopbackHost } from '../core/networks.ts';
import type { ShownCertificate } from '../crypto/server-certificate.ts';
import { answers, type SmtpAnswer } from './smtp-answers.ts';
import type { SmtpLog } from './smtp-intake.ts';

export interface SmtpPeer {
  readonly ip: string;
  /** Whether the connection is under TLS now. */
  readonly tls: boolean;
  /** Who it has signed in as. */
  readonly user: string | undefined;
  /** Whose certificate it has shown under TLS. */
  readonly identity: string | undefined;
}

export interface PeerRules {
  /** Refuse MAIL and AUTH before STARTTLS. */
  readonly requireTls: boolean;
  /** Networks that may submit without AUTH. */
  readonly clients: (ip: string) => boolean;
  /** Without it no certificate is asked for. Says whose it is, or why it counts for nothing. */
  readonly identify?: (shown: ShownCertificate) => Promise<{ readonly name: string } | { readonly why: string }>;
  /** Without it AUTH is not offered. */
  readonly authenticate?: (user: string, password: string, ip: string) => Promise<boolean>;
  /** Asked before each attempt at AUTH; false answers 421 without looking at the password. */
  readonly mayTryAuth?: (ip: string) => Promise<boolean>;
}

export interface SignInAttempt {
  readonly ip: string;
  readonly user: string;
  /** RFC 4616 section 2: the authorization identity; '' when there is none. */
  readonly actAs: string;
  readonly password: string;
}

/** The answer to MAIL from a peer that may not submit; undefined when it may. */
export function refusePeer(peer: SmtpPeer, rules: PeerRules): SmtpAnswer | undefined {
  // TLS first: asking for AUTH where AUTH has to wait for TLS would send the peer in a circle.
  if (rules.requireTls && !peer.tls) return answers.tlsFirst;
  // What was proved inside TLS counts inside TLS.
  const isCertified = peer.tls && peer.identity !== undefined;
  return peer.user !== undefined || isCertified || rules.clients(peer.ip) ? undefined : answers.signInFirst;
}

/** Whose certificate it is, undefined for nobody's; or the answer when that cannot be found out. Never throws. */
export async function findIdentity(
  peer: SmtpPeer,
  shown: ShownCertificate,
  rules: PeerRules & { readonly log: SmtpLog },
): Promise<{ readonly identity: string | undefined } | { readonly refusal: SmtpAnswer }> {
  try {
    const found = await rules.identify?.(shown);
    if (found !== undefined && 'name' in found) return { identity: found.name };
    // Many show one to whoever asks; of those that have another way in nobody wants to hear it.
    const isStranger = refusePeer({ ...peer, identity: undefined }, rules) !== undefined;
    if (found !== undefined && isStranger)
      rules.log.info('smtp.certificate-refused', { host: peer.ip, reason: found.why });
    return { identity: undefined };
  } catch (error) {
    rules.log.error('smtp.certificate-failed', { err: error, host: peer.ip });
    return { refusal: answers.weather };
  }
}

/** The answer to AUTH from a peer that may not even try; undefined when it may. */
export function refuseSignIn(peer: SmtpPeer, rules: PeerRules): SmtpAnswer | undefined {
  if (rules.authenticate === undefined) return answers.signInNotOffered;
  return passwordsAreSafe(peer, rules) ? undefined : answers.tlsFirst;
}

/** Whether EHLO lists AUTH. */
export function offersSignIn(peer: SmtpPeer, rules: PeerRules): boolean {
  return refuseSignIn(peer, rules) === undefined && peer.user === undefined;
}

/** The answer to credentials that do not hold; undefined when they do. Never throws: what cannot be checked fails. */
export async function checkSignIn(
  attempt: SignInAttempt,
  { authenticate, mayTryAuth, log }: PeerRules & { readonly log: SmtpLog },
): Promise<SmtpAnswer | undefined> {
  const { ip, user, actAs, password } = attempt;
  try {
    if (authenticate === undefined) return answers.signInNotOffered;
    if (mayTryAuth !== undefined && !(await mayTryAuth(ip))) return answers.tooManySignIns;
    // Nobody may act as somebody else, whatever the password.
    const asAnother = actAs !== '' && actAs !== user;
    if (user !== '' && !asAnother && (await authenticate(user, password, ip))) return undefined;
    log.info('smtp.sign-in-refused', { host: ip });
    return answers.badCredentials;
  } catch (error) {
    log.error('smtp.sign-in-failed', { err: error, host: ip });
    return answers.signInWeather;
  }
}

/** Passwords travel under TLS, or not beyond this machine where TLS was waived. */
function passwordsAreSafe(peer: SmtpPeer, rules: PeerRules): boolean {
  return peer.tls || (!rules.requireTls && isLoopbackHost(peer.ip));
}

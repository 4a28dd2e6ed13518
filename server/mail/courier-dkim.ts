// Owns the DKIM signature (RFC 6376) on what leaves. nodemailer signs; what it would leave unsigned
// without a word is refused here when the signer is made.

import type { Readable } from 'node:stream';
import DKIM from 'nodemailer/lib/dkim';
import signFields from 'nodemailer/lib/dkim/sign.js';
import { isDomain } from '../core/address.ts';

export interface DkimSettings {
  readonly domain: string;
  readonly selector: string;
  /** RSA, PKCS#8 or PKCS#1, of at least 2048 bits (RFC 8301 section 3.2). */
  readonly privateKeyPem: string;
}

export interface DkimSigner {
  /**
   * The mail with its signature in front. Since the signature covers the body and stands before it, a
   * stream is held in memory until it has ended: the size of the mail for as long as it is being sent.
   */
  sign(raw: Buffer | Readable): Readable;
}

/** @throws Error when domain, selector or key cannot make a signature; it says nothing of the key. */
export function createDkimSigner({ domain, selector, privateKeyPem }: DkimSettings): DkimSigner {
  if (!isDomain(domain)) throw new Error('The DKIM domain is not a domain in lower case');
  if (!SELECTOR.test(selector)) throw new Error('The DKIM selector is not a name that DNS could hold');
  const key = { domainName: domain, keySelector: selector, privateKey: privateKeyPem };
  const trial = signFields([{ key: 'from', line: 'From: trial' }], 'sha256', 'trial', key);
  const [, signature = ''] = trial === false ? [] : (/ b=([A-Za-z0-9+/=\s]+)$/.exec(trial) ?? []);
  // nodemailer always claims a=rsa-sha256: an elliptic-curve key would make signatures that none
  // can verify. Their length tells: no other kind is as long as those of RSA with 2048 bits.
  if (Buffer.from(signature, 'base64').length < RSA_2048_BYTES) {
    throw new Error('The DKIM key must be an RSA private key in PEM of at least 2048 bits; Ed25519 is not supported');
  }
  const signer = new DKIM(key);
  return { sign: (raw) => signer.sign(raw) };
}

const RSA_2048_BYTES = 256;
// RFC 6376 section 3.1: sub-domains, one or several.
const SELECTOR =
  /^(?=.{1,190}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

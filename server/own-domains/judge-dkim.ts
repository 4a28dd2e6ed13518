// Owns what is said of the DKIM key that is published, beside the one that signs here. Pure.

import type { Found } from '../delivery/dns.ts';
import { judgeOwnKey } from '../mail/dkim-record.ts';
import type { OwnKeyState } from '../mail/dkim-record.ts';
import { NO_ANSWER } from './judge-mail.ts';
import type { Finding } from './report.ts';

export interface OwnDkim {
  readonly domain: string;
  readonly selector: string;
  /** Of the private key in use: SubjectPublicKeyInfo in base64, as it stands in the DNS. */
  readonly publicKey: string;
  /** The same key as RSAPublicKey, which RFC 6376 names as well. */
  readonly bareKey: string;
}

export function judgeDkim({ domain, selector, publicKey, bareKey }: OwnDkim, found: Found<string>): Finding {
  const texts = found.kind === 'found' ? found.records : [];
  if (found.kind === 'failed' || found.kind === 'bogus') {
    return { check: 'dkim', found: texts, tone: 'off', says: NO_ANSWER };
  }
  const { isCuredByRecord = false, ...said } = words[judgeOwnKey(texts, [publicKey, bareKey])](texts.length);
  const publish = {
    type: 'TXT',
    name: `${selector}._domainkey.${domain}`,
    value: `v=DKIM1; k=rsa; p=${publicKey}`,
  } as const;
  return { check: 'dkim', found: texts, ...said, ...(isCuredByRecord ? { publish } : {}) };
}

type Said = Pick<Finding, 'tone' | 'says' | 'cure'> & { readonly isCuredByRecord?: boolean };

const words: Readonly<Record<OwnKeyState, (count: number) => Said>> = {
  missing: () => ({
    tone: 'bad',
    says: 'The key that signs what leaves is not published, so no signature of ours can be checked.',
    cure: 'Publish this record.',
    isCuredByRecord: true,
  }),
  several: (count) => ({
    tone: 'bad',
    says: `There are ${count} records where one key should be; receivers take whichever comes.`,
    cure: 'Leave this one only.',
    isCuredByRecord: true,
  }),
  unreadable: () => ({
    tone: 'bad',
    says: 'What stands there is no DKIM key.',
    cure: 'Publish this record in its place.',
    isCuredByRecord: true,
  }),
  withdrawn: () => ({
    tone: 'bad',
    says: 'The key is revoked: its record is there, and empty.',
    cure: 'Make a new key under another selector, or publish this one again.',
    isCuredByRecord: true,
  }),
  another: () => ({
    tone: 'bad',
    says: 'Another key is published than the one that signs here: each signature of ours is wrong for whoever checks it.',
    cure: 'Publish the key in use, or set DKIM_SELECTOR and DKIM_KEY to the key that is published.',
    isCuredByRecord: true,
  }),
  limited: () => ({
    tone: 'bad',
    says: 'The right key is published with limits (k, h or s) that our signatures (RSA, SHA-256, mail) do not meet.',
    cure: 'Publish this record in its place.',
    isCuredByRecord: true,
  }),
  // RFC 6376 section 3.6.1
  trial: () => ({
    tone: 'waiting',
    says: 'The key in use is published, marked as a trial (t=y): receivers may treat our mail as if it were not signed.',
    cure: 'Take t=y out when you are content.',
  }),
  published: () => ({ tone: 'good', says: 'The key in use is published.' }),
};

/** Where nothing signs here. */
export function dkimUnset(domain: string, isTryOut: boolean): Finding {
  return {
    check: 'dkim',
    tone: isTryOut ? 'off' : 'waiting',
    found: [],
    says: 'Nothing signs what leaves here. If your relay signs for this domain that will do; it cannot be seen from here.',
    cure: `Otherwise make a key (openssl genrsa -out dkim.pem 2048), set DKIM_DOMAIN=${domain}, DKIM_SELECTOR and DKIM_KEY_FILE, start anew, and look here for the record.`,
  };
}

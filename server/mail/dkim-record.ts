// Owns what a DKIM key record in the DNS says, for whoever looks at one: our own, or that of somebody who signed a mail. Pure.

import { parseTags } from './tag-list.ts';

/** RFC 6376 section 3.6.1, and RFC 8460 section 3 for reports about TLS. */
export type DkimService = 'email' | 'tlsrpt';

export interface DkimKey {
  readonly state: 'key';
  readonly type: string;
  /** In base64, without blanks. */
  readonly key: string;
  readonly hashes: readonly string[];
  readonly services: readonly string[];
  /** t=y: what it signs may be treated as if it were not signed. */
  readonly isTrial: boolean;
  /** t=s: it signs for this domain and for none below it. */
  readonly isStrict: boolean;
}

export type DkimRecord = DkimKey | { readonly state: 'missing' | 'several' | 'unreadable' | 'withdrawn' };

/** `texts`: every TXT record at its name. */
export function readDkimRecord(texts: readonly string[]): DkimRecord {
  const [text, ...more] = texts;
  if (text === undefined) return { state: 'missing' };
  // RFC 6376 section 3.6.2.2: of several, whichever comes is taken.
  if (more.length > 0) return { state: 'several' };
  const tags = parseTags(text);
  const key = tags?.get('p')?.replace(/\s/g, '');
  if (tags === undefined || key === undefined || (tags.get('v') ?? 'DKIM1') !== 'DKIM1') return { state: 'unreadable' };
  if (key === '') return { state: 'withdrawn' };
  const flags = listOf(tags.get('t') ?? '');
  return {
    state: 'key',
    type: (tags.get('k') ?? 'rsa').toLowerCase(),
    key,
    hashes: listOf(tags.get('h') ?? '*'),
    services: listOf(tags.get('s') ?? '*'),
    isTrial: flags.includes('y'),
    isStrict: flags.includes('s'),
  };
}

export function isMeantFor({ services }: DkimKey, service: DkimService): boolean {
  // RFC 8460 section 3: one that is for reports alone should say so; one for all mail is for reports as well.
  const wanted = service === 'tlsrpt' ? ['tlsrpt', 'email', '*'] : ['email', '*'];
  return services.some((one) => wanted.includes(one));
}

/** trial: it is there, and marked as one. limited: it is there, for what our signatures (RSA, SHA-256, mail) are not. */
export type OwnKeyState =
  'published' | 'trial' | 'missing' | 'several' | 'unreadable' | 'withdrawn' | 'another' | 'limited';

/** `keys`: the one key that signs here, in each form in which it may stand there. */
export function judgeOwnKey(texts: readonly string[], keys: readonly string[]): OwnKeyState {
  const record = readDkimRecord(texts);
  if (record.state !== 'key') return record.state;
  if (!keys.includes(record.key)) return 'another';
  const takesHash = record.hashes.includes('sha256') || record.hashes.includes('*');
  if (record.type !== 'rsa' || !takesHash || !isMeantFor(record, 'email')) return 'limited';
  return record.isTrial ? 'trial' : 'published';
}

function listOf(text: string): string[] {
  return text.split(':').map((one) => one.trim().toLowerCase());
}

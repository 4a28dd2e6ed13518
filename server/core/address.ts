// Owns the one grammar of mail addresses that Sealpost takes in and sends to. Stricter than RFC 5321 on
// purpose: no quoted local parts, no address literals, no comments, so that nothing can be injected
// into a header or an SMTP command by way of an address.

/** `local@domain`, domain in lower case, local part as written. */
export type Address = string & { readonly __address: true };

export interface Mailbox {
  readonly address: Address;
  /** Display name, already free of control characters; '' when there is none. */
  readonly name: string;
}

const LOCAL_BYTES_MAX = 64; // RFC 5321 section 4.5.3.1.1
const ADDRESS_BYTES_MAX = 254; // RFC 5321 section 4.5.3.1.3, less the angle brackets
// RFC 5322 section 3.2.3: dot-atom.
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
// RFC 1035 section 2.3.1 with the digits of RFC 1123 section 2.1; at least two labels.
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The address, or undefined when the text is not exactly one address of our grammar. */
export function parseAddress(text: unknown): Address | undefined {
  if (typeof text !== 'string' || text.length > ADDRESS_BYTES_MAX) return undefined;
  const at = text.lastIndexOf('@');
  if (at < 1 || at > LOCAL_BYTES_MAX) return undefined;
  const local = text.slice(0, at);
  const domain = text.slice(at + 1).toLowerCase();
  if (!LOCAL.test(local) || !DOMAIN.test(domain)) return undefined;
  return `${local}@${domain}` as Address; // checked by both patterns just above
}

export function isDomain(text: string): boolean {
  return DOMAIN.test(text);
}

export function domainOf(address: Address): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** The form under which two spellings of a mailbox are one person: all in lower case. */
export function canonicalAddress(address: Address): string {
  return address.toLowerCase();
}

/** What somebody is called: by their name, or for lack of one by their address. */
export function nameOf({ name, address }: { readonly name: string; readonly address: string }): string {
  return name === '' ? address : name;
}

/**
 * The address with most of its local part hidden, for a page that anyone with the link may see:
 * `j•••••@example.net`. The number of dots says nothing about the length.
 */
export function maskAddress(address: Address): string {
  return `${address.slice(0, 1)}•••••@${domainOf(address)}`;
}

// C0, DEL, C1, line and paragraph separators, and the bidirectional controls that make text look like other text.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Text from outside as one displayable line: controls and direction overrides become one blank, ends trimmed. */
export function displayLine(text: string, charactersMax: number): string {
  const line = text.replace(UNPRINTABLE, ' ').trim();
  return line.length > charactersMax ? `${line.slice(0, charactersMax - 1)}…` : line;
}

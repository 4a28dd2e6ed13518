// Owns what a mail's header says about it: author, addressees, subject, date, thread. Strict about the one
// author and about lines that must stand once; forgiving about what is only shown.

import { displayLine, parseAddress } from '../core/address.ts';
import type { Mailbox } from '../core/address.ts';
import { limits } from '../core/limits.ts';
import { parseAddressList } from './address-list.ts';
import type { ListedAddress } from './address-list.ts';
import { decodeWords } from './encoded-words.ts';
import { parseMailDate } from './mail-date.ts';
import type { HeaderLine, MailTree } from './mail-tree.ts';
import { unreadable } from './unreadable.ts';

export type MailHead = Omit<MailTree, 'text' | 'html' | 'parts'>;

/** Throws mail/unreadable. */
export function readMailHead(headers: readonly HeaderLine[]): MailHead {
  checkOnce(headers);
  const values = (name: string): string[] => headers.filter((line) => line.name === name).map((line) => line.value);
  const first = (name: string): string | undefined => headers.find((line) => line.name === name)?.value;
  return {
    headers,
    from: readAuthor(values('from')),
    to: readDisplayed(values('to')),
    cc: readDisplayed(values('cc')),
    subject: displayLine(decodeWords(first('subject') ?? ''), limits.subjectCharactersMax),
    sentAt: parseMailDate(first('date') ?? ''),
    mailId: readMailId(first('message-id') ?? ''),
    inReplyTo: readMailIds(first('in-reply-to') ?? '')[0],
    references: readMailIds(first('references') ?? '').slice(-limits.referencesMax),
    automatic: values('auto-submitted').some(isAutomatic),
  };
}

// A second one of these would let two readers see two different mails. (RFC 5322 section 3.6 allows one of
// several more, but real mail breaks that harmlessly.) Our own headers ask for protection: no doubt there either.
const ONCE = ['from', 'sender', 'message-id', 'subject'];
const OWN_PREFIX = 'x-sealpost-';

function checkOnce(headers: readonly HeaderLine[]): void {
  const seen = new Set<string>();
  for (const { name } of headers) {
    if (!ONCE.includes(name) && !name.startsWith(OWN_PREFIX)) continue;
    if (seen.has(name)) throw unreadable('a header line that must stand once stands twice');
    seen.add(name);
  }
}

function readAuthor(values: readonly string[]): Mailbox {
  const [value] = values;
  if (value === undefined) throw unreadable('it has no From line');
  const { entries, plain } = parseAddressList(value);
  const [author] = entries;
  if (author === undefined || entries.length > 1 || !plain)
    throw unreadable('its From line does not name exactly one author');
  const mailbox = toMailbox(author);
  if (mailbox === undefined) throw unreadable('the address in its From line is not one that is accepted here');
  return mailbox;
}

/** Addresses outside the grammar are left out: they are shown, and never written to. */
function readDisplayed(values: readonly string[]): Mailbox[] {
  return values.flatMap((value) => parseAddressList(value).entries).flatMap((entry) => toMailbox(entry) ?? []);
}

function toMailbox(entry: ListedAddress): Mailbox | undefined {
  const address = parseAddress(entry.address);
  return address && { address, name: displayLine(entry.name, limits.displayNameCharactersMax) };
}

const MAIL_ID_CHARACTERS_MAX = 998;
// RFC 5322 section 3.6.4, narrowed to printable US-ASCII with one "@" outside of brackets and blanks.
const MAIL_ID = /^<[!-;=?A-~]{1,900}@[!-;=?A-~]{1,900}>$/;

function readMailId(text: string): string | undefined {
  return text.length <= MAIL_ID_CHARACTERS_MAX && MAIL_ID.test(text) ? text : undefined;
}

function readMailIds(text: string): string[] {
  return (text.match(/<[^<>\s]{1,996}>/g) ?? []).flatMap((id) => readMailId(id) ?? []);
}

/** RFC 3834 section 5: any keyword but "no". A value that cannot be read counts as a program's. */
function isAutomatic(value: string): boolean {
  return (
    value
      .replace(/[;(].*$/s, '')
      .trim()
      .toLowerCase() !== 'no'
  );
}

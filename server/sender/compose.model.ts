// Owns the view model of the page on which a sender writes a message.

import { canonicalAddress, parseAddress } from '../core/address.ts';
import { DAY_MS, isoTime, justBefore } from '../core/clock.ts';
import { protectionView } from '../access/protection-words.ts';
import { newToken } from '../crypto/random.ts';
import type { Site } from '../http/site.ts';
import { TYPED_FILES_MAX } from '../http/typed-mail.ts';
import type { Words } from '../language/words.ts';
import { NEVER_MS } from '../policy/asks.ts';
import type { PolicyFrame } from '../policy/asks.ts';
import { offeredProtections } from '../policy/offered.ts';
import type { Offered } from '../policy/offered.ts';
import type { BookEntry, ComposeField, ComposePage, ProtectionChoice } from '../render/page-models/writing.ts';
import type { Acquaintance } from './address-book.ts';
import { roadsOffered, tickField, tickedIn } from './compose-fields.ts';
import type { Fields } from './compose-fields.ts';
import type { Mailbox } from './mailboxes.ts';

/** As many boxes as a form has room for; the others complete what is typed. */
const TICKED_MAX = 30;

export interface Told {
  readonly error?: string;
  readonly at?: ComposeField | undefined;
  readonly note?: string | undefined;
}

/** @param fields what was typed; none for a new form. */
export function composePage(
  site: Site,
  words: Words,
  frame: PolicyFrame,
  mailboxes: readonly Mailbox[],
  book: readonly Acquaintance[],
  fields: Fields,
  { error, at, note }: Told = {},
): ComposePage {
  const typed = (name: ComposeField): string => fields.get(name) ?? '';
  const entries = bookEntries(book, tickedIn(fields));
  return {
    action: `${site.base}/compose`,
    senders: mailboxes.length === 1 ? [] : mailboxes.map((one) => senderChoice(one, typed('from'))),
    to: typed('to'),
    cc: typed('cc'),
    bcc: typed('bcc'),
    book: entries,
    known: book,
    anyTicked: entries.some(({ ticked }) => ticked),
    subject: typed('subject'),
    text: typed('text'),
    protections: protectionChoices(words, frame, typed('protection')),
    expires: typed('expires'),
    expiryMin: isoTime(frame.nowMs).slice(0, 10),
    expiryMax: isoTime(frame.nowMs + (frame.expiryDaysMax - 1) * DAY_MS).slice(0, 10),
    daysDefault: frame.expiryDaysDefault,
    phrase: typed('phrase'),
    roads: roadChoices(words, frame, typed('deliver')),
    once: newToken(),
    files: {
      count: TYPED_FILES_MAX,
      size: words.size(site.messageBytesMax),
      bytes: site.messageBytesMax,
    },
    ...(error === undefined ? {} : { error }),
    ...(at === undefined ? {} : { at }),
    ...(note === undefined ? {} : { note }),
  };
}

function senderChoice({ key = '', address }: Mailbox, typed: string): ComposePage['senders'][number] {
  return { key, address, chosen: key === typed };
}

// Whoever was ticked stands there again, also when others have come before them meanwhile.
function bookEntries(book: readonly Acquaintance[], ticked: readonly string[]): BookEntry[] {
  const chosen = new Set(ticked.map(canonicalText));
  const first = book.slice(0, TICKED_MAX);
  const shown = new Set(first.map(({ address }) => canonicalText(address)));
  const others = [...chosen].filter((address) => !shown.has(address));
  const known = [...first, ...others.map((address) => ({ name: '', address }))].slice(0, TICKED_MAX);
  return known.map(({ name, address }, n) => ({
    field: tickField(n),
    name,
    address,
    ticked: chosen.has(canonicalText(address)),
  }));
}

function canonicalText(text: string): string {
  const address = parseAddress(text);
  return address === undefined ? text : canonicalAddress(address);
}

function protectionChoices(words: Words, frame: PolicyFrame, typed: string): ProtectionChoice[] {
  const offered = offeredProtections(frame);
  const chosen = offered.find(({ protection }) => protection.name === typed) ?? offered[0];
  return offered.map((one) => {
    const { protection, title } = one;
    const row = { protection: protection.name, rights: protection.rights.join(' '), expires_at: null };
    const { label, sentence } = protectionView(words, row, frame.nowMs, { speakingTo: 'sender', title });
    return {
      name: protection.name,
      label,
      means: [sentence, ...endWords(words, one), ...(one.needsPhrase ? [words.say('compose.needs-phrase')] : [])],
      chosen: one === chosen,
    };
  });
}

function roadChoices(words: Words, frame: PolicyFrame, typed: string): ComposePage['roads'] {
  const offered = roadsOffered(frame);
  if (offered.length === 0) return [];
  return [
    { name: '', label: words.say('compose.deliver-usual'), chosen: typed === '' },
    ...offered.map((name) => ({ name, label: words.say(roadKeys[name]), chosen: typed === name })),
  ];
}

const roadKeys = { best: 'compose.deliver-best', smime: 'compose.deliver-smime' } as const;

function endWords(words: Words, { expiresAtMs }: Offered): string[] {
  if (expiresAtMs === undefined) return [];
  if (expiresAtMs === NEVER_MS) return [words.say('compose.ends-never')];
  return [words.say('compose.ends-on', { day: words.day(new Date(justBefore(isoTime(expiresAtMs)))) })];
}

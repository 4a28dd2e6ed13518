// Owns reading the fields of the form for a message: who receives it, under which protection, until when. Each fault
// says in which field it is. It sends nothing.

import { canonicalAddress, displayLine, parseAddress } from '../core/address.ts';
import { DAY_MS } from '../core/clock.ts';
import { limits } from '../core/limits.ts';
import { parsePhrase } from '../core/phrase.ts';
import type { SubmittedRecipient } from '../ingest/submission.ts';
import { sentence } from '../language/words.ts';
import { parseAddressList } from '../mail/address-list.ts';
import { askAccessPhrase, askDelivery, askExpiry, askProtection } from '../policy/ask.ts';
import type { PolicyFrame, Wish } from '../policy/asks.ts';
import { parseExpiry } from '../policy/expiry.ts';
import { offeredProtections } from '../policy/offered.ts';
import { FieldFault } from './field-fault.ts';

export type Fields = ReadonlyMap<string, string>;

export interface Addressee extends SubmittedRecipient {
  readonly name: string;
  readonly role: 'to' | 'cc' | 'bcc';
}

export interface Wishes {
  readonly protection: string;
  readonly expires: string | undefined;
  readonly phrase: string | undefined;
  readonly deliver: string | undefined;
}

/** Name of the box beside one entry of the address book. */
export function tickField(n: number): string {
  return `book-${n}`;
}

/** The addresses that are ticked in the address book, whoever stands there by now. */
export function tickedIn(fields: Fields): string[] {
  return [...fields].filter(([name]) => /^book-\d{1,3}$/.test(name)).map(([, value]) => value);
}

/** Each once, in the first place that names them. Throws a FieldFault. */
export function readAddressees(fields: Fields): Addressee[] {
  const found = [
    ...addressesIn(fields, 'to', [fields.get('to') ?? '', ...tickedIn(fields)].join(',')),
    ...addressesIn(fields, 'cc'),
    ...addressesIn(fields, 'bcc'),
  ];
  const addressees = new Map<string, Addressee>();
  for (const one of found) {
    const canonical = canonicalAddress(one.address);
    if (!addressees.has(canonical)) addressees.set(canonical, one);
  }
  if (addressees.size === 0) throw new FieldFault('to', 'mail/recipients', sentence('compose.no-recipient'));
  if (addressees.size > limits.recipientsMax) {
    const most = { most: limits.recipientsMax };
    throw new FieldFault('to', 'mail/recipients', sentence('compose.recipients-many', most));
  }
  return [...addressees.values()];
}

// People part addresses by commas, by semicolons as their mail program does, or by lines as a table does.
function addressesIn(fields: Fields, role: Addressee['role'], text = fields.get(role) ?? ''): Addressee[] {
  return parseAddressList(text.replace(/[\r\n]+/g, ',')).entries.map(({ name, address: written }) => {
    const address = parseAddress(written);
    if (address === undefined) {
      const told = sentence('compose.not-address', { address: displayLine(written, SHOWN_CHARACTERS_MAX) });
      throw new FieldFault(role, 'mail/recipients', told);
    }
    return { address, name: displayLine(name, limits.displayNameCharactersMax), role };
  });
}

const SHOWN_CHARACTERS_MAX = 100;

/** Throws a FieldFault for what cannot be had. */
export function readWishes(fields: Fields, frame: PolicyFrame): Wishes {
  const name = fields.get('protection') ?? '';
  const offered = offeredProtections(frame).find(({ protection }) => protection.name === name);
  if (offered === undefined) {
    throw new FieldFault('protection', 'policy/unknown-value', sentence('compose.protection-gone'));
  }
  const expires = (fields.get('expires') ?? '').trim();
  if (expires !== '') checkExpires(expires, frame);
  const phrase = (fields.get('phrase') ?? '').trim();
  if (phrase !== '' && parsePhrase(phrase) === undefined) {
    const range = { least: limits.phraseCharactersMin, most: limits.phraseCharactersMax };
    throw new FieldFault('phrase', 'policy/unknown-value', sentence('phrase.length', range));
  }
  if (phrase === '' && offered.needsPhrase) {
    throw new FieldFault('phrase', 'policy/unknown-value', sentence('compose.phrase-needed'));
  }
  const deliver = fields.get('deliver') ?? '';
  if (deliver !== '' && !roadsOffered(frame).some((road) => road === deliver)) {
    throw new FieldFault('deliver', 'policy/unknown-value', sentence('compose.deliver-gone'));
  }
  const or = (text: string): string | undefined => text || undefined;
  return { protection: name, expires: or(expires), phrase: or(phrase), deliver: or(deliver) };
}

/** What a sender may choose beside what happens anyway. */
export function roadsOffered({ offers }: PolicyFrame): readonly ('best' | 'smime')[] {
  return offers.direct === true ? ['best', 'smime'] : [];
}

function checkExpires(expires: string, { nowMs, expiryDaysMax }: PolicyFrame): void {
  const at = parseExpiry(expires, nowMs);
  if (at !== undefined && at > nowMs && at <= nowMs + expiryDaysMax * DAY_MS) return;
  throw new FieldFault('expires', 'policy/unknown-value', sentence('sending.end-range', { days: expiryDaysMax }));
}

/** As the same fields of an API call are asked for. */
export function wishesAsked({ protection, expires, phrase, deliver }: Wishes, frame: PolicyFrame): Wish[] {
  return [
    askProtection('protection', protection, frame),
    ...(expires === undefined ? [] : [askExpiry('expiresAt', expires, frame)]),
    ...(phrase === undefined ? [] : [askAccessPhrase('accessPhrase', phrase)]),
    ...(deliver === undefined ? [] : [askDelivery('deliver', deliver, frame)]),
  ];
}

// Owns which sent messages a page, a form or a link asks for. A link bears neither an address nor a word of a subject: the
// address becomes a blind index, and the words are sealed for the one person who typed them.

import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { firstIdAt } from '../core/ids.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { momentIn } from '../core/moment-in.ts';
import { sentence } from '../language/words.ts';
import type { Sentence } from '../language/words.ts';
import { findStates } from '../messages/recipient-state.ts';
import type { FindState } from '../messages/recipient-state.ts';

const WORDS_CHARACTERS_MAX = 200;

const none = z.literal('').transform(() => undefined);
const linkSchema = z.strictObject({
  to: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
  words: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,2000}$/)
    .optional(),
  from: z
    .string()
    .refine((text) => momentIn(text, 'from') !== undefined)
    .optional(),
  until: z
    .string()
    .refine((text) => momentIn(text, 'until') !== undefined)
    .optional(),
  state: z.enum(findStates).optional(),
});
/** As it stands in a link. */
type Link = z.infer<typeof linkSchema>;

/** As it is typed. `person` stands for an address that the page no longer knows. */
export const findForm = z.object({
  to: z.string().max(400).default(''),
  person: z.string().max(43).default(''),
  words: z.string().max(WORDS_CHARACTERS_MAX).default(''),
  from: z.string().max(40).default(''),
  until: z.string().max(40).default(''),
  state: z.union([z.enum(findStates), none]).optional(),
});
export type Typed = z.infer<typeof findForm>;

export interface SentFilter {
  readonly recipientIndex: string | undefined;
  /** Each has to stand in the subject; folded. */
  readonly words: readonly string[];
  readonly state: FindState | undefined;
  /** Ids between which the messages lie. */
  readonly above: string;
  readonly below: string;
}

export interface SentAsk {
  readonly recipientIndex?: string | undefined;
  readonly words?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly state?: FindState | undefined;
}

export interface Choice {
  readonly link: Link;
  /** As they were typed. */
  readonly words: string;
  readonly filter: SentFilter;
}

/** The choice that a link makes. Throws request/malformed, also for words that were sealed for somebody else. */
export function readChoice(keyring: Keyring, personIndex: string, query: unknown): Choice {
  const parsed = linkSchema.safeParse(query);
  if (!parsed.success) throw notUnderstood();
  const words = parsed.data.words === undefined ? '' : openWords(keyring, personIndex, parsed.data.words);
  return choiceOf(parsed.data, words);
}

/** What was typed as a choice, or what cannot be understood of it. */
export function choose(keyring: Keyring, personIndex: string, typed: Typed): Choice | { readonly error: Sentence } {
  const address = typed.to.trim();
  const parsed = address === '' ? undefined : parseAddress(address);
  if (address !== '' && parsed === undefined) return { error: sentence('find.not-address') };
  const to = parsed === undefined ? typed.person : addressIndex(keyring, parsed);
  const words = typed.words.trim();
  const link = linkSchema.safeParse(
    given({
      to,
      words: words === '' ? '' : sealWords(keyring, personIndex, words),
      from: typed.from.trim(),
      until: typed.until.trim(),
      state: typed.state,
    }),
  );
  if (!link.success) return { error: sentence('find.not-day') };
  const choice = choiceOf(link.data, words);
  return choice.filter.above >= choice.filter.below ? { error: sentence('find.not-day') } : choice;
}

/** `?…` for a link with this choice and `more`; '' for all messages. */
export function queryOf(link: Link, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ ...given(link), ...more });
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** So that capitals, accents apart or whole, and wide letters make no difference. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function choiceOf(link: Link, words: string): Choice {
  const { to: recipientIndex, from, until, state } = link;
  const filter = sentFilter({ recipientIndex, words, from, until, state });
  return { link, words, filter };
}

/** `recipientIndex`: the blind index of an address; `words`: as they are typed; days or moments as momentIn() reads them. */
export function sentFilter(asked: SentAsk): SentFilter {
  const { recipientIndex, words = '', from, until, state } = asked;
  return {
    recipientIndex,
    words: folded(words)
      .split(/\s+/)
      .filter((word) => word !== ''),
    state,
    above: idAt(from, 'from') ?? '',
    below: idAt(until, 'until') ?? BEYOND_NEWEST,
  };
}

const BEYOND_NEWEST = '~';

function idAt(text: string | undefined, as: 'from' | 'until'): string | undefined {
  const at = text === undefined ? undefined : momentIn(text, as);
  return at === undefined ? undefined : firstIdAt(Date.parse(at));
}

function given(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined && value !== '') found[name] = value;
  return found;
}

function sealWords(keyring: Keyring, personIndex: string, words: string): string {
  return keyring.sealRecord(context(personIndex), words).toString('base64url');
}

function openWords(keyring: Keyring, personIndex: string, sealed: string): string {
  try {
    return keyring.openRecord(context(personIndex), Buffer.from(sealed, 'base64url')).toString('utf8');
  } catch {
    // Sealed for somebody else, changed, or under a key that is gone: nothing is looked for rather than all shown.
    throw notUnderstood();
  }
}

function context(personIndex: string): string {
  return `find-words ${personIndex}`;
}

function notUnderstood(): AppError {
  return new AppError('request/malformed', sentence('problem.list-no-page'));
}

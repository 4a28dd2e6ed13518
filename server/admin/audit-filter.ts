// Owns which entries of the audit log a page, a form or a link asks for. A link bears no address: what is typed becomes a
// blind index first.

import { z } from 'zod';
import { parseAddress } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { isMessageId } from '../core/ids.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { auditEvents } from '../audit/audit-event.ts';
import { momentIn } from '../core/moment-in.ts';

const INDEX = /^[A-Za-z0-9_-]{20,100}$/;

const none = z.literal('').transform(() => undefined);
const fields = {
  event: z.union([z.enum(auditEvents), none]).optional(),
  person: z.union([z.string().regex(INDEX), none]).optional(),
  message: z.union([z.string().refine(isMessageId), none]).optional(),
  from: z.union([z.string().refine((text) => momentIn(text, 'from') !== undefined), none]).optional(),
  until: z.union([z.string().refine((text) => momentIn(text, 'until') !== undefined), none]).optional(),
};

/** As it stands in a link, and in hidden fields. */
export const choiceSchema = z.object(fields);
export type Choice = z.infer<typeof choiceSchema>;

/** As it is typed. */
export const findForm = z.object({
  event: z.string().max(100).default(''),
  address: z.string().max(400).default(''),
  person: z.string().max(200).default(''),
  message: z.string().max(100).default(''),
  from: z.string().max(40).default(''),
  until: z.string().max(40).default(''),
});

/** The choice that a link makes. Throws request/malformed. */
export function readChoice(query: unknown): Choice {
  const parsed = choiceSchema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new AppError('request/malformed', 'This link asks for entries in a way that cannot be understood.');
}

/** @returns what was typed as a choice, or which field cannot be understood. */
export function choose(keyring: Keyring, typed: z.infer<typeof findForm>): Choice | { readonly error: string } {
  const address = typed.address.trim();
  const parsed = address === '' ? undefined : parseAddress(address);
  if (address !== '' && parsed === undefined) return { error: 'That is no mail address.' };
  const person = parsed === undefined ? typed.person : addressIndex(keyring, parsed);
  const { event, from, until } = typed;
  const choice = choiceSchema.safeParse({ event, person, message: typed.message.trim(), from, until });
  if (choice.success) return choice.data;
  const field = choice.error.issues[0]?.path[0];
  return { error: faults.get(field) ?? 'This cannot be understood.' };
}

const faults: ReadonlyMap<unknown, string> = new Map([
  ['message', 'A message’s id has 26 letters and digits.'],
  ['from', 'The first day is no day.'],
  ['until', 'The last day is no day.'],
]);

/** `?…` for a link with this choice; '' for all entries. */
export function queryOf(choice: Choice): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(choice)) if (value !== undefined) query.set(name, value);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

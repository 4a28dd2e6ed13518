// Owns the small grammars that a policy's document is made of: names, addresses and domains, headers, spans of time.

import { z } from 'zod';
import { isDomain, parseAddress } from '../core/address.ts';
import { signInDemands } from '../core/proofs.ts';
import { policyLimits } from './policy-limits.ts';

/** Text for people, on one line. */
export function line(charactersMax: number): z.ZodType<string> {
  return z
    .string()
    .trim()
    .min(1)
    .max(charactersMax)
    .refine((text) => !UNPRINTABLE.test(text) && text.isWellFormed(), 'holds line ends or control characters');
}

// C0, DEL, C1, the two Unicode line ends, and the controls that turn the direction of writing.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** How templates, rules, groups and lists are named: words of letters and digits, joined by hyphens. */
export const kebab = z
  .string()
  .max(policyLimits.nameCharactersMax)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'is not made of lower-case words joined by hyphens');

export const brandName = z.string().min(1).max(policyLimits.nameCharactersMax).toLowerCase();

/** One address, in the spelling under which all spellings are one. */
export const address = z
  .string()
  .refine((text) => parseAddress(text) !== undefined, 'is not an address')
  .toLowerCase();

/** `bob@example.com`, `@example.com`, or `@*.example.com` for each domain below it. */
export const addressPattern = z
  .string()
  .toLowerCase()
  .refine(isAddressPattern, 'is neither an address nor a domain written as @example.com or @*.example.com');

function isAddressPattern(text: string): boolean {
  if (!text.startsWith('@')) return parseAddress(text) !== undefined;
  return isDomain(text.startsWith('@*.') ? text.slice('@*.'.length) : text.slice(1));
}

// RFC 5322 section 3.6.8.
export const headerName = z
  .string()
  .max(100)
  .regex(/^[\x21-\x39\x3b-\x7e]+$/, 'is not the name of a header')
  .toLowerCase();

export const guid = z
  .string()
  .toLowerCase()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'is not a GUID');

export const hostName = z.string().toLowerCase().refine(isDomain, 'is not the name of a host');

/** What readers have to prove; a phrase can be demanded, but only its sender can set one. */
export const demands = z
  .array(z.enum([...signInDemands, 'phrase']))
  .min(1)
  .max(signInDemands.length + 1);

export const road = z.enum(['portal', 'smime', 'tls', 'best']);

/** For superRefine: of these keys exactly one has to be there. */
export function exactlyOne(...keys: readonly string[]): (value: object, context: z.RefinementCtx) => void {
  return (value, context) => {
    if (keys.filter((key) => Object.hasOwn(value, key)).length === 1) return;
    context.addIssue({ code: 'custom', message: `needs exactly one of ${keys.join(', ')}` });
  };
}

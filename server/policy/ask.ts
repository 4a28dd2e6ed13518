// Owns what a mail, a form or an API call may ask for in our own words, and how each wish is read. An unknown value is
// refused, never ignored: a typing error must not send a mail weaker than its author meant.

import { DAY_MS } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { parsePhrase } from '../core/phrase.ts';
import { signInDemands } from '../core/proofs.ts';
import type { PolicyFrame, Wish } from './asks.ts';
import { canBeMet } from './demands.ts';
import { parseExpiry } from './expiry.ts';
import { builtInNames } from './protection.ts';
import { templateAsks } from './template-asks.ts';

const VALUE_CHARACTERS_MAX = 60;

/** A built-in protection or a template of the organisation, by its name. */
export function askProtection(where: string, value: string, frame: PolicyFrame): Wish {
  const template = frame.policy.templates.get(value.trim().toLowerCase());
  if (template !== undefined) {
    return { words: said(where, template.asks.protection.name), ...templateAsks(template, frame.nowMs) };
  }
  const own = frame.policy.templates.size > builtInNames.length ? ', or the name of a template' : '';
  throw unknownValue(where, `${builtInNames.join(' or ')}${own}`);
}

export function askExpiry(where: string, value: string, frame: PolicyFrame): Wish {
  const expiresAtMs = parseExpiry(value, frame.nowMs);
  if (expiresAtMs === undefined) throw unknownValue(where, 'a time such as 7d, 36h or 2027-01-31');
  checkExpiry(expiresAtMs, where, frame);
  return { words: said(where, value.trim()), expiresAtMs };
}

/** Throws policy/unknown-value when the time is not in the future or beyond EXPIRY_DAYS_MAX. */
export function checkExpiry(
  expiresAtMs: number,
  where: string,
  frame: Pick<PolicyFrame, 'nowMs' | 'expiryDaysMax'>,
): void {
  if (expiresAtMs <= frame.nowMs) throw unknownValue(where, 'a time in the future');
  if (expiresAtMs > frame.nowMs + frame.expiryDaysMax * DAY_MS) {
    throw unknownValue(where, `at most ${frame.expiryDaysMax} days`);
  }
}

export function askBrand(where: string, value: string, frame: PolicyFrame): Wish {
  const brand = value.trim().toLowerCase();
  if (!frame.brands.includes(brand)) throw unknownValue(where, 'the name of a brand that exists');
  return { words: said(where, brand), brand };
}

export function askDelivery(where: string, value: string, frame?: Pick<PolicyFrame, 'offers'>): Wish {
  const deliver = value.trim().toLowerCase();
  // The best road there is: the portal keeps every promise, so `best` is met by it.
  if (deliver === 'portal' || deliver === 'best') return { words: said(where, deliver), deliver };
  if (deliver !== 'smime' && deliver !== 'tls') throw unknownValue(where, 'portal, smime, tls or best');
  if (frame?.offers.direct === true) return { words: said(where, deliver), deliver };
  throw new AppError('policy/refused', `${where}: this server delivers by its portal only.`);
}

/** What a reader must prove. A demand that nobody here can meet would seal the message for good. */
export function askSignIn(where: string, value: string, frame: PolicyFrame): Wish {
  const word = value.trim().toLowerCase();
  const demand = signInDemands.find((one) => one === word);
  if (demand === undefined) throw unknownValue(where, signInDemands.join(', '));
  if (!canBeMet(demand, frame.offers, false)) {
    throw new AppError('policy/refused', `${where}: this server offers its readers no such sign-in.`);
  }
  return { words: said(where, demand), demands: [demand] };
}

/** That there is a phrase; the phrase itself goes another way, where nothing is written down. */
export function askAccessPhrase(where: string, value: string): Wish {
  checkAccessPhrase(where, value);
  return { words: said(where, 'set'), demands: ['phrase'], givesPhrase: true };
}

/** @returns the phrase in its one spelling. Throws policy/unknown-value when it is too short or too long. */
export function checkAccessPhrase(where: string, value: string): string {
  const phrase = parsePhrase(value);
  if (phrase !== undefined) return phrase;
  throw unknownValue(where, `a phrase of ${limits.phraseCharactersMin} to ${limits.phraseCharactersMax} characters`);
}

function said(where: string, value: string): string {
  return `${where}: ${value.slice(0, VALUE_CHARACTERS_MAX)}`;
}

/** For a value that means nothing here. */
export function unknownValue(where: string, expected: string): AppError {
  return new AppError('policy/unknown-value', `${where} asks for something unknown; expected ${expected}.`);
}

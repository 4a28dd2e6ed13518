// Owns the wishes that stand in a mail's headers. Pure.

import { AppError } from '../core/errors.ts';
import { askBrand, askDelivery, askExpiry, askProtection } from './ask.ts';
import type { PolicyFrame, Wish } from './ask.ts';

interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

const readers: Record<string, (where: string, value: string, frame: PolicyFrame) => Wish> = {
  'x-sealpost-protection': (where, value) => askProtection('header', where, value),
  'x-sealpost-expires': (where, value, frame) => askExpiry('header', where, value, frame),
  'x-sealpost-brand': (where, value, frame) => askBrand('header', where, value, frame),
  'x-sealpost-deliver': (where, value) => askDelivery('header', where, value),
};

const spelling: Record<string, string> = {
  'x-sealpost-protection': 'X-Sealpost-Protection',
  'x-sealpost-expires': 'X-Sealpost-Expires',
  'x-sealpost-brand': 'X-Sealpost-Brand',
  'x-sealpost-deliver': 'X-Sealpost-Deliver',
};

/** Every wish of the `X-Sealpost-…` headers. Throws for one that is unknown, doubled or misspelt. */
export function headerSignals(headers: readonly HeaderLine[], frame: PolicyFrame): Wish[] {
  const wishes: Wish[] = [];
  const seen = new Set<string>();
  for (const { name, value } of headers) {
    if (!name.startsWith('x-sealpost-') || name === LOOP_MARK) continue;
    const where = spelling[name];
    const read = readers[name];
    // X-Sealpost-Protetcion would otherwise be a wish that nobody hears.
    if (where === undefined || read === undefined) {
      throw new AppError('policy/unknown-value', 'An X-Sealpost header has a name that does not exist.');
    }
    if (seen.has(name)) throw new AppError('policy/unknown-value', `${where} stands in the mail more than once.`);
    seen.add(name);
    wishes.push(read(where, value, frame));
  }
  return wishes;
}

/** Our own outgoing mail carries it; ingestion refuses a mail that comes back with it. */
export const LOOP_MARK = 'x-sealpost-loop';

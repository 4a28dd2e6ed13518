// Owns the Sensitivity header. Pure.

import { unknownValue } from '../ask.ts';
import type { PolicyFrame, Wish } from '../asks.ts';
import { sensitivities } from '../conditions/signs.ts';
import type { Sensitivity } from '../conditions/signs.ts';
import { namedTemplateAsks } from '../named-template.ts';
import type { HeaderBook } from './header-book.ts';

const WHERE = 'Sensitivity';

/**
 * RFC 4021 section 2.1.55; its hyphen is left out or written as a blank by some. `Normal` is what others write where
 * there is none. Throws policy/unknown-value for anything else.
 */
export function readSensitivity(headers: HeaderBook): Sensitivity | undefined {
  const value = headers.one('sensitivity', WHERE)?.toLowerCase().replace(/[\s-]/g, '');
  if (value === undefined || value === 'normal') return undefined;
  const known = sensitivities.find((one) => one.replace('-', '') === value);
  if (known === undefined) throw unknownValue(WHERE, 'Personal, Private or Company-Confidential');
  return known;
}

/** Mapped by the organisation, as labels are, so the template's end binds its sender. */
export function sensitivityWishes(sensitivity: Sensitivity | undefined, frame: PolicyFrame): Wish[] {
  if (sensitivity === undefined) return [];
  const template = frame.policy.document.labels.sensitivity[sensitivity];
  if (template === undefined) return [];
  return [{ words: `${WHERE}: ${sensitivity}`, ...namedTemplateAsks(template, frame) }];
}

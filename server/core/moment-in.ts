// Owns reading the days and moments between which something is asked for.

import { DAY_MS } from './clock.ts';

const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z)?$/;

/**
 * A day or a moment, both in UTC. As `from` the moment it begins, as `until` the first one after it, in ISO 8601;
 * undefined for what is neither.
 */
export function momentIn(text: string, as: 'from' | 'until'): string | undefined {
  if (!MOMENT.test(text) || Number.isNaN(Date.parse(text))) return undefined;
  const isDay = !text.includes('T');
  const ms = Date.parse(text);
  // 31 June is read as 1 July: neither of them was meant.
  if (!new Date(ms).toISOString().startsWith(text.slice(0, 10))) return undefined;
  return new Date(ms + (isDay && as === 'until' ? DAY_MS : 0)).toISOString();
}

// Owns the condition on when a mail comes: days of the week and hours of the day, in a zone of the IANA database.

import { z } from 'zod';
import { MINUTE_MS } from '../../core/clock.ts';
import type { Leaf } from './leaf.ts';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const hour = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day such as 18:00');

const time = z
  .strictObject({
    days: z.array(z.enum(weekdays)).min(1).max(7).exactOptional(),
    from: hour.exactOptional(),
    to: hour.exactOptional(),
    zone: z.string().max(60).refine(isZone, 'is not a zone such as Europe/Berlin'),
  })
  .refine(({ from, to }) => (from === undefined) === (to === undefined), 'needs both from and to, or neither')
  .refine(({ days, from }) => days !== undefined || from !== undefined, 'needs days, or from and to')
  .refine(({ from, to }) => from === undefined || from !== to, 'ends when it begins');

export const timeShapes = { time };

function isZone(zone: string): boolean {
  // Zones written as "+02:00" know no summer time, and are taken for a slip.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** From `from` on and before `to`. A window over midnight belongs to the day on which it begins. */
export function timeLeaf({ days = [...weekdays], from = '00:00', to = '24:00', zone }: z.output<typeof time>): Leaf {
  const localTime = localTimeIn(zone);
  const allowed = new Set<string>(days);
  const overMidnight = to < from;
  const hours = from === '00:00' && to === '24:00' ? '' : ` from ${from} to ${to}`;
  return {
    says: `it is ${days.length === weekdays.length ? 'any day' : days.join(', ')}${hours} in ${zone}`,
    perRecipient: false,
    ask: ({ nowMs }) => {
      const { day, yesterday, at } = localTime(nowMs);
      const holds = overMidnight
        ? (allowed.has(day) && at >= from) || (allowed.has(yesterday) && at < to)
        : allowed.has(day) && at >= from && at < to;
      return { holds, there: `${day} ${at}` };
    },
  };
}

interface LocalTime {
  readonly day: string;
  readonly yesterday: string;
  /** `18:00`. */
  readonly at: string;
}

function localTimeIn(zone: string): (nowMs: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (nowMs) => {
    const parts = new Map(
      format.formatToParts(Math.floor(nowMs / MINUTE_MS) * MINUTE_MS).map(({ type, value }) => [type, value]),
    );
    const day = (parts.get('weekday') ?? '').toLowerCase();
    const index = weekdays.findIndex((name) => name === day);
    return {
      day,
      yesterday: weekdays[(index + weekdays.length - 1) % weekdays.length] ?? '',
      at: `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}`,
    };
  };
}

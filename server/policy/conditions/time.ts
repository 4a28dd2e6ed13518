// Owns the condition on when a mail comes: days of the week and hours of the day, in a zone of the IANA database.

import { z } from 'zod';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const hour = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day such as 18:00');

export const timeShapes = {
  time: z
    .strictObject({
      days: z.array(z.enum(weekdays)).min(1).max(7).exactOptional(),
      from: hour.exactOptional(),
      to: hour.exactOptional(),
      zone: z.string().max(60).refine(isZone, 'is not a zone such as Europe/Berlin'),
    })
    .refine(({ from, to }) => (from === undefined) === (to === undefined), 'needs both from and to, or neither')
    .refine(({ days, from }) => days !== undefined || from !== undefined, 'needs days, or from and to')
    .refine(({ from, to }) => from === undefined || from !== to, 'ends when it begins'),
};

function isZone(zone: string): boolean {
  // Zones written as "+02:00" know no summer time, and are taken for a slip.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

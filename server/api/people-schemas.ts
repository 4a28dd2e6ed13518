// Owns how the people are described to callers: the shape is the one that the record and the pages have.

import { rosterShape } from '../staff/roster.ts';
import { z } from './described-zod.ts';

export const peopleView = z.strictObject(rosterShape.shape).openapi('People');

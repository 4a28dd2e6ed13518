// Owns how a body and a refusal are described in OpenAPI, alike for every call.

import type { z } from './described-zod.ts';
import { problem } from './schemas.ts';

export function json<Schema extends z.ZodType>(schema: Schema): { 'application/json': { schema: Schema } } {
  return { 'application/json': { schema } };
}

/** RFC 9457. */
export const whyNot = { description: 'Why not', content: { 'application/problem+json': { schema: problem } } };

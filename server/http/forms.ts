// Owns reading simple forms: bounded, flat, checked against a schema, and only with the page's token.

import express from 'express';
import type { Request, RequestHandler } from 'express';
import type { z } from 'zod';
import { AppError } from '../core/errors.ts';
import { sentence } from '../language/words.ts';
import { checkCsrf } from './forged.ts';

const FORM_BYTES_MAX = 256 * 1024;
const FIELDS_MAX = 600;

/** Parses `application/x-www-form-urlencoded` bodies. */
export const formBody: RequestHandler = express.urlencoded({
  extended: false,
  limit: FORM_BYTES_MAX,
  parameterLimit: FIELDS_MAX,
});

/** The form's fields; `checkToken` when it is not for the visitor's living session. Throws request/forged without the token, request/malformed when they do not fit. */
export function readForm<T>(
  req: Request,
  schema: z.ZodType<T>,
  checkToken = (token: unknown) => checkCsrf(req, token),
): T {
  const body: unknown = req.body;
  const fields = typeof body === 'object' && body !== null ? body : {};
  checkToken('csrf' in fields ? fields.csrf : undefined);
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const long = parsed.error.issues.find(({ code, path }) => code === 'too_big' && path.length === 1);
  if (long?.code === 'too_big' && long.origin === 'string') {
    const told = { field: String(long.path[0]), most: Number(long.maximum) };
    throw new AppError('request/malformed', sentence('problem.field-long', told));
  }
  throw new AppError('request/malformed', sentence('problem.field-unreadable'));
}

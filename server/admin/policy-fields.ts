// Owns reading the large forms about the policy: all their fields, and the version that they were made from.

import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { readUpload } from '../http/uploads.ts';
import { sentence } from '../language/words.ts';
import { policyLimits } from '../policy/policy-limits.ts';

const FORM_FIELDS_MAX = 20_000;

export async function readPolicyFields(
  req: Request,
  checkToken?: (token: unknown) => void,
): Promise<Map<string, string>> {
  const fields = new Map<string, string>();
  const most = { files: 0, bytes: 0, fields: FORM_FIELDS_MAX, fieldBytes: policyLimits.documentBytesMax };
  await readUpload(req, most, fields, () => Promise.resolve(), checkToken);
  return fields;
}

/** The version that a form was made from. A form without it was not sent from our page as it stood. */
export function basisIn(fields: ReadonlyMap<string, string>): number {
  const text = fields.get('version') ?? '';
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new AppError('request/malformed', sentence('problem.field-unreadable'));
}

// Owns how a policy comes in a call and goes out in an answer: as JSON or YAML, with its version as an entity tag.

import type { Request, Response } from 'express';
import { AppError } from '../core/errors.ts';
import { readDocumentText, writeDocumentText } from '../policy/document-text.ts';
import { policyLimits } from '../policy/policy-limits.ts';
import { bodyOf } from '../http/request-body.ts';

const JSON_TYPE = 'application/json';
/** RFC 9512 */
const YAML_TYPE = 'application/yaml';

/** The value that the body's text stands for. Throws PolicyFaults, request/malformed, mail/too-large. */
export async function readPolicyBody(req: Request): Promise<unknown> {
  if (req.is([JSON_TYPE, YAML_TYPE]) === false) {
    throw new AppError('request/malformed', `Send it as ${JSON_TYPE} or ${YAML_TYPE}.`);
  }
  return readPolicyText(bodyOf(req));
}

/** The same of bytes that came in another way. */
export async function readPolicyText(source: AsyncIterable<Buffer>): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > policyLimits.documentBytesMax) {
      throw new AppError('mail/too-large', `The policy is larger than ${policyLimits.documentBytesMax} bytes.`);
    }
    pieces.push(piece);
  }
  return readDocumentText(utf8(Buffer.concat(pieces)));
}

/** In the form that is asked for. */
export function sendPolicy(req: Request, res: Response, version: number, value: object): void {
  res.set('ETag', `"${version}"`).vary('Accept');
  if (req.accepts(JSON_TYPE, YAML_TYPE) === YAML_TYPE) res.type(YAML_TYPE).send(writeDocumentText(value));
  else res.json(value);
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('request/malformed', 'The body is not UTF-8.');
  }
}

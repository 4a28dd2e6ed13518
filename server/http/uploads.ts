// Owns reading forms with files: each file goes to the caller while it arrives, nothing touches the disk
// on the way. The token has to come before the first file. The only wrapper of busboy.

import { Busboy } from '@fastify/busboy';
import type { BusboyFileStream } from '@fastify/busboy';
import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { sentence } from '../language/words.ts';
import { checkCsrf } from './forged.ts';

export interface UploadLimits {
  readonly files: number;
  /** Text fields; absent: as many as any form but the largest has. */
  readonly fields?: number;
  /** All files together. */
  readonly bytes: number;
  /** All text fields together. */
  readonly fieldBytes: number;
}

export interface UploadedFile {
  /** Name of its field. */
  readonly field: string;
  readonly filename: string;
  readonly contentType: string;
  /** Throws when the form cannot be read to its end, or is more than its limits. */
  readonly content: AsyncIterable<Buffer>;
}

const FIELDS_MAX = 50;
// What the lines between the parts may add to a request; only its declared length is held against it.
const FRAME_BYTES_MAX = 64 * 1024;

/**
 * Reads a multipart form. `onFile` is called for one file after the other; when this throws, none is under
 * way any more.
 * @param fields gets the text fields, the last value of each name: whatever stood before a fault is there
 * to be shown again.
 * @param checkToken when the form is not for the visitor's living session.
 * Throws request/forged, request/malformed or mail/too-large; then the rest of the request is passed over.
 */
export async function readUpload(
  req: Request,
  most: UploadLimits,
  fields: Map<string, string>,
  onFile: (file: UploadedFile) => Promise<void>,
  checkToken = (token: unknown) => checkCsrf(req, token),
): Promise<void> {
  const declared = Number(req.headers['content-length'] ?? 0);
  const busboy = makeBusboy(req, most);

  const unread = new Set<BusboyFileStream>();
  const { promise: whole, resolve, reject } = Promise.withResolvers<void>();
  // One file at a time, in order.
  let files = Promise.resolve();
  let fileBytes = 0;
  let fieldBytes = 0;
  let failed = false;

  function fail(error: unknown): void {
    failed = true;
    reject(error);
    // Whoever reads one of them must not wait for what will never come.
    for (const content of unread) content.destroy(malformed());
  }

  async function* counted(content: BusboyFileStream): AsyncGenerator<Buffer> {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      fileBytes += chunk.length;
      if (fileBytes > most.bytes) throw tooManyBytes(most);
      yield chunk;
    }
    if (content.truncated) throw tooManyBytes(most);
  }

  busboy.on('field', (name, value, _nameTruncated, truncated) => {
    fieldBytes += Buffer.byteLength(value);
    if (failed) return;
    fields.set(name, value);
    if (truncated || fieldBytes > most.fieldBytes) fail(tooMuchText(most));
  });
  busboy.on('file', (field, content, filename, _encoding, contentType) => {
    unread.add(content);
    content.on('error', () => fail(malformed()));
    files = files.then(async () => {
      try {
        if (failed) return;
        checkToken(fields.get('csrf'));
        if (declared > most.bytes + most.fieldBytes + FRAME_BYTES_MAX) throw tooManyBytes(most);
        await onFile({ field, filename: filename ?? '', contentType, content: counted(content) });
        content.resume();
      } catch (error) {
        fail(error);
      } finally {
        unread.delete(content);
      }
    });
  });
  busboy.on('filesLimit', () => fail(tooManyFiles(most)));
  busboy.on('fieldsLimit', () => fail(malformed()));
  busboy.on('partsLimit', () => fail(malformed()));
  busboy.on('error', () => fail(malformed()));
  busboy.on('finish', () => void files.then(resolve));
  req.on('error', () => fail(malformed()));
  req.on('close', () => {
    if (!req.complete) fail(malformed());
  });
  req.pipe(busboy);

  try {
    await whole;
    checkToken(fields.get('csrf'));
  } catch (error) {
    req.unpipe(busboy);
    // Passed over rather than left standing: a browser that still sends would never see the answer.
    req.resume();
    await files;
    throw error;
  }
}

function makeBusboy(req: Request, most: UploadLimits): InstanceType<typeof Busboy> {
  const contentType = req.headers['content-type'];
  if (contentType === undefined || !/^multipart\/form-data\b/i.test(contentType)) throw malformed();
  try {
    return new Busboy({
      headers: { ...req.headers, 'content-type': contentType },
      limits: {
        files: most.files,
        fields: most.fields ?? FIELDS_MAX,
        fieldSize: most.fieldBytes,
        fileSize: most.bytes,
        parts: most.files + (most.fields ?? FIELDS_MAX),
      },
    });
  } catch {
    // No boundary.
    throw malformed();
  }
}

function malformed(): AppError {
  return new AppError('request/malformed', sentence('problem.form-unreadable'));
}

function tooManyFiles(most: UploadLimits): AppError {
  return new AppError('request/malformed', sentence('problem.files-too-many', { files: most.files }));
}

function tooManyBytes(most: UploadLimits): AppError {
  return new AppError('mail/too-large', sentence('problem.files-too-large', { size: { bytes: most.bytes } }));
}

function tooMuchText(most: UploadLimits): AppError {
  return new AppError('mail/too-large', sentence('problem.text-too-large', { size: { bytes: most.fieldBytes } }));
}

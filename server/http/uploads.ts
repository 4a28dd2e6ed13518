// Owns reading forms with files: each file goes to the caller while it arrives, nothing touches the disk
// on the way. The token has to come before the first file. The only wrapper of busboy.

import { Busboy } from '@fastify/busboy';
import type { BusboyFileStream } from '@fastify/busboy';
import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { checkCsrf } from './forged.ts';

export interface UploadLimits {
  readonly files: number;
  /** All files together. */
  readonly bytes: number;
  /** One text field. */
  readonly fieldBytes: number;
}

export interface UploadedFile {
  readonly field: string;
  readonly filename: string;
  readonly contentType: string;
  /** Throws mail/too-large when this file passes what is left of the limit. */
  readonly content: AsyncIterable<Buffer>;
}

const FIELDS_MAX = 50;

/**
 * Reads a multipart form. `onFile` is called for one file after the other and must read it to its end.
 * @returns the text fields, last value of each name.
 * Throws request/forged, request/malformed or mail/too-large; then the rest of the request is not read.
 */
export async function readUpload(
  req: Request,
  most: UploadLimits,
  onFile: (file: UploadedFile) => Promise<void>,
): Promise<Map<string, string>> {
  const contentType = req.headers['content-type'];
  if (contentType === undefined || !/^multipart\/form-data\b/i.test(contentType)) throw malformed();
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared > most.bytes + most.fieldBytes * 2) throw tooLarge();

  const fields = new Map<string, string>();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // One file at a time, in order; a failure of any ends the form.
  let files: Promise<void> = Promise.resolve();
  let bytes = 0;
  let checked = false;

  function checkToken(): void {
    if (checked) return;
    checkCsrf(req, fields.get('csrf'));
    checked = true;
  }

  async function* counted(content: BusboyFileStream): AsyncGenerator<Buffer> {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > most.bytes) throw tooLarge();
      yield chunk;
    }
    if (content.truncated) throw tooLarge();
  }

  const busboy = makeBusboy({ ...req.headers, 'content-type': contentType }, most);
  busboy.on('field', (name, value, nameTruncated, valueTruncated) => {
    if (nameTruncated || valueTruncated) reject(tooLarge());
    else fields.set(name, value);
  });
  busboy.on('file', (field, content, filename, _encoding, mimeType) => {
    // Whoever reads the file sees its error; before that moment it must not end the process.
    content.on('error', () => reject(malformed()));
    files = files
      .then(async () => {
        checkToken();
        await onFile({ field, filename: filename ?? '', contentType: mimeType, content: counted(content) });
      })
      .catch((error: unknown) => {
        reject(error);
        content.resume();
      });
  });
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
    busboy.on(limit, () => reject(new AppError('request/malformed', `At most ${most.files} files can be sent at once.`)));
  }
  busboy.on('error', () => reject(malformed()));
  busboy.on('finish', () => {
    void files.then(() => {
      try {
        checkToken();
        resolve();
      } catch (error) {
        reject(error);
      }
    });
  });
  req.on('aborted', () => reject(malformed()));
  req.on('error', () => reject(malformed()));
  req.pipe(busboy);
  try {
    await promise;
    return fields;
  } catch (error) {
    req.unpipe(busboy);
    req.resume();
    busboy.destroy();
    throw error;
  }
}

function makeBusboy(headers: Request['headers'] & { 'content-type': string }, most: UploadLimits): InstanceType<typeof Busboy> {
  try {
    return new Busboy({
      headers,
      limits: { files: most.files, fields: FIELDS_MAX, fieldSize: most.fieldBytes, fileSize: most.bytes, parts: most.files + FIELDS_MAX },
    });
  } catch {
    throw malformed();
  }
}

function malformed(): AppError {
  return new AppError('request/malformed', 'The form could not be read to its end. Send it once more.');
}

function tooLarge(): AppError {
  return new AppError('mail/too-large', 'The files are larger than this page takes.');
}

// Owns reading a mail inside of a mail with the program's own reader: its headers, its texts, and its attachments by
// their kind. It is more patient with headers than with those of a mail that is to be sent on.

import { AppError } from '../../core/errors.ts';
import { faultOf, FileFault } from '../../files/file-fault.ts';
import { typesOfBytes } from '../../files/types-by-bytes.ts';
import { decodeWords } from '../../mail/encoded-words.ts';
import { findHeaderEnd } from '../../mail/header-lines.ts';
import { readMime } from '../../mail/mime-reader.ts';
import type { MimeAttachment } from '../../mail/mime-reader.ts';
import { innerPath } from '../inspected-file.ts';
import type { InspectedFile } from '../inspected-file.ts';
import type { Reading } from '../reading.ts';
import { steps } from '../steps.ts';
import { readPlain, takeHtml } from './text.ts';

const PIECE_BYTES = 64 * 1024;

export async function readMail(reading: Reading, file: InspectedFile): Promise<void> {
  const { bytes, path } = file;
  const headerEnd = Math.min(findHeaderEnd(bytes, 0) ?? bytes.length, HEADER_BYTES_MAX);
  await reading.take(path, ({ write }) => write(headerText(bytes.subarray(0, headerEnd))));
  try {
    const { text, html } = await readParts(reading, file);
    if (text !== undefined) await reading.take(path, ({ write }) => write(text));
    if (html !== undefined) await takeHtml(reading, path, html);
  } catch (error) {
    const fault = toFault(error);
    // It is text, whatever else it is not.
    if (fault.why === 'broken') await readPlain(reading, file);
    throw fault;
  }
}

async function readParts(
  reading: Reading,
  file: InspectedFile,
): Promise<{ text: string | undefined; html: string | undefined }> {
  let n = 0;
  const reader = readMime(async (attachment) => {
    n += 1;
    reading.spend(steps.mailPart);
    await readAttachment(reading, file, attachment, attachment.filename ?? `${n}`);
  });
  for (let at = 0; at < file.bytes.length; at += PIECE_BYTES) {
    const some = file.bytes.subarray(at, at + PIECE_BYTES);
    reading.spend(some.length * steps.mailByte);
    await Promise.race([reader.write(some), reader.failed]);
  }
  return reader.end();
}

async function readAttachment(
  reading: Reading,
  mail: InspectedFile,
  { content, contentType, rightsProtected, charset }: MimeAttachment,
  name: string,
): Promise<void> {
  const pieces: Buffer[] = [];
  let size = 0;
  // To its end in any case: the mail goes on behind it.
  for await (const piece of content) {
    reading.countBytes(piece.length);
    size += piece.length;
    if (size <= reading.limits.fileBytesMax) pieces.push(piece);
  }
  const why = rightsProtected ? 'encrypted' : size > reading.limits.fileBytesMax ? 'too-large' : undefined;
  if (why !== undefined) {
    const head = pieces[0] ?? Buffer.alloc(0);
    reading.tell(innerPath(mail, name), size, [...typesOfBytes(head), contentType]);
    return reading.fail(innerPath(mail, name), why);
  }
  await reading.readInner(mail, { name, bytes: Buffer.concat(pieces), contentType, charset });
}

const HEADER_BYTES_MAX = 256 * 1024;
const TOLD = /^(?:subject|from|to|cc|bcc|reply-to|sender|comments|keywords):/i;

function headerText(block: Buffer): string {
  const lines = block
    .toString('utf8')
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  return lines
    .filter((line) => TOLD.test(line))
    .map(decodeWords)
    .join('\n');
}

function toFault(error: unknown): FileFault {
  if (!(error instanceof AppError)) return new FileFault(faultOf(error));
  const limit = error.detail === 'too-deep' || error.detail === 'too-large' ? error.detail : undefined;
  return new FileFault(limit ?? 'broken');
}

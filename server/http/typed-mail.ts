// Owns reading what somebody typed into a form here, text and files, as the content of a mail: files go into the sink
// while they arrive, all else into `fields`.

import type { Request } from 'express';
import { AppError } from '../core/errors.ts';
import { isToken } from '../core/ids.ts';
import { createSha256 } from '../crypto/digest.ts';
import { readUpload } from './uploads.ts';
import { sentence } from '../language/words.ts';
import { cleanBodyText } from '../mail/body-text.ts';
import { marksToHtml } from '../mail/light-marks.ts';
import type { MailPart, PartSink, PartWriter } from '../mail/mail-tree.ts';
import { cleanContentType, cleanFilename } from '../mail/part-names.ts';

export const TYPED_FILES_MAX = 50;
const TYPED_TEXT_BYTES_MAX = 200_000;

export interface TypedMail {
  readonly text: string;
  /** What the marks in the text mean; absent when it has none. */
  readonly html: string | undefined;
  readonly parts: readonly MailPart[];
  /** Digest of the files, the text, and what else is given. */
  readonly digest: (...more: readonly unknown[]) => string;
}

/** Throws request/forged, request/malformed (also when there is nothing in it) and mail/too-large. */
export async function readTypedMail(
  req: Request,
  filesBytesMax: number,
  fields: Map<string, string>,
  sink: PartSink,
): Promise<TypedMail> {
  const parts: MailPart[] = [];
  const hash = createSha256();
  await readUpload(req, typedLimits(filesBytesMax), fields, async (file) => {
    const n = parts.length + 1;
    const contentType = cleanContentType(file.contentType);
    const filename = cleanFilename(file.filename, n, contentType);
    const part = { n, filename, contentType, contentId: undefined, inline: false };
    let size = 0;
    let writer: PartWriter | undefined;
    for await (const chunk of file.content) {
      writer ??= await sink.open(part);
      size += chunk.length;
      hash.update(chunk);
      await writer.write(chunk);
    }
    // A browser sends an empty, nameless file for a field nobody filled in.
    if (writer === undefined && file.filename === '') return;
    writer ??= await sink.open(part);
    await writer.close();
    parts.push({ ...part, size });
  });
  const text = cleanBodyText(fields.get('text') ?? '').trim();
  if (text === '' && parts.length === 0) throw new AppError('request/malformed', sentence('reading.reply-nothing'));
  return {
    text,
    html: marksToHtml(text),
    parts,
    digest: (...more) => {
      hash.update(JSON.stringify([text, ...more, parts]));
      return hash.digest().toString('base64url');
    },
  };
}

/** Reads the text fields of such a form and passes over its files. */
export async function readTypedFields(
  req: Request,
  filesBytesMax: number,
  checkToken: (token: unknown) => void,
): Promise<Map<string, string>> {
  const fields = new Map<string, string>();
  await readUpload(req, typedLimits(filesBytesMax), fields, passOver, checkToken);
  return fields;
}

async function passOver({ content }: { readonly content: AsyncIterable<Buffer> }): Promise<void> {
  for await (const chunk of content) void chunk;
}

function typedLimits(bytes: number) {
  return { files: TYPED_FILES_MAX, bytes, fieldBytes: TYPED_TEXT_BYTES_MAX };
}

/** The same form sent twice is one mail; a form that was changed in between is another. */
export function repeatKeyOf(who: string, fields: ReadonlyMap<string, string>, digest: string): string | undefined {
  const once = onceOf(fields);
  return once === undefined ? undefined : `${who} ${once} ${digest}`;
}

/** The one-time mark of the form, if it is one of ours. */
export function onceOf(fields: ReadonlyMap<string, string>): string | undefined {
  const once = fields.get('once');
  return isToken(once) ? once : undefined;
}

// Owns what the tests of reading share: mails made of lines, sources and sinks.

import { isRefusal } from '../../server/core/errors.ts';
import type { RefusalCode } from '../../server/core/errors.ts';
import type { MailSource } from '../../server/mail/parse.ts';
import type { MailPart, PartSink } from '../../server/mail/mail-tree.ts';

export const FROM = 'From: Alice <alice@example.com>';

/** Lines joined as on the wire. */
export function lines(...parts: readonly string[]): string {
  return parts.join('\r\n');
}

/** A multipart mail: each part is its own lines, header, blank line and all. */
export function multipart(
  type: string,
  parts: readonly string[],
  boundary = 'b0',
  head: readonly string[] = [FROM],
): string {
  return lines(
    ...head,
    `Content-Type: multipart/${type}; boundary="${boundary}"`,
    '',
    ...parts.map((part) => `--${boundary}\r\n${part}`),
    `--${boundary}--`,
    '',
  );
}

/** In memory as a whole, or on its way in chunks of `chunkBytes`. */
export function source(mail: string | Buffer, chunkBytes?: number): MailSource {
  const bytes = typeof mail === 'string' ? Buffer.from(mail) : mail;
  return chunkBytes === undefined ? [bytes] : inChunks(bytes, chunkBytes);
}

async function* inChunks(bytes: Buffer, chunkBytes: number): AsyncGenerator<Buffer, undefined> {
  for (let at = 0; at < bytes.length; at += chunkBytes)
    yield bytes.subarray(at, Math.min(bytes.length, at + chunkBytes));
}

export interface Kept extends PartSink {
  readonly parts: Pick<MailPart, 'n'>[];
  readonly contents: Buffer[];
  closed: number;
}

/** A sink that keeps everything. */
export function keep(): Kept {
  const kept: Kept = {
    parts: [],
    contents: [],
    closed: 0,
    open: async (part) => {
      const chunks: Buffer[] = [];
      kept.parts.push(part);
      return {
        write: async (chunk) => void chunks.push(Buffer.from(chunk)),
        close: async () => {
          kept.contents.push(Buffer.concat(chunks));
          kept.closed++;
        },
      };
    },
  };
  return kept;
}

/** For assert.rejects and assert.throws. */
export function refusedAs(code: RefusalCode): (error: unknown) => boolean {
  return (error) => isRefusal(error, code);
}

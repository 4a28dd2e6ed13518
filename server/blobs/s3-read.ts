// Owns reading an object: from the byte that is asked for to the last, going on where a line was dropped. It never
// ends as if it were whole when it is not.

import type { IncomingHttpHeaders } from 'node:http';
import type { BlobRange } from './blobs.ts';
import type { S3Client, S3Stream } from './s3-client.ts';
import { S3Fault } from './s3-fault.ts';

/** The object's bytes, or a range of them. @throws {S3Fault}, with the code ENOENT when there is no such object. */
export async function* readObject(
  client: S3Client,
  key: string,
  range: BlobRange = { start: 0, end: Number.POSITIVE_INFINITY },
): AsyncGenerator<Buffer, void, undefined> {
  let position = range.start;
  let { end } = range;
  for (let vain = 0; position < end;) {
    const from = position;
    const opened = await client.persist(() => openAt(client, key, from, end));
    if (opened === undefined) return;
    end = from + opened.lengthBytes;
    try {
      for await (const piece of opened.stream.pieces()) {
        position += piece.length;
        yield piece;
      }
      if (position < end) throw new S3Fault('GET object', 'length', true);
    } catch (error) {
      // Whoever got on may go on: only tries that brought nothing are counted.
      vain = position === from ? vain + 1 : 0;
      if (!(error instanceof S3Fault) || !error.passes || vain >= client.patience.tries) throw error;
    }
  }
}

interface Opened {
  readonly stream: S3Stream;
  readonly lengthBytes: number;
}

/** Undefined when the object ends before `start`. */
async function openAt(client: S3Client, key: string, start: number, end: number): Promise<Opened | undefined> {
  const whole = start === 0 && end === Number.POSITIVE_INFINITY;
  const stream = await client.open({
    method: 'GET',
    key,
    expected: [404, 416],
    ...(whole ? {} : { range: `bytes=${start}-${Number.isFinite(end) ? end - 1 : ''}` }),
  });
  const { status, headers } = stream;
  const lengthBytes = whole ? wholeLength(status, headers) : rangeLength(status, headers, start, end);
  if (lengthBytes !== undefined) return { stream, lengthBytes };
  stream.drop();
  if (status === 416) return undefined;
  if (status === 404) throw new S3Fault('GET object', 'ENOENT', false);
  throw new S3Fault('GET object', 'range', false);
}

function wholeLength(status: number, headers: IncomingHttpHeaders): number | undefined {
  const length = headers['content-length'] ?? '';
  return status === 200 && /^\d+$/.test(length) ? Number(length) : undefined;
}

/** Of what was asked for, no less: from `start` to `end`, or to the end of the object. */
function rangeLength(status: number, headers: IncomingHttpHeaders, start: number, end: number): number | undefined {
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
  const isAll = Number(first) === start && Number(last) + 1 === Math.min(end, Number(size));
  return status === 206 && isAll ? Number(last) + 1 - start : undefined;
}

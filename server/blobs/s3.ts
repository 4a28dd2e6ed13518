// Owns sealed bytes in S3: one object for each blob, under the prefix and its id. Objects are never changed. It never
// makes a key from anything but a checked id.

import type { IncomingHttpHeaders } from 'node:http';
import { isId } from '../core/ids.ts';
import type { BlobFacts, BlobPage, Blobs } from './blobs.ts';
import { S3Client, littlePatience, usualPatience } from './s3-client.ts';
import type { S3Credentials, S3Patience, S3Place } from './s3-client.ts';
import { readObject } from './s3-read.ts';
import { blocksOf, textOf, textsOf } from './s3-xml.ts';
import { StagedObject } from './staged-object.ts';

const PAGE_IDS = 500;
const UPLOAD_PAGES_MAX = 20;

// An S3-like store without these two operations says so by one of these: its own rule has to end what was left.
const NOT_DONE_HERE = [405, 501];

export function openS3Blobs(
  place: S3Place,
  credentials: S3Credentials,
  patience: S3Patience = usualPatience,
): Promise<Blobs> {
  const client = new S3Client(place, credentials, patience);
  const { prefix } = place;
  const beingWritten = new Set<string>();

  return Promise.resolve({
    async stage(id) {
      const key = keyOf(prefix, id);
      beingWritten.add(key);
      return new StagedObject(client, id, key, () => beingWritten.delete(key));
    },

    read: (id, range) => readObject(client, keyOf(prefix, id), range),

    look: async (id) => factsOf(await client.ask({ method: 'HEAD', key: keyOf(prefix, id), expected: [404] })),

    async list(after): Promise<BlobPage> {
      const query = {
        'list-type': '2',
        prefix,
        'max-keys': String(PAGE_IDS),
        ...(after === undefined ? {} : { 'start-after': `${prefix}${after}` }),
      };
      const { text } = await client.ask({ method: 'GET', query });
      const names = textsOf(text, 'Key').map((key) => key.slice(prefix.length));
      const next = textOf(text, 'IsTruncated') === 'true' ? names.at(-1) : undefined;
      return { ids: names.filter(isId), ...(next === undefined ? {} : { next }) };
    },

    async remove(id) {
      await client.ask({ method: 'DELETE', key: keyOf(prefix, id), expected: [404] });
    },

    async check() {
      const key = `${prefix}check`;
      await client.ask({ method: 'PUT', key, body: Buffer.from('check') }, littlePatience);
      await client.ask({ method: 'DELETE', key }, littlePatience);
    },

    sweepStaging: (changedBeforeMs) => abortUploads(client, prefix, changedBeforeMs, beingWritten),
  } satisfies Blobs);
}

function keyOf(prefix: string, id: string): string {
  if (!isId(id)) throw new TypeError('A blob is named by an id.');
  return `${prefix}${id}`;
}

function factsOf({ status, headers }: { status: number; headers: IncomingHttpHeaders }): BlobFacts | undefined {
  if (status === 404) return undefined;
  return {
    sizeBytes: Number(headers['content-length']),
    changedAtMs: Date.parse(headers['last-modified'] ?? ''),
  };
}

async function abortUploads(
  client: S3Client,
  prefix: string,
  begunBeforeMs: number,
  spared: ReadonlySet<string>,
): Promise<number> {
  let aborted = 0;
  let markers: Record<string, string> = {};
  for (let page = 0; page < UPLOAD_PAGES_MAX; page += 1) {
    const query = { uploads: '', prefix, ...markers };
    const { status, text } = await client.ask({ method: 'GET', query, expected: NOT_DONE_HERE });
    if (NOT_DONE_HERE.includes(status)) return aborted;
    for (const upload of blocksOf(text, 'Upload')) {
      const [key = '', uploadId = ''] = [textOf(upload, 'Key'), textOf(upload, 'UploadId')];
      // An upload of somebody else, under a longer prefix, has a key that is not our prefix and an id.
      const isOver = isId(key.slice(prefix.length)) && Date.parse(textOf(upload, 'Initiated') ?? '') < begunBeforeMs;
      if (!isOver || spared.has(key)) continue;
      await client.ask({ method: 'DELETE', key, query: { uploadId }, expected: [404, ...NOT_DONE_HERE] });
      aborted += 1;
    }
    const [key, id] = [textOf(text, 'NextKeyMarker'), textOf(text, 'NextUploadIdMarker')];
    if (textOf(text, 'IsTruncated') !== 'true' || key === undefined || id === undefined) return aborted;
    markers = { 'key-marker': key, 'upload-id-marker': id };
  }
  return aborted;
}

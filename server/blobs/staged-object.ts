// Owns one blob on its way into S3: a small one waits in memory for its commit, a large one goes up part by part
// while it arrives, and neither can be read before its commit. It never holds more than one part.

import type { StagedBlob } from './blobs.ts';
import { littlePatience } from './s3-client.ts';
import type { S3Client } from './s3-client.ts';
import { S3Fault } from './s3-fault.ts';
import { completion, textOf } from './s3-xml.ts';

/** The least that S3 takes (the last may be smaller), since each blob on its way holds one; 10,000 of them make 50 GB. */
export const PART_BYTES = 5 * 1024 * 1024;
const FIRST_BYTES = 128 * 1024;

interface Upload {
  readonly id: string;
  readonly etags: string[];
}

export class StagedObject implements StagedBlob {
  readonly id: string;
  readonly #client: S3Client;
  readonly #key: string;
  readonly #onEnd: () => void;
  #part = Buffer.alloc(0);
  #partBytes = 0;
  #sizeBytes = 0;
  #upload: Upload | undefined;
  #state: 'writing' | 'committing' | 'ended' = 'writing';

  constructor(client: S3Client, id: string, key: string, onEnd: () => void) {
    this.id = id;
    this.#client = client;
    this.#key = key;
    this.#onEnd = onEnd;
  }

  async write(...pieces: readonly Buffer[]): Promise<void> {
    this.#checkWriting();
    for (const piece of pieces) {
      for (let offset = 0; offset < piece.length;) {
        // Only when more comes than the part holds: the last part is never empty, and one part alone is no upload.
        if (this.#partBytes === PART_BYTES) await this.#sendPart();
        const fitting = piece.subarray(offset, offset + PART_BYTES - this.#partBytes);
        this.#hold(fitting);
        offset += fitting.length;
      }
    }
  }

  async commit(): Promise<void> {
    this.#checkWriting();
    this.#state = 'committing';
    if (this.#upload === undefined) {
      await this.#client.ask({ method: 'PUT', key: this.#key, body: this.#held() });
    } else {
      await this.#sendPart();
      await this.#complete(this.#upload);
    }
    this.#end();
  }

  async discard(): Promise<void> {
    const wasCommitting = this.#state === 'committing';
    if (this.#state === 'ended') return;
    this.#end();
    // What cannot be removed now is litter without a key, and swept later.
    const asks = [
      ...(this.#upload === undefined ? [] : [{ query: { uploadId: this.#upload.id } }]),
      ...(wasCommitting ? [{}] : []), // S3 may have done what it had no time to confirm
    ];
    for (const ask of asks) {
      await this.#client.ask({ method: 'DELETE', key: this.#key, ...ask }, littlePatience).catch(() => undefined);
    }
  }

  async #sendPart(): Promise<void> {
    this.#upload ??= { id: await this.#begin(), etags: [] };
    const { id, etags } = this.#upload;
    const { headers } = await this.#client.ask({
      method: 'PUT',
      key: this.#key,
      query: { partNumber: String(etags.length + 1), uploadId: id },
      body: this.#held(),
    });
    etags.push(headers.etag ?? '');
    this.#partBytes = 0;
  }

  async #begin(): Promise<string> {
    const { text } = await this.#client.ask({ method: 'POST', key: this.#key, query: { uploads: '' } });
    const id = textOf(text, 'UploadId');
    if (id === undefined) throw new S3Fault('POST object uploads', 'no upload id', false);
    return id;
  }

  async #complete({ id, etags }: Upload): Promise<void> {
    const { status } = await this.#client.ask({
      method: 'POST',
      key: this.#key,
      query: { uploadId: id },
      body: Buffer.from(completion(etags)),
      expected: [404],
    });
    if (status !== 404) return;
    // The upload is gone: completed by a try whose answer was lost, or aborted by somebody.
    const { headers } = await this.#client.ask({ method: 'HEAD', key: this.#key, expected: [404] });
    if (headers['content-length'] !== String(this.#sizeBytes)) {
      throw new S3Fault('POST object uploadId', 'NoSuchUpload', false);
    }
  }

  #hold(piece: Buffer): void {
    const needed = this.#partBytes + piece.length;
    if (needed > this.#part.length) {
      const grown = Buffer.allocUnsafe(Math.min(PART_BYTES, Math.max(FIRST_BYTES, 2 * needed)));
      this.#part.copy(grown, 0, 0, this.#partBytes);
      this.#part = grown;
    }
    piece.copy(this.#part, this.#partBytes);
    this.#partBytes = needed;
    this.#sizeBytes += piece.length;
  }

  #held(): Buffer {
    return this.#part.subarray(0, this.#partBytes);
  }

  #end(): void {
    this.#state = 'ended';
    this.#part = Buffer.alloc(0);
    this.#onEnd();
  }

  #checkWriting(): void {
    if (this.#state !== 'writing') throw new TypeError('This blob is no longer being written.');
  }
}

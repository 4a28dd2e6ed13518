// Owns the files of a JSON call on their way to the sink, within the size of a message. Nothing is known of a file yet
// but its place: its name may come after its bytes.

import { checkBytes } from '../core/bounded.ts';
import { createSha256 } from '../crypto/digest.ts';
import type { Sha256 } from '../crypto/digest.ts';
import type { PartSink, PartWriter } from '../mail/mail-tree.ts';
import type { Lifted } from './lift-contents.ts';

export interface PouredFile {
  readonly sizeBytes: number;
  readonly digest: string;
}

export class FilePouring {
  /** Those that were read to their end, by their places. */
  readonly files = new Map<number, PouredFile>();
  /** Of all files, whole or not. */
  bytes = 0;
  readonly #sink: PartSink;
  readonly #bytesMax: number;
  #open: { readonly writer: PartWriter; readonly hash: Sha256; readonly bytesBefore: number } | undefined;

  constructor(sink: PartSink, bytesMax: number) {
    this.#sink = sink;
    this.#bytesMax = bytesMax;
  }

  /** Throws mail/too-large as soon as it is. */
  async take(lifted: Lifted): Promise<void> {
    if (lifted.kind === 'open') {
      const writer = await this.#sink.open({ n: lifted.index + 1 });
      this.#open = { writer, hash: createSha256(), bytesBefore: this.bytes };
      return;
    }
    if (this.#open === undefined) throw new Error('bytes of no file');
    const { writer, hash, bytesBefore } = this.#open;
    if (lifted.kind === 'bytes') {
      this.bytes += lifted.bytes.length;
      checkBytes(this.bytes, this.#bytesMax);
      hash.update(lifted.bytes);
      await writer.write(lifted.bytes);
    } else {
      await writer.close();
      this.files.set(lifted.index, {
        sizeBytes: this.bytes - bytesBefore,
        digest: hash.digest().toString('base64url'),
      });
    }
  }
}

// Owns the content of one mail on its way through nodemailer: when its source fails, the failure that
// comes out is the source's own and not what nodemailer makes of it.

import { Readable } from 'node:stream';
import type { DkimSigner } from './courier-dkim.ts';

export class Content {
  #failure: { readonly error: unknown } | undefined;
  readonly #raw: Buffer | Readable;

  constructor(raw: Buffer | Readable) {
    this.#raw = raw;
    // It may fail while it waits for a connection, with nobody listening yet: it will say so when read.
    if (!Buffer.isBuffer(raw)) raw.on('error', () => undefined);
  }

  /** What goes over the wire; a buffer stays a buffer, so that its size can be told beforehand. */
  async ready(signer: DkimSigner | undefined): Promise<Buffer | Readable> {
    if (Buffer.isBuffer(this.#raw)) {
      return signer === undefined ? this.#raw : Buffer.concat(await signer.sign(this.#raw).toArray());
    }
    const watched = Readable.from(this.#watch(this.#raw), { objectMode: false });
    return signer === undefined ? watched : signer.sign(watched);
  }

  /** Throws on, if there is one, the error by which the source failed. */
  rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Lets go of the source, read or not. */
  release(): void {
    if (!Buffer.isBuffer(this.#raw)) this.#raw.destroy();
  }

  async *#watch(source: Readable): AsyncGenerator<Buffer> {
    try {
      // Also fails when the source is destroyed before its end: otherwise half a mail would hang, or pass.
      yield* source;
    } catch (error) {
      this.#failure = { error };
      throw new Error('The content could not be read', { cause: error });
    }
  }
}

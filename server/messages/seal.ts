// Owns sealing a new message: one random data key, every part sealed under it while it arrives, small
// parts for their rows and large ones into blobs that become visible only by commit. It writes no row.

import type { Clock } from '../core/clock.ts';
import type { Blobs, StagedBlob } from '../blobs/blobs.ts';
import { limits } from '../core/limits.ts';
import type { NetworkDetail } from '../core/networks.ts';
import { openBytes, openStream, Sealer, sealBytes, sealedSize } from '../crypto/cobblestone.ts';
import { deliveryContext, metaContext, partContext, recipientContext } from '../crypto/context.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { newId } from '../crypto/random.ts';
import type { PartSink, PartWriter } from '../mail/mail-tree.ts';
import type { DeliveryRecord, SealedBody, MessageMeta, RecipientCard } from './message.ts';

export interface Vault {
  readonly keyring: Keyring;
  readonly blobs: Blobs;
  readonly clock: Clock;
  /** How much of a visitor's network the audit log keeps; all of it when that is not said. */
  readonly auditNetworks?: NetworkDetail;
}

export interface SealedPart {
  readonly n: number;
  readonly sizeBytes: number;
  readonly inlineBytes: Buffer | null;
  readonly blobId: string | null;
}

// Each waits for the disk or the network, and they need not wait for each other.
const COMMITS_AT_ONCE = 8;

/** The body document stands beside the attachments as part 0. */
export const BODY_PART = 0;

/** A message being sealed. Either `commitBlobs` or `discard` must be called in the end. */
export class Sealing {
  readonly id: string;
  /** Takes attachments as they are parsed; their `n` counts from 1. */
  readonly sink: PartSink = { open: (part) => Promise.resolve(this.#openPart(part.n)) };
  readonly #vault: Vault;
  readonly #dataKey: Buffer;
  readonly #parts: SealedPart[] = [];
  readonly #staged: StagedBlob[] = [];
  #committed = 0;

  constructor(vault: Vault) {
    this.#vault = vault;
    this.id = newId(vault.clock);
    this.#dataKey = vault.keyring.newDataKey();
  }

  sealMeta(meta: MessageMeta): Buffer {
    return sealBytes(this.#dataKey, metaContext(this.id), Buffer.from(JSON.stringify(meta)));
  }

  sealRecipient(recipientId: string, card: RecipientCard): Buffer {
    return sealRecipientCard(this.#dataKey, this.id, recipientId, card);
  }

  async sealBody(body: SealedBody): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(body));
    if (sealedSize(bytes.length) <= limits.inlinePartBytesMax) {
      const inlineBytes = sealBytes(this.#dataKey, this.#contextOf(BODY_PART), bytes);
      this.#parts.push({ n: BODY_PART, sizeBytes: bytes.length, inlineBytes, blobId: null });
      return;
    }
    const writer = this.#openPart(BODY_PART);
    await writer.write(bytes);
    await writer.close();
  }

  wrappedKey(): { keyId: string; wrapped: Buffer } {
    return this.#vault.keyring.wrapDataKey(this.#dataKey, this.id);
  }

  /** The parts that were closed, in the order of their numbers. */
  parts(): readonly SealedPart[] {
    return this.#parts.toSorted((a, b) => a.n - b.n);
  }

  /** Makes every blob there is by now durable. Must be over before the row that names it commits. */
  async commitBlobs(): Promise<void> {
    while (this.#committed < this.#staged.length) {
      const some = this.#staged.slice(this.#committed, this.#committed + COMMITS_AT_ONCE);
      // All are waited for, also when one fails: `discard` must meet none that is under way.
      const ended = await Promise.allSettled(some.map((blob) => blob.commit()));
      for (const end of ended) if (end.status === 'rejected') throw end.reason;
      this.#committed += some.length;
    }
  }

  /** An attachment's bytes, while its message is not one yet. What lies in blobs must have been committed. */
  async *readPart(n: number): AsyncGenerator<Buffer, void, undefined> {
    const part = this.#parts.find((one) => one.n === n);
    if (part === undefined) throw new Error('no such part was sealed');
    const context = this.#contextOf(n);
    if (part.inlineBytes !== null) yield openBytes(this.#dataKey, context, part.inlineBytes);
    else if (part.blobId !== null) yield* openStream(this.#dataKey, context, this.#vault.blobs.read(part.blobId));
  }

  /** Removes whatever was written, committed or not; for a message that is not going to be. */
  async discard(): Promise<void> {
    for (const blob of this.#staged) {
      await blob.discard();
      await this.#vault.blobs.remove(blob.id);
    }
  }

  #contextOf(n: number): string {
    return partContext(this.id, n, n === BODY_PART ? 'body' : 'attachment');
  }

  #openPart(n: number): PartWriter {
    const sealer = new Sealer(this.#dataKey, this.#contextOf(n));
    let pending: Buffer[] = [sealer.header()];
    let pendingBytes = 0;
    let sizeBytes = 0;
    let blob: StagedBlob | undefined;
    const put = async (sealed: readonly Buffer[]): Promise<void> => {
      if (blob !== undefined) return blob.write(...sealed);
      for (const piece of sealed) {
        pending.push(piece);
        pendingBytes += piece.length;
      }
      if (pendingBytes <= limits.inlinePartBytesMax) return;
      blob = await this.#vault.blobs.stage(newId(this.#vault.clock));
      this.#staged.push(blob);
      await blob.write(...pending);
      pending = [];
    };
    return {
      write: async (chunk) => {
        sizeBytes += chunk.length;
        await put(sealer.update(chunk));
      },
      close: async () => {
        await put(sealer.final());
        this.#parts.push({
          n,
          sizeBytes,
          inlineBytes: blob === undefined ? Buffer.concat(pending) : null,
          blobId: blob?.id ?? null,
        });
      },
    };
  }
}

/** Seals what is known of a recipient; also for one that a forward adds later. */
export function sealRecipientCard(
  dataKey: Uint8Array,
  messageId: string,
  recipientId: string,
  card: RecipientCard,
): Buffer {
  return sealBytes(dataKey, recipientContext(messageId, recipientId), Buffer.from(JSON.stringify(card)));
}

/** Seals what became of bringing the mail itself to a recipient. */
export function sealDelivery(
  dataKey: Uint8Array,
  messageId: string,
  recipientId: string,
  record: DeliveryRecord,
): Buffer {
  return sealBytes(dataKey, deliveryContext(messageId, recipientId), Buffer.from(JSON.stringify(record)));
}

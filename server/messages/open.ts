// Owns opening what was sealed: the data key of a row, its meta, its recipients, its parts. Asks nothing
// about rights; callers ask access/ first. A destroyed message does not open.

import { readWhole } from '../core/read-whole.ts';
import { openBytes, openStream } from '../crypto/cobblestone.ts';
import { openRange } from '../crypto/cobblestone-range.ts';
import type { ByteRange } from '../crypto/cobblestone-range.ts';
import { deliveryContext, metaContext, partContext, recipientContext } from '../crypto/context.ts';
import { SealBroken } from '../crypto/seal-broken.ts';
import type { MessagesTable, PartsTable, RecipientsTable } from '../db/tables/messages.ts';
import type { DeliveryRecord, SealedBody, MessageMeta, RecipientCard } from './message.ts';
import { BODY_PART } from './seal.ts';
import type { Vault } from './seal.ts';

/** A message row with its data key unwrapped. Lives as long as one request or job. */
export interface OpenMessage {
  readonly row: MessagesTable;
  readonly dataKey: Buffer;
  readonly meta: MessageMeta;
}

/** Unwraps and opens the meta. Throws SealBroken for a destroyed or damaged message. */
export function openMessage(vault: Vault, row: MessagesTable): OpenMessage {
  if (row.wrapped_key === null) throw new SealBroken();
  const dataKey = vault.keyring.unwrapDataKey({ keyId: row.key_id, wrapped: row.wrapped_key }, row.id);
  const meta = parseSealed<MessageMeta>(openBytes(dataKey, metaContext(row.id), row.sealed_meta));
  return { row, dataKey, meta };
}

export function openRecipient(message: OpenMessage, recipient: Pick<RecipientsTable, 'id' | 'sealed'>): RecipientCard {
  const context = recipientContext(message.row.id, recipient.id);
  return parseSealed<RecipientCard>(openBytes(message.dataKey, context, recipient.sealed));
}

/** What became of bringing the mail itself there; undefined where that was not tried. */
export function openDelivery(
  message: OpenMessage,
  { id, sealed_delivery: sealed }: Pick<RecipientsTable, 'id' | 'sealed_delivery'>,
): DeliveryRecord | undefined {
  if (sealed === null) return undefined;
  return parseSealed<DeliveryRecord>(openBytes(message.dataKey, deliveryContext(message.row.id, id), sealed));
}

export async function openBody(vault: Vault, message: OpenMessage, part: PartsTable): Promise<SealedBody> {
  if (part.inline_bytes !== null) {
    return parseSealed<SealedBody>(openBytes(message.dataKey, contextOf(message, part), part.inline_bytes));
  }
  return parseSealed<SealedBody>(await readWhole(openPart(vault, message, part)));
}

/** The part's bytes, each chunk checked before it is handed out. */
export async function* openPart(vault: Vault, message: OpenMessage, part: PartsTable): AsyncGenerator<Buffer> {
  const context = contextOf(message, part);
  if (part.inline_bytes !== null) {
    yield openBytes(message.dataKey, context, part.inline_bytes);
  } else if (part.blob_id !== null) {
    yield* openStream(message.dataKey, context, vault.blobs.read(part.blob_id));
  } else {
    throw new SealBroken();
  }
}

/** A range of an attachment's bytes; one that is not empty. */
export async function* openPartRange(
  vault: Vault,
  message: OpenMessage,
  part: PartsTable,
  range: ByteRange,
): AsyncGenerator<Buffer> {
  const { blob_id: blobId } = part;
  // The row tells its size as well, but anybody who can write to the database could change that.
  const plaintextBytes = message.meta.parts.find(({ n }) => n === part.n)?.size;
  if (plaintextBytes === undefined) throw new SealBroken();
  if (blobId === null) {
    for await (const whole of openPart(vault, message, part)) yield whole.subarray(range.start, range.end);
  } else {
    const source = { read: (bytes: ByteRange) => vault.blobs.read(blobId, bytes), plaintextBytes };
    yield* openRange(message.dataKey, contextOf(message, part), source, range);
  }
}

function contextOf(message: OpenMessage, part: PartsTable): string {
  return partContext(message.row.id, part.n, part.n === BODY_PART ? 'body' : 'attachment');
}

// The seal is the check: only seal.ts wrote these bytes, from a value of this type.
function parseSealed<T>(bytes: Buffer): T {
  return JSON.parse(bytes.toString('utf8')) as T;
}

// Owns keeping a mail while it arrives, before anything looks into it: small ones in memory, larger ones
// in a file that has no name and is sealed under a key that exists only in this process. So a slow peer
// holds a file handle, not a parser, and a crash leaves nothing to read.

import { open, readdir, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { limits } from '../core/limits.ts';
import { Sealer, openStream } from '../crypto/cobblestone.ts';
import { spoolContext } from '../crypto/context.ts';
import { createSha256 } from '../crypto/digest.ts';
import { newId, randomBytes } from '../crypto/random.ts';

export interface Spooled {
  /** SHA-256 of the mail, base64url. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** The mail from its start; may be read once. */
  read(): AsyncIterable<Buffer> | readonly Buffer[];
  /** Lets go of what is held. */
  close(): Promise<void>;
}

const KEY_BYTES = 32;
const READ_BYTES = 256 * 1024;

/** Takes everything `source` has. Whatever `source` throws passes through, and nothing is kept. */
export async function spool(dir: string, clock: Clock, source: AsyncIterable<Buffer>): Promise<Spooled> {
  const hash = createSha256();
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  let file: SealedFile | undefined;
  try {
    for await (const chunk of source) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      if (file !== undefined) {
        await file.write(chunk);
        continue;
      }
      pieces.push(chunk);
      if (sizeBytes <= limits.spoolMemoryBytesMax) continue;
      file = await createSealedFile(dir, clock);
      for (const piece of pieces.splice(0)) await file.write(piece);
    }
    await file?.end();
  } catch (error) {
    await file?.close();
    throw error;
  }
  return {
    digest: hash.digest().toString('base64url'),
    sizeBytes,
    read: () => file?.read() ?? pieces,
    close: async () => file?.close(),
  };
}

/** At start: a process that died between making a file and taking its name away has left an empty one behind. */
export async function sweepSpool(dir: string): Promise<void> {
  for (const name of await readdir(dir)) await rm(join(dir, name), { force: true });
}

interface SealedFile {
  write(chunk: Buffer): Promise<void>;
  end(): Promise<void>;
  read(): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

async function createSealedFile(dir: string, clock: Clock): Promise<SealedFile> {
  const key = randomBytes(KEY_BYTES);
  const id = newId(clock);
  const context = spoolContext(id);
  const sealer = new Sealer(key, context);
  const path = join(dir, id);
  const handle = await open(path, 'wx+', 0o600);
  try {
    // Without a name from here on: it goes when the handle does.
    await rm(path, { force: true });
    await handle.writeFile(sealer.header());
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    write: (chunk) => handle.writeFile(Buffer.concat(sealer.update(chunk))),
    end: () => handle.writeFile(Buffer.concat(sealer.final())),
    read: () => openStream(key, context, readHandle(handle)),
    close: () => handle.close(),
  };
}

async function* readHandle(handle: FileHandle): AsyncGenerator<Buffer> {
  // One for all: what opens the bytes keeps none of them, and a new one each time is memory not given back at once.
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

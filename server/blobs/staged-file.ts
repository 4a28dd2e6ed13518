// Owns one blob while it is written, and the order that makes it durable: write, sync, rename, sync the folder.
// It never lets a blob be seen under its own name before it is whole.

import { rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../core/sync-folder.ts';
import { Appender } from './appender.ts';
import type { StagedBlob } from './blobs.ts';

/** Sealed or not, what lies in the store is for its owner only. */
export const fileMode = 0o600;

export class StagedFile implements StagedBlob {
  readonly id: string;
  readonly #file: FileHandle;
  readonly #content: Appender;
  readonly #stagedPath: string;
  readonly #target: string;
  readonly #makeFolder: (folder: string) => Promise<void>;
  readonly #onEnd: () => void;
  #state: 'writing' | 'closed' | 'renamed' | 'ended' = 'writing';

  constructor(
    id: string,
    file: FileHandle,
    stagedPath: string,
    target: string,
    makeFolder: (folder: string) => Promise<void>,
    onEnd: () => void,
  ) {
    this.id = id;
    this.#file = file;
    this.#content = new Appender(file);
    this.#stagedPath = stagedPath;
    this.#target = target;
    this.#makeFolder = makeFolder;
    this.#onEnd = onEnd;
  }

  async write(...pieces: readonly Buffer[]): Promise<void> {
    this.#checkWriting();
    await this.#content.write(pieces);
  }

  async commit(): Promise<void> {
    this.#checkWriting();
    await this.#content.sync();
    await this.#close();
    await this.#makeFolder(dirname(this.#target));
    await rename(this.#stagedPath, this.#target);
    this.#state = 'renamed';
    await syncFolder(dirname(this.#target));
    this.#end();
  }

  async discard(): Promise<void> {
    if (this.#state === 'ended') return;
    await this.#content.settle();
    if (this.#state === 'writing') await this.#close();
    await rm(this.#state === 'renamed' ? this.#target : this.#stagedPath, { force: true });
    this.#end();
  }

  async #close(): Promise<void> {
    this.#state = 'closed';
    await this.#file.close();
  }

  #end(): void {
    this.#state = 'ended';
    this.#onEnd();
  }

  #checkWriting(): void {
    if (this.#state !== 'writing') throw new TypeError('This blob is no longer being written.');
  }
}

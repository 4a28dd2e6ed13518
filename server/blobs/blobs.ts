// Owns what a store of sealed bytes promises, wherever it keeps them. It never sees plaintext.

/** Sealed bytes by id. Errors of the disk or the network (full, missing, not reachable) pass through as they are. */
export interface Blobs {
  /** Begins a blob that nobody can read before its `commit`. `id` is a new one from crypto/random.ts. */
  stage(id: string): Promise<StagedBlob>;
  /** The bytes of a committed blob, or a range of them. The first step fails with ENOENT when there is no such blob. */
  read(id: string, range?: BlobRange): AsyncIterable<Buffer>;
  /** What is known of a committed blob without reading it; undefined when there is none. */
  look(id: string): Promise<BlobFacts | undefined>;
  /** The ids of committed blobs, some hundreds at a time, in an order of the store's own. */
  list(after?: string): Promise<BlobPage>;
  /** Removes a committed blob; one that is not there is no error. */
  remove(id: string): Promise<void>;
  /** Writes and removes something small; fails when the store cannot be written. */
  check(): Promise<void>;
  /**
   * Removes what crashed processes left unfinished and last changed before `changedBeforeMs` (since the epoch); how
   * much that was. Other processes, here or elsewhere, may be writing: only what is older than any mail takes is left.
   */
  sweepStaging(changedBeforeMs: number): Promise<number>;
}

/** A blob being written. Either `commit` or `discard` ends it. */
export interface StagedBlob {
  readonly id: string;
  /** In their order. The pieces are given away: nobody may change one afterwards, since they are not copied. */
  write(...pieces: readonly Buffer[]): Promise<void>;
  /** When it returns, the blob is durable under its id: to be called before the row that names it commits. */
  commit(): Promise<void>;
  /** Forgets what was written, also after a commit that failed. Nothing happens after a commit, or a second time. */
  discard(): Promise<void>;
}

/** Bytes from `start` up to, but not including, `end`. */
export interface BlobRange {
  readonly start: number;
  readonly end: number;
}

export interface BlobFacts {
  readonly sizeBytes: number;
  /** By the store's own clock, since the epoch. */
  readonly changedAtMs: number;
}

export interface BlobPage {
  readonly ids: readonly string[];
  /** What to ask for next; absent when this was the last page. */
  readonly next?: string;
}

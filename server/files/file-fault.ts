// Owns saying why a file, or a part of it, cannot be read, from wherever in the work that turns out. It quotes nothing.

export type FaultReason = 'encrypted' | 'broken' | 'too-large' | 'too-slow' | 'too-deep' | 'unknown-kind';

export class FileFault extends Error {
  readonly why: FaultReason;

  constructor(why: FaultReason) {
    super(why);
    this.name = 'FileFault';
    this.why = why;
  }
}

/** What a reader of files threw: its own word for it, else the file is simply not what its kind should be. */
export function faultOf(error: unknown): FaultReason {
  return error instanceof FileFault ? error.why : 'broken';
}

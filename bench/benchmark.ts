// Owns what a benchmark is, and what becomes of one: the shapes that the rows, the runner and the report share.

/** What a run gives each benchmark. */
export interface Bench {
  /** A folder on the disk that is measured, removed at the end. */
  readonly dir: string;
  /** Short runs, to see that everything works: their figures mean little. */
  readonly quick: boolean;
  /** Where measured programs leave their CPU profiles. */
  readonly profileDir?: string | undefined;
  /** To be called when this benchmark is over, however it ends; the last one first. */
  readonly atEnd: (stop: () => Promise<void>) => void;
}

/** `atLeast` and `below` are about the ratio to the peer, or about the value itself when there is no peer. */
export type Bar = { readonly atLeast: number; readonly aim?: number } | { readonly below: number };

export interface Benchmark {
  readonly name: string;
  readonly unit: string;
  /** What it is compared to in the same run. */
  readonly peer?: string;
  /** Without one the row is for information. */
  readonly bar?: Bar;
  /** Programs without which it cannot run, by the command that is looked for. */
  readonly needs?: readonly string[];
  /** A private Postfix can be started by root alone. */
  readonly needsRoot?: boolean;
  run(bench: Bench): Promise<Measured>;
}

export interface Measured {
  readonly value: number;
  readonly peerValue?: number;
  /** What else was seen: shares, other quantiles, spread. */
  readonly notes?: readonly string[];
}

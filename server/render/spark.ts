// Owns laying out a line of small bars, one for each day, that stands beside words which say the same. Pure numbers for an SVG.

export interface SparkView {
  readonly width: number;
  readonly height: number;
  readonly bars: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[];
  /** What it shows, in a sentence. */
  readonly words: string;
}

const STEP = 5;
const BAR = 4;
const HEIGHT = 28;
const LEAST = 2;

/** `values`: one for each day, oldest first. A day without any has a mark of its own, so that the line is whole. */
export function layOutSpark(values: readonly number[], words: string): SparkView {
  const top = Math.max(...values, 1);
  return {
    width: values.length * STEP,
    height: HEIGHT,
    words,
    bars: values.map((value, n) => {
      const height = value === 0 ? 1 : Math.max(LEAST, Math.round((value / top) * HEIGHT));
      return { x: n * STEP, y: HEIGHT - height, width: BAR, height };
    }),
  };
}

// Owns laying out a chart of a few weeks: a bar for each day, in which what was counted stands on top of each other. Pure
// numbers for an SVG, and the same numbers as a table for those who do not see it.

export interface Series {
  readonly words: string;
  /** One for each day. */
  readonly values: readonly number[];
}

export interface ChartView {
  readonly id: string;
  readonly title: string;
  /** In one sentence. */
  readonly summary: string;
  /** Where the list behind it is. */
  readonly url?: string;
  readonly width: number;
  readonly height: number;
  readonly bars: readonly Bar[];
  readonly lines: readonly { readonly y: number; readonly textY: number; readonly words: string }[];
  readonly days: readonly { readonly x: number; readonly words: string; readonly isLast: boolean }[];
  readonly legend: readonly { readonly n: number; readonly words: string; readonly total: number }[];
  readonly rows: readonly { readonly day: string; readonly values: readonly number[] }[];
  readonly isEmpty: boolean;
}

interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Which colour, from 1. */
  readonly n: number;
}

const WIDTH = 600;
const HEIGHT = 160;
const LEFT = 44;
const TOP = 8;
const BOTTOM = 24;
const GAP = 0.25;
const DAYS_NAMED_EVERY = 7;

export interface ChartAsk {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly url?: string;
  /** `2026-11-28` each, oldest first. */
  readonly days: readonly string[];
  readonly series: readonly Series[];
}

export function layOutChart({ id, title, summary, url, days, series }: ChartAsk): ChartView {
  const shown = series.filter(({ values }) => values.some((value) => value > 0));
  const sums = days.map((_, day) => shown.reduce((sum, { values }) => sum + (values[day] ?? 0), 0));
  const top = roundUp(Math.max(...sums, 1));
  const step = (WIDTH - LEFT) / days.length;
  const scale = (HEIGHT - TOP - BOTTOM) / top;
  const floor = HEIGHT - BOTTOM;
  const bars = days.flatMap((_, n) => {
    let y = floor;
    return shown.flatMap(({ values }, index): Bar[] => {
      const value = values[n] ?? 0;
      if (value === 0) return [];
      const height = value * scale;
      y -= height;
      const place = { x: round(LEFT + step * (n + GAP / 2)), y: round(y), width: round(step * (1 - GAP)) };
      return [{ ...place, height: round(height), n: index + 1 }];
    });
  });
  return {
    id,
    title,
    summary,
    ...(url === undefined ? {} : { url }),
    width: WIDTH,
    height: HEIGHT,
    bars,
    lines: [top, top / 2, 0].map((value) => {
      const y = round(floor - value * scale);
      return { y, textY: round(y + 4), words: String(value) };
    }),
    days: days.flatMap((day, n) =>
      (days.length - 1 - n) % DAYS_NAMED_EVERY === 0
        ? [
            {
              x: n === days.length - 1 ? WIDTH : round(LEFT + step * (n + 0.5)),
              words: dayWords(day),
              isLast: n === days.length - 1,
            },
          ]
        : [],
    ),
    legend: shown.map(({ words, values }, index) => ({
      n: index + 1,
      words,
      total: values.reduce((sum, value) => sum + value, 0),
    })),
    rows: days.map((day, n) => ({ day, values: shown.map(({ values }) => values[n] ?? 0) })).toReversed(),
    isEmpty: shown.length === 0,
  };
}

/** The next of 2, 4, 10, 20, 40, 100 …, so that half of it is whole as well. */
function roundUp(value: number): number {
  for (let power = 1; ; power *= 10) for (const step of [2, 4, 10]) if (value <= step * power) return step * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

function dayWords(day: string): string {
  return dayFormat.format(Date.parse(day));
}

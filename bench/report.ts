// Owns how results are told: a table for people, an array for programs. Whether a bar holds is decided here, once.

import type { Bar, Benchmark, Measured } from './benchmark.ts';
import { shown } from './rounds.ts';

/** One row as `--json` has it. Null is what there is none of: a peer, a bar, or a figure for want of a program. */
export interface Row {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly peer: string | null;
  readonly peerValue: number | null;
  /** value / peerValue */
  readonly ratio: number | null;
  /** What the ratio, or without a peer the value, is held against. */
  readonly bar: number | null;
  readonly holds: boolean | null;
}

/** `measured` is absent when the benchmark could not run. */
export function rowOf(benchmark: Benchmark, measured: Measured | undefined): Row {
  const { name, unit, peer, bar } = benchmark;
  const value = measured?.value ?? null;
  const peerValue = measured?.peerValue ?? null;
  const ratio = value === null || peerValue === null ? null : value / peerValue;
  const figure = peer === undefined ? value : ratio;
  return {
    name,
    value,
    unit,
    peer: peer ?? null,
    peerValue,
    ratio,
    bar: bar === undefined ? null : barValue(bar),
    holds: bar === undefined || figure === null ? null : holds(bar, figure),
  };
}

/** The table in plain text, one line a row. */
export function tableOf(results: readonly { readonly benchmark: Benchmark; readonly row: Row }[]): string {
  const head = ['work', 'value', 'unit', 'peer', 'its value', 'ratio', 'bar', 'holds'];
  const lines = results.map(({ benchmark, row }) => [
    row.name,
    figure(row.value),
    row.unit,
    row.peer ?? '',
    row.peer === null ? '' : figure(row.peerValue),
    row.ratio === null ? '' : row.ratio.toFixed(2),
    barText(benchmark.bar),
    holdsText(row),
  ]);
  const all = [head, head.map(() => ''), ...lines];
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const numeric = new Set([1, 4, 5, 6]);
  return all
    .map((line, n) =>
      line
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          if (n === 1) return '-'.repeat(width);
          return numeric.has(column) ? cell.padStart(width) : cell.padEnd(width);
        })
        .join(' | ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function barValue(bar: Bar): number {
  return 'below' in bar ? bar.below : bar.atLeast;
}

function holds(bar: Bar, figure: number): boolean {
  return 'below' in bar ? figure < bar.below : figure >= bar.atLeast;
}

function barText(bar: Bar | undefined): string {
  if (bar === undefined) return '';
  if ('below' in bar) return `< ${bar.below}`;
  return bar.aim === undefined ? `≥ ${bar.atLeast}` : `≥ ${bar.atLeast}, aim ${bar.aim}`;
}

function holdsText({ value, holds }: Row): string {
  if (value === null) return 'not run';
  if (holds === null) return '';
  return holds ? 'yes' : 'NO';
}

function figure(value: number | null): string {
  return value === null ? '–' : shown(value);
}

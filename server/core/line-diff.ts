// Owns telling two texts apart line by line. The only file that imports diff. Pure.

import { structuredPatch } from 'diff';

export interface DiffLine {
  /** `gap`: lines that are the same in both were left out here; `text` is empty. */
  readonly kind: 'same' | 'added' | 'removed' | 'gap';
  readonly text: string;
}

const LINES_AROUND = 3;
/** Comparing texts that have little in common takes long: past this they are told as one taken for the other. */
const EDITS_MAX = 2_000;

/** What changed, each change with some lines around it; empty when nothing did. */
export function diffLines(before: string, after: string): DiffLine[] {
  if (before === after) return [];
  const patch = structuredPatch('', '', before, after, '', '', { context: LINES_AROUND, maxEditLength: EDITS_MAX });
  if (patch === undefined) return [...whole('removed', before), ...whole('added', after)];
  return patch.hunks.flatMap(({ oldStart, lines }) => [
    ...(oldStart > 1 ? [{ kind: 'gap', text: '' } as const] : []),
    ...lines.flatMap(diffLine),
  ]);
}

function whole(kind: DiffLine['kind'], text: string): DiffLine[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => ({ kind, text: line }));
}

// A line of a patch begins with its kind; `\` says that the text ends without a line's end.
function diffLine(line: string): DiffLine[] {
  const text = line.slice(1);
  if (line.startsWith('+')) return [{ kind: 'added', text }];
  if (line.startsWith('-')) return [{ kind: 'removed', text }];
  return line.startsWith(' ') ? [{ kind: 'same', text }] : [];
}

// Owns a plain text as a page shows it: with its links, its columns, and what it quotes apart.

import { columnBlocks } from '../mail/plain-columns.ts';
import { foldQuoted } from '../mail/quoted-text.ts';
import { linkRuns } from '../mail/safe-text.ts';
import type { TextRun } from '../core/text-runs.ts';
import type { FoldedText } from '../render/page-models/parts.ts';

/** `linkPrefix` as in safe-text.ts: links are numbered through the whole text, folded or not. `isWhole`: nothing is folded. */
export function foldedText(text: string, linkPrefix: string | undefined, { isWhole = false } = {}): FoldedText {
  const pieces = isWhole ? [{ text, quoted: false }] : foldQuoted(text);
  const runs = linkPrefix === undefined ? [{ text }] : linkRuns(text, linkPrefix);
  const cut = cutter(runs);
  return pieces.flatMap(({ text: piece, quoted }) => {
    const blocks = quoted ? [{ text: piece, columns: false }] : columnBlocks(piece);
    return blocks.map((block) => ({ quoted, columns: block.columns, runs: cut(block.text.length) }));
  });
}

/** Hands out the runs, so many characters at a time. */
function cutter(runs: readonly TextRun[]): (characters: number) => TextRun[] {
  let n = 0;
  let used = 0;
  return (characters) => {
    const taken: TextRun[] = [];
    for (let left = characters; left > 0;) {
      const run = runs[n];
      if (run === undefined) break;
      const text = run.text.slice(used, used + left);
      taken.push({ ...run, text });
      left -= text.length;
      used += text.length;
      if (used >= run.text.length) {
        n += 1;
        used = 0;
      }
    }
    return taken;
  };
}

// Owns how lists of words are written down in this folder: parted by commas and line ends.

import type { WordList } from './detector.ts';

/** The words of a list. */
export function list(written: string): WordList {
  return [...new Set(written.split(/[,\n]/).map((word) => word.trim()))].filter((word) => word !== '');
}

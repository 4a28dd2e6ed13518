// Owns reading a file for its texts in a test's own thread.

import type { LookedText, SeenFile } from '../../server/detect/look.ts';
import type { InspectedFile } from '../../server/inspect/inspected-file.ts';
import { inspectLimits } from '../../server/inspect/limits.ts';
import type { InspectLimits } from '../../server/inspect/limits.ts';
import { readFile } from '../../server/inspect/read-file.ts';
import { Reading } from '../../server/inspect/reading.ts';

/** Enough for a machine that does many things at once. */
export const patient: Partial<InspectLimits> = { partMs: 120_000, mailMs: 120_000 };

export interface Read {
  readonly texts: readonly LookedText[];
  /** All of them. */
  readonly text: string;
  readonly files: readonly SeenFile[];
  /** `why path/within`, in the order in which they turned out. */
  readonly unreadable: readonly string[];
}

export async function read(
  bytes: Buffer | string,
  file: Partial<InspectedFile> = {},
  limits: Partial<InspectLimits> = {},
): Promise<Read> {
  const all = { ...inspectLimits, ...patient, ...limits };
  const { partCharactersMax: charactersMax, partStepsMax: stepsMax } = all;
  const reading = new Reading({
    limits: all,
    source: 'attachments',
    part: 1,
    charactersMax,
    stepsMax,
    toldMax: all.mailFilesMax,
    readFile,
  });
  await readFile(reading, {
    bytes: Buffer.from(bytes),
    name: undefined,
    path: [],
    contentType: undefined,
    charset: undefined,
    archives: 0,
    ...file,
  });
  return {
    texts: reading.texts,
    text: reading.texts.map(({ text }) => text).join('\n'),
    files: reading.files,
    unreadable: reading.unreadable.map(({ why, path }) => [why, ...path].join(' ')),
  };
}

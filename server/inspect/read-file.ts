// Owns reading one file for its texts, whatever it is: its kind by its bytes, and the reader for that kind. What cannot
// be read is named, and never ends the reading of anything else.

import type { FaultReason } from '../files/file-fault.ts';
import { FileFault } from '../files/file-fault.ts';
import { inspectedKind } from './inspected-kind.ts';
import type { InspectedKind } from './inspected-kind.ts';
import { readArchive } from './kinds/archive.ts';
import { readHtml, readPlain, readXml } from './kinds/text.ts';
import { readMail } from './kinds/mail.ts';
import { readPdf } from './kinds/pdf.ts';
import { readRtf } from './kinds/rtf.ts';
import type { Reading } from './reading.ts';

export interface ReadFile {
  readonly bytes: Buffer;
  /** What it is called where it lies. */
  readonly name: string | undefined;
  /** Names of what it lies in, itself included unless it is the attachment itself. */
  readonly path: readonly string[];
  /** As it is declared, where it is. */
  readonly contentType: string | undefined;
  readonly charset: string | undefined;
  /** It is the beginning of a larger text. */
  readonly isCut?: boolean;
  /** Why its bytes are not here. */
  readonly fault?: FaultReason | undefined;
  /** Archives that it lies in. */
  readonly archives: number;
}

export type KindReader = (reading: Reading, file: ReadFile) => void | Promise<void>;

/** Never throws for what is in the file. */
export async function readFile(reading: Reading, file: ReadFile): Promise<void> {
  await reading.attempt(file.path, async () => {
    if (file.name !== undefined) reading.takeText(file.path, file.name);
    if (file.path.length > reading.limits.depthMax) throw new FileFault('too-deep');
    reading.countFile();
    reading.checkTime();
    if (file.fault !== undefined) throw new FileFault(file.fault);
    const kind = inspectedKind(file.bytes, file.contentType);
    if (isFault(kind)) throw new FileFault(kind);
    await readers[kind](reading, file);
    if (file.isCut === true) throw new FileFault('too-large');
  });
}

/** A file that lies in this one. */
export async function readInner(
  reading: Reading,
  outer: ReadFile,
  inner: { readonly name: string; readonly bytes: Buffer } & Partial<ReadFile>,
): Promise<void> {
  await readFile(reading, {
    contentType: undefined,
    charset: undefined,
    archives: outer.archives,
    ...inner,
    path: innerPath(reading, outer, inner.name),
  });
}

export function innerPath(reading: Reading, outer: ReadFile, name: string): string[] {
  return [...outer.path, shownName(name, reading.limits.nameCharactersMax)];
}

const readers: Readonly<Record<Exclude<InspectedKind, FaultReason>, KindReader>> = {
  nothing: () => undefined,
  archive: readArchive,
  pdf: readPdf,
  mail: readMail,
  html: readHtml,
  xml: readXml,
  rtf: readRtf,
  text: readPlain,
};

function isFault(kind: InspectedKind): kind is Extract<InspectedKind, FaultReason> {
  return kind === 'encrypted' || kind === 'unknown-kind';
}

// Shown to administrators, so it must not turn their line around or end it.
function shownName(name: string, charactersMax: number): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '').slice(-charactersMax);
}

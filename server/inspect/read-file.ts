// Owns reading one file for its texts, whatever it is: its kind by its bytes, and the reader for that kind. What cannot
// be read is named, and never ends the reading of anything else.

import type { FaultReason } from '../files/file-fault.ts';
import { FileFault } from '../files/file-fault.ts';
import { typesOfBytes } from '../files/types-by-bytes.ts';
import { inspectedKind } from './inspected-kind.ts';
import type { InspectedKind } from './inspected-kind.ts';
import type { InspectedFile } from './inspected-file.ts';
import { readArchive, tellArchive } from './kinds/archive.ts';
import { readMail } from './kinds/mail.ts';
import { readPdf } from './kinds/pdf.ts';
import { readRtf } from './kinds/rtf.ts';
import { readHtml, readPlain, readXml } from './kinds/text.ts';
import type { Reading } from './reading.ts';

type KindReader = (reading: Reading, file: InspectedFile) => void | Promise<void>;

/** Never throws for what is in the file. */
export async function readFile(reading: Reading, file: InspectedFile): Promise<void> {
  await reading.attempt(file.path, async () => {
    // Before anything for which no room or no step may be left.
    reading.tell(file.path, file.sizeBytes ?? file.bytes.length, typesOf(file));
    if (file.path.length === 0 && file.fault === undefined && kindOf(file) === 'archive')
      await reading.attempt(file.path, () => tellArchive(reading, file));
    if (file.name !== undefined) reading.takeText(file.path, file.name);
    if (file.path.length > reading.limits.depthMax) throw new FileFault('too-deep');
    reading.countFile();
    if (file.fault !== undefined) throw new FileFault(file.fault);
    const kind = kindOf(file);
    if (isFault(kind)) throw new FileFault(kind);
    await readers[kind](reading, file);
    if (file.isCut === true) throw new FileFault('too-large');
  });
}

function kindOf({ bytes, contentType }: InspectedFile): InspectedKind {
  return inspectedKind(bytes, contentType);
}

function typesOf({ path, bytes, types = typesOfBytes(bytes), contentType }: InspectedFile): readonly string[] {
  // What an attachment is declared to be, its mail says.
  return path.length === 0 || contentType === undefined ? types : [...types, contentType];
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

// Owns reading OpenDocument (ISO 26300): texts, sheets and slides, with headers, footers, notes and properties.

import type { Archive } from '../../files/archive.ts';
import { FileFault } from '../../files/file-fault.ts';
import { openDocumentText } from '../../files/office/open-document-text.ts';
import { Attempts } from '../attempts.ts';
import type { InspectedFile } from '../inspected-file.ts';
import type { Reading } from '../reading.ts';
import { glanceAt, readEntry, readPart } from './archive-entry.ts';

export async function readOpenDocument(reading: Reading, file: InspectedFile, { entries }: Archive): Promise<void> {
  const manifest = entries.find(({ name }) => name === MANIFEST);
  let isEncrypted = false;
  if (manifest !== undefined) {
    await readPart(reading, file, manifest, {
      open: (name) => (isEncrypted ||= name === 'encryption-data'),
      close: () => undefined,
      text: () => undefined,
    });
  }
  // OpenDocument 1.3, part 2, section 4.8.1: its parts look like those of any archive, and are not.
  if (isEncrypted) throw new FileFault('encrypted');
  const attempts = new Attempts();
  for (const entry of entries) {
    if (entry.isFolder) continue;
    if (WITHOUT_WORDS.test(entry.name)) await attempts.try(() => glanceAt(reading, file, entry));
    else
      await attempts.try(() =>
        /\.(?:xml|rdf)$/.test(entry.name)
          ? reading.take(file.path, (writer) => readPart(reading, file, entry, openDocumentText(writer)))
          : readEntry(reading, file, entry),
      );
  }
  attempts.end();
}

const MANIFEST = 'META-INF/manifest.xml';
// Only what the format puts there: somebody else's file in one of these folders is read like any other.
const PICTURE = String.raw`[^/.]+(?:\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svm|svg|webp|eps))?`;
const WITHOUT_WORDS = new RegExp(
  String.raw`^(?:mimetype|META-INF/[^/]+\.xml|(?:Thumbnails|Pictures|ObjectReplacements)/${PICTURE}|Configurations2/.*\.(?:xml|png|bmp)|settings\.xml|layout-cache)$`,
  'i',
);

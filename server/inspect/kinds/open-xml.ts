// Owns reading Office Open XML (ECMA-376): documents, workbooks, presentations and whatever else is packed that way.
// Every part with words in it is read, also notes, comments, headers, properties, and data that is only kept along.

import type { Archive, ArchiveEntry } from '../../files/archive.ts';
import { FileFault } from '../../files/file-fault.ts';
import {
  cachedValues,
  cellFormats,
  nothingShared,
  sharedStrings,
  sheetText,
  unnamedStrings,
} from '../../files/office/sheet-text.ts';
import type { Shared } from '../../files/office/sheet-text.ts';
import { wordText } from '../../files/office/word-text.ts';
import type { TextTaker } from '../../files/office/word-text.ts';
import { attributeOf } from '../../files/xml.ts';
import type { XmlTarget } from '../../files/xml.ts';
import { Attempts } from '../attempts.ts';
import type { InspectedFile } from '../inspected-file.ts';
import type { Reading } from '../reading.ts';
import { glanceAt, readEntry, readPart } from './archive-entry.ts';

export async function readOpenXml(reading: Reading, file: InspectedFile, { entries }: Archive): Promise<void> {
  const shared = nothingShared();
  const attempts = new Attempts();
  const read = (entry: ArchiveEntry, target: (taker: Required<TextTaker>) => XmlTarget): Promise<void> =>
    attempts.try(() => reading.take(file.path, (writer) => readPart(reading, file, entry, target(writer))));

  // Before the sheets that refer to them.
  for (const entry of entries) if (entry.name === 'xl/styles.xml') await read(entry, () => cellFormats(shared));
  for (const entry of entries) {
    if (entry.name === 'xl/sharedStrings.xml') await read(entry, ({ aside }) => sharedStrings(shared, aside));
  }
  for (const entry of entries) {
    if (entry.isFolder) continue;
    const target = targetFor(entry.name, shared);
    if (WITHOUT_WORDS.test(entry.name)) await attempts.try(() => glanceAt(reading, file, entry));
    else if (target !== undefined) await read(entry, target);
    // A workbook in Excel's own binary form, which nothing here reads.
    else if (/^xl\/[\w/]+\.bin$/.test(entry.name))
      await attempts.try(() => Promise.reject(new FileFault('unknown-kind')));
    else await attempts.try(() => readEntry(reading, file, entry));
  }
  await attempts.try(() => reading.take(file.path, ({ aside }) => unnamedStrings(shared).forEach(aside)));
  attempts.end();
}

const WITHOUT_WORDS = new RegExp(
  [
    '^\\[Content_Types\\]\\.xml$',
    '(?:^|/)(?:styles|stylesWithEffects|fontTable|webSettings|calcChain|tableStyles|viewProps|presProps|sharedStrings)\\.xml$',
    '(?:^|/)theme/(?:_rels/)?\\w+\\.xml(?:\\.rels)?$',
    '(?:^|/)printerSettings/\\w+\\.bin$',
    // Pictures and fonts inside of a document are part of how it looks.
    '\\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|wdp|svg|ico|odttf|fntdata|psmdcp)$',
  ].join('|'),
  'i',
);

function targetFor(name: string, shared: Shared): ((taker: Required<TextTaker>) => XmlTarget) | undefined {
  if (/^xl\/(?:worksheets|macrosheets|dialogsheets)\/[^/]+\.xml$/.test(name))
    return (taker) => sheetText(shared, taker);
  if (/^xl\/pivotCache\/[^/]+\.xml$/.test(name)) return cachedValues;
  if (/^customXml\/item\d+\.xml$/.test(name)) return everything;
  if (name.endsWith('.rels')) return people;
  return /\.(?:xml|vml)$/i.test(name) ? wordText : undefined;
}

/** Data of somebody else's design. */
function everything({ write, aside }: Required<TextTaker>): XmlTarget {
  return {
    open: (_name, attributes) => Object.values(attributes).forEach(aside),
    close: () => write('\n'),
    text: write,
  };
}

/** Of all that a part refers to, addresses of people. */
function people({ write }: TextTaker): XmlTarget {
  return {
    open: (_name, attributes) => {
      const target = attributeOf(attributes, 'Target') ?? '';
      if (/^mailto:/i.test(target)) write(`${target}\n`);
    },
    close: () => undefined,
    text: () => undefined,
  };
}

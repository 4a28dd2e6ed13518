// Owns reading what is text already: plain text and tables as they are, HTML and XML without their marks.

import { decodings } from '../../files/charsets.ts';
import { FileFault } from '../../files/file-fault.ts';
import { HtmlReader } from '../../files/html-text.ts';
import { XmlReader } from '../../files/xml.ts';
import type { InspectedFile } from '../inspected-file.ts';
import type { Reading, TextWriter } from '../reading.ts';
import { steps } from '../steps.ts';

const PIECE = 64 * 1024;

export async function readPlain(reading: Reading, { bytes, charset, path }: InspectedFile): Promise<void> {
  const texts = decodings(bytes, charset);
  for (const text of texts) {
    reading.spend(text.length * steps.plainByte);
    await reading.take(path, ({ write }) => write(plainText(text)));
  }
  // RFC 9580 section 6.2: armour around what only its reader can open.
  if (texts[0]?.includes('-----BEGIN PGP MESSAGE-----') === true) throw new FileFault('encrypted');
}

export async function readHtml(reading: Reading, { bytes, charset, path }: InspectedFile): Promise<void> {
  for (const html of decodings(bytes, charset ?? charsetInside(bytes))) await takeHtml(reading, path, html);
}

/** HTML that is decoded already. */
export async function takeHtml(reading: Reading, path: readonly string[], html: string): Promise<void> {
  await reading.take(path, (writer) => {
    const reader = new HtmlReader(writer);
    for (let at = 0; at < html.length; at += PIECE) {
      const some = html.slice(at, at + PIECE);
      reading.spend(some.length * steps.markupByte);
      reader.write(some);
    }
    reader.end();
  });
}

export async function readXml(reading: Reading, file: InspectedFile): Promise<void> {
  try {
    await reading.take(file.path, (writer) => takeXml(reading, file.bytes, writer));
  } catch (error) {
    // It has a document type, or is XML only at first sight: every letter of it is seen this way too.
    if (error instanceof FileFault && error.why === 'broken') return readPlain(reading, file);
    throw error;
  }
}

/** Every text and every attribute. Throws FileFault. */
export function takeXml(reading: Reading, bytes: Uint8Array, { write, aside }: TextWriter): void {
  const reader = new XmlReader({
    open: (_name, attributes) => {
      for (const [key, value] of Object.entries(attributes)) if (!/^xmlns\b/.test(key)) aside(value);
    },
    close: () => write('\n'),
    text: write,
  });
  for (let at = 0; at < bytes.length; at += PIECE) {
    const some = bytes.subarray(at, at + PIECE);
    reading.spend(some.length * steps.markupByte);
    reader.write(some);
  }
  reader.end();
}

function plainText(text: string): string {
  // RFC 5545 section 3.1, RFC 6350 section 3.2: long lines are folded, wherever that falls.
  if (/^\s*BEGIN:V(?:CALENDAR|CARD)/i.test(text)) return text.replace(/\r?\n[ \t]/g, '');
  // RFC 8259 section 7.
  if (/^\s*[[{]/.test(text) && text.includes('\\')) return text.replace(JSON_ESCAPE, unescaped);
  return text;
}

const JSON_ESCAPE = /\\(?:u([\da-fA-F]{4})|(["\\/bfnrt]))/g;
const SHORT: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescaped(_whole: string, hex: string | undefined, short: string | undefined): string {
  return hex === undefined ? (SHORT[short ?? ''] ?? short ?? '') : String.fromCharCode(Number.parseInt(hex, 16));
}

// HTML section 4.2.5.4: within the first 1,024 bytes.
function charsetInside(bytes: Buffer): string | undefined {
  return /<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(bytes.toString('latin1', 0, 1_024))?.[1];
}

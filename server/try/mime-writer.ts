// Owns the writing of the sample's MIME parts: encodings, lines and boundaries. The program's own mail is
// composed in mail/; this one is a person's mail from another program, of a shape that mail/ does not write.

const BASE64_LINE_MAX = 76; // RFC 2045 section 6.8
const QUOTED_LINE_MAX = 76; // RFC 2045 section 6.7 (5), the `=` at its end included
const WORD_BYTES_MAX = 39; // 64 characters: a word and `Subject: ` before it fit the 76 of RFC 2047 section 2

/** One part as its lines: header, empty line, body. */
export type Part = readonly string[];

export function textPart(contentType: string, text: string): Part {
  return [
    `Content-Type: ${contentType}; charset=utf-8`,
    'Content-Transfer-Encoding: quoted-printable',
    '',
    ...quotedPrintable(text),
  ];
}

export function filePart(contentType: string, filename: string, content: Buffer, contentId?: string): Part {
  return [
    `Content-Type: ${contentType};`,
    ` name="${filename}"`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: ${contentId === undefined ? 'attachment' : 'inline'};`,
    ` filename="${filename}"; size=${content.length}`,
    ...(contentId === undefined ? [] : [`Content-ID: <${contentId}>`]),
    '',
    ...base64(content),
  ];
}

/** `boundary` must differ from that of every part inside, and hold a `=_`, which neither encoding can. */
export function multipart(kind: string, boundary: string, parts: readonly Part[]): Part {
  const inside = parts.flatMap((part) => [`--${boundary}`, ...part]);
  return [`Content-Type: multipart/${kind};`, ` boundary="${boundary}"`, '', ...inside, `--${boundary}--`];
}

export function quotedPrintable(text: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const units = [...Buffer.from(line, 'utf8')].map((byte, index, all) => quotedByte(byte, index === all.length - 1));
    const lines = [''];
    for (const unit of units) {
      const last = lines.length - 1;
      if ((lines[last] ?? '').length + unit.length < QUOTED_LINE_MAX) lines[last] += unit;
      else lines.push(unit);
    }
    return lines.map((part, index) => (index < lines.length - 1 ? `${part}=` : part));
  });
}

export function base64(content: Buffer): string[] {
  return content.toString('base64').match(new RegExp(`.{1,${BASE64_LINE_MAX}}`, 'g')) ?? [];
}

/** A header's text, in encoded words where it is not plain ASCII; the words are separated by folds. */
export function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?')) return text;
  const words: string[] = [''];
  for (const character of text) {
    const last = words.length - 1;
    const longer = `${words[last] ?? ''}${character}`;
    if (Buffer.byteLength(longer) <= WORD_BYTES_MAX) words[last] = longer;
    else words.push(character);
  }
  return words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}

/** A display name as a phrase of RFC 5322 section 3.2.5, quoted where it has to be. */
export function headerPhrase(name: string): string {
  if (!/^[\x20-\x7e]*$/.test(name)) return headerText(name);
  return /^[A-Za-z0-9 -]*$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}

function quotedByte(byte: number, atLineEnd: boolean): string {
  const plain = (byte >= 33 && byte <= 126 && byte !== 61) || (byte === 32 && !atLineEnd);
  return plain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

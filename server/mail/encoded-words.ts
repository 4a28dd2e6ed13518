// Owns the decoding of RFC 2047 encoded words in a header value. The result is text for display: it is never
// taken apart again as addresses or header lines.

/** The text with its encoded words decoded; what cannot be decoded stays as it was sent. */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text;
  let result = '';
  let at = 0;
  let run: { charset: string; bytes: Buffer[] } | undefined;
  const finishRun = (): void => {
    if (run) result += decodeBytes(Buffer.concat(run.bytes), run.charset);
    run = undefined;
  };
  for (const match of text.matchAll(WORD)) {
    const [whole, label = '', encoding = '', content = ''] = match;
    const between = text.slice(at, match.index);
    // RFC 2047 section 6.2: blanks between two encoded words are no part of the text.
    const adjoins = run !== undefined && between.trim() === '';
    const charset = (label.split('*')[0] ?? '').toLowerCase(); // RFC 2231 section 5: charset*language
    const bytes = encoding.toUpperCase() === 'B' ? Buffer.from(content, 'base64') : decodeQ(content);
    if (!adjoins) {
      finishRun();
      result += between;
    }
    // Some writers cut one character in two between neighbouring words: their bytes are joined first.
    if (run && run.charset === charset) {
      run.bytes.push(bytes);
    } else {
      finishRun();
      run = { charset, bytes: [bytes] };
    }
    at = match.index + whole.length;
  }
  finishRun();
  return result + text.slice(at);
}

const WORD = /=\?([A-Za-z0-9_.:*+-]{1,60})\?([BbQq])\?([^?]*)\?=/g;

function decodeQ(content: string): Buffer {
  const bytes = content
    .replace(/_/g, ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

function decodeBytes(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}

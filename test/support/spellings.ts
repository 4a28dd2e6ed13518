// Owns looking for words in bytes in every spelling that mail, web and databases give them.

/** Which of the words stand in these bytes, in whatever spelling and, where letters are kept, in any case. */
export function findWords(words: Iterable<string>, bytes: Buffer): string[] {
  const exact = bytes.toString('latin1');
  const folded = exact.toLowerCase();
  return [...words].filter((word) => {
    const utf8 = Buffer.from(word);
    const inAnyCase = [
      utf8.toString('latin1'),
      Buffer.from(word, 'utf16le').toString('latin1'),
      Buffer.from(word, 'utf16le').swap16().toString('latin1'),
      Buffer.from(word, 'latin1').toString('latin1'),
      utf8.toString('hex'),
      encodeURIComponent(word),
      JSON.stringify(word)
        .slice(1, -1)
        .replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
      ...quotedPrintable(utf8),
    ];
    return (
      inAnyCase.some((text) => folded.includes(text.toLowerCase())) ||
      base64Cores(utf8).some((text) => exact.includes(text))
    );
  });
}

function quotedPrintable(utf8: Buffer): string[] {
  const escape = (byte: number): string => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  const sparing = [...utf8]
    .map((byte) => (byte < 127 && byte !== 61 ? String.fromCharCode(byte) : escape(byte)))
    .join('');
  return [sparing, sparing.replaceAll(' ', '_'), [...utf8].map(escape).join('')];
}

/** What base64 makes of the bytes at each of the three places they can begin at, without the shared edges. */
function base64Cores(utf8: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), utf8]);
    const end = Math.floor(whole.length / 3) * 4;
    const begin = shift === 0 ? 0 : 4;
    return [whole.toString('base64'), whole.toString('base64url')].map((text) => text.slice(begin, end));
  });
}

// Owns writing multipart forms byte by byte, broken ones too (RFC 7578).

const BOUNDARY = 'edge-of-a-part';

export const multipartType = `multipart/form-data; boundary=${BOUNDARY}`;

export interface Part {
  readonly name?: string;
  readonly filename?: string;
  readonly type?: string;
  readonly content: string | Buffer;
  /** In place of all of the part's headers. */
  readonly head?: string;
}

export function bodyOf(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ name, filename, type, content, head }) => {
    const disposition = `Content-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}`;
    const lines = head ?? `${disposition}${type === undefined ? '' : `\r\nContent-Type: ${type}`}`;
    return [Buffer.from(`--${BOUNDARY}\r\n${lines}\r\n\r\n`), Buffer.from(content), Buffer.from('\r\n')];
  });
  return Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

// Owns speaking HTTP byte by byte, for requests that no client library would send.

import { connect } from 'node:net';

export interface RawAnswer {
  /** 0 when the server closed the connection without a word. */
  readonly status: number;
  /** Names in lower case; of a repeated one the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** The answer as it came. */
  readonly text: string;
}

/** Sends the pieces one after the other and reads to the end; the request should say `Connection: close`. */
export function rawHttp(url: string, ...pieces: readonly (string | Buffer)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    socket.on('data', (chunk) => received.push(chunk));
    // A server that turns away while we still send resets the connection.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(parse(Buffer.concat(received).toString('utf8'))));
    for (const piece of pieces) socket.write(piece);
  });
}

function parse(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: rest.join('\r\n\r\n'), text };
}

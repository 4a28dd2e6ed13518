// Owns the far end of an SMTP connection in tests: bytes out exactly as given, replies in line by line. It must
// never be clever: what it sends is what the test says, right or wrong.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const LINE_WAIT_MS = 10_000;

export interface PeerTls {
  /** PEM of the authority to trust. */
  readonly ca: string;
  /** The name the certificate must carry. */
  readonly servername: string;
  /** PEM, shown to a server that asks. */
  readonly cert?: string;
  readonly key?: string;
}

/** A TCP connection to an SMTP server that says nothing by itself. */
export async function connectSmtp(where: { host: string; port: number; from?: string }): Promise<SmtpPeer> {
  const socket = connect({
    host: where.host,
    port: where.port,
    ...(where.from !== undefined && { localAddress: where.from }),
  });
  await once(socket, 'connect');
  return new SmtpPeer(socket);
}

export class SmtpPeer {
  readonly transcript: string[] = [];
  #socket: Socket;
  #rest = '';
  #lines: string[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  /** Writes these bytes as one TCP segment, as far as a program can see to that; resolves when they are out. */
  async write(bytes: Buffer | string): Promise<void> {
    const buffer = Buffer.from(bytes);
    const shown = buffer.toString('latin1');
    this.transcript.push(`C: ${JSON.stringify(shown.length > 200 ? `${shown.slice(0, 200)}…` : shown)}`);
    if (!this.#socket.writable) return;
    await new Promise<void>((resolve) => this.#socket.write(buffer, () => resolve()));
    // Two turns of the event loop on a loopback connection: the next write is a segment of its own.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** The next reply line without its CR LF; undefined when the server has closed. */
  async line(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#ended) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        timer = setTimeout(() => reject(new Error(`no reply\n${this.transcript.join('\n')}`)), LINE_WAIT_MS);
      }).finally(() => clearTimeout(timer));
    }
    return this.#lines.shift();
  }

  /** All lines of the next reply. */
  async reply(): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line === undefined) return lines;
      lines.push(line);
      if (!/^\d{3}-/.test(line)) return lines;
    }
  }

  /** Sends one command and returns the last line of its reply; '' when the server has closed. */
  async command(text: string): Promise<string> {
    await this.write(`${text}\r\n`);
    return (await this.reply()).at(-1) ?? '';
  }

  /** The handshake after a 220 to STARTTLS. */
  async upgrade(tls: PeerTls): Promise<void> {
    const raw = this.#socket;
    raw.removeAllListeners('data');
    raw.removeAllListeners('close');
    const secure = connectTls({ socket: raw, ...tls });
    await once(secure, 'secureConnect');
    this.#socket = secure;
    this.#rest = '';
    this.#listen(secure);
  }

  /** Resolves when the server has closed, with what it said before that. */
  async closed(): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line === undefined) return lines;
      lines.push(line);
    }
  }

  /** Sends no more, and goes on listening. */
  end(): void {
    this.#socket.end();
  }

  /** Hangs up without a word. */
  destroy(): void {
    this.#socket.destroy();
  }

  #listen(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const lines = (this.#rest + chunk.toString('latin1')).split('\r\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) {
        this.transcript.push(`S: ${line}`);
        this.#lines.push(line);
      }
      this.#wake();
    });
    const end = (): void => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('end', end);
    socket.on('close', end);
  }
}

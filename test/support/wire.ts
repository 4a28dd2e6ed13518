// Owns a wire that is listened to: it passes bytes on between a sender and a mail server, keeps all that the sender put on it, and
// can do what a man in the middle does to an offer of TLS.

import { createServer, connect } from 'node:net';
import type { Socket } from 'node:net';

export interface Wire {
  /** All that was sent towards the server until now, as it was on the wire. */
  sent(): string;
  forget(): void;
  /** From now on neither the server's offer of STARTTLS arrives, nor the command; what is open is cut. */
  strip(isOn: boolean): void;
  close(): Promise<void>;
}

export async function startWire(at: { host: string; port: number }, serverPort: number): Promise<Wire> {
  let kept = '';
  let isStripping = false;
  const sockets = new Set<Socket>();
  const passed = (bytes: Buffer): Buffer =>
    isStripping ? Buffer.from(bytes.toString('latin1').replace('STARTTLS', 'XXXXXXXX'), 'latin1') : bytes;
  const server = createServer((client) => {
    const peer = connect(serverPort, '127.0.0.1');
    for (const socket of [client, peer]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        peer.destroy();
      });
    }
    client.on('data', (bytes) => {
      kept += bytes.toString('latin1');
      peer.write(passed(bytes));
    });
    peer.on('data', (bytes) => {
      client.write(passed(bytes));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  return {
    sent: () => kept,
    forget: () => {
      kept = '';
    },
    strip: (isOn) => {
      if (isStripping !== isOn) for (const socket of sockets) socket.destroy();
      isStripping = isOn;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

// Owns ports of loopback: finding one on which nobody listens, for what cannot choose one by itself, and whether
// somebody listens there by now.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

// Below the range from which a system gives ports to whoever asks for any: one of those may be somebody else's before it
// is listened on.
const [FIRST, LAST] = [12_000, 32_000];

export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    try {
      const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
      await once(server.listen(port, '127.0.0.1'), 'listening');
      server.close();
      await once(server, 'close');
      return port;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    }
  }
}

export async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

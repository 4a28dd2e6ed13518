// Owns the HTTP server: its opening and its closing. It knows no route.

import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';

export interface HttpServer {
  /** @returns where it listens, HOST:PORT; rejects when it cannot. */
  listen(where: { readonly host: string; readonly port: number }): Promise<string>;
  /** Takes nothing new and resolves when what is under way has ended. */
  close(): Promise<void>;
}

// The raw API names each recipient in its query: 500 of them have to fit.
const HEADER_BYTES_MAX = 256 * 1024;
const CLOSE_MS = 10_000;

export function createHttpServer(app: RequestListener): HttpServer {
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX }, app);
  return { listen: (where) => listen(server, where), close: () => close(server) };
}

function listen(server: Server, where: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where.port, where.host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(address === null || typeof address === 'string' ? '' : `${where.host}:${address.port}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
    server.closeIdleConnections();
    // A slow download must not keep the program from ending.
    setTimeout(() => server.closeAllConnections(), CLOSE_MS).unref();
  });
}

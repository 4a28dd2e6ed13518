// Owns the opening and closing of the SMTP listener. What is spoken on it is in smtp-server.ts, which answers what mails ask,
// and smtp-connection.ts, which answers commands.

import type { SmtpListenerOptions } from './smtp-options.ts';
import { Server } from './smtp-server.ts';

export interface SmtpListener {
  /** Resolves with where it listens; rejects when it cannot. */
  listen(): Promise<{ host: string; port: number }>;
  /** Sends idle peers away, lets mails under way end for a while, and resolves when all is closed. */
  close(): Promise<void>;
}

export function createSmtpListener(options: SmtpListenerOptions): SmtpListener {
  const server = new Server(options);
  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.server.once('error', reject);
        server.listen(options.port, options.host, () => {
          server.server.removeListener('error', reject);
          const address = server.server.address();
          if (address === null || typeof address === 'string') return reject(new Error('no TCP address to listen on'));
          resolve({ host: address.address, port: address.port });
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.sendIdleAway();
        server.close(() => resolve());
      }),
  };
}

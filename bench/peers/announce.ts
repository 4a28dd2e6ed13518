// Owns how a peer's process says where it listens, and that it goes with the bench that started it.

import type { Server } from 'node:net';

export function announce(server: Server): void {
  server.once('listening', () => {
    const address = server.address();
    process.send?.(address === null || typeof address === 'string' ? 0 : address.port);
  });
  process.once('disconnect', () => process.exit(0));
}

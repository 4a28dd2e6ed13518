// Owns the connection to a syslog server: TLS with a certificate of its name (RFC 5425), or plain TCP on this machine. It is
// opened when there is something to say, and given up when it fails. It reads nothing.

import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';

export interface SyslogPlace {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

export interface SyslogSink {
  /** Resolves when the system has taken all of it. @throws what the connection failed with. */
  write(frames: readonly Buffer[]): Promise<void>;
  close(): void;
}

const WAIT_MS = 10_000;

export function createSyslogSink({ host, port, tls }: SyslogPlace): SyslogSink {
  let socket: Socket | undefined;

  async function open(): Promise<Socket> {
    const opened = tls ? connectTls({ host, port, servername: host, minVersion: 'TLSv1.2' }) : connect({ host, port });
    opened.on('timeout', () => opened.destroy(new Error('not in time'))).setTimeout(WAIT_MS);
    try {
      await once(opened, tls ? 'secureConnect' : 'connect');
    } catch (error) {
      opened.destroy();
      throw error;
    }
    // An idle stream is as good as a busy one.
    opened.setTimeout(0);
    const forget = (): void => {
      if (socket === opened) socket = undefined;
    };
    opened.on('close', forget).on('error', forget).resume();
    socket = opened;
    return opened;
  }

  return {
    write: async (frames) => {
      const to = socket ?? (await open());
      await new Promise<void>((resolve, reject) => {
        const fail = (error?: Error): void => reject(error ?? new Error('the connection was closed'));
        to.once('close', fail).once('error', fail);
        // Whoever takes nothing more must not hold up the stream for ever.
        to.setTimeout(WAIT_MS);
        to.write(Buffer.concat(frames), (error) => {
          to.setTimeout(0);
          to.off('close', fail).off('error', fail);
          if (error === null || error === undefined) resolve();
          else reject(error);
        });
      });
    },
    close: () => socket?.destroy(),
  };
}

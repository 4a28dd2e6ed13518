// Owns who may sign in to a private Postfix in tests: a server of the protocol by which Postfix asks Dovecot, with one user.

import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

export interface SaslServer {
  readonly port: number;
  /** Users that were asked for, right password or not. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startSasl(user: string, password: string): Promise<SaslServer> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(
      'VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t0123456789abcdef0123456789abcdef\nDONE\n',
    );
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const [verb, id = '', ...rest] = line.split('\t');
        const resp = rest.find((one) => one.startsWith('resp='))?.slice('resp='.length) ?? '';
        if (verb !== 'AUTH') continue;
        const [, who = '', secret] = Buffer.from(resp, 'base64').toString().split('\0');
        asked.push(who);
        socket.write(`${who === user && secret === password ? 'OK' : 'FAIL'}\t${id}\tuser=${who}\n`);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

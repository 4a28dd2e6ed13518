// Owns a program that receives webhooks, on loopback with a certificate of its own. It checks each signature as the specification of
// Standard Webhooks says, by code of its own.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ServerResponse } from 'node:http';
import type { Outside } from '../../server/net/post-outside.ts';
import { makeCertificate } from './certificates.ts';

export const RECEIVER_HOST = 'hooks.example.org';

export interface Received {
  readonly id: string;
  readonly timestamp: number;
  readonly signature: string;
  readonly contentType: string;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly got: Received[];
  /** For the program: this host is outside, whatever its address, and so is what `names` leads to. */
  readonly outside: Outside;
  /** What it answers from now on; 204 until then. */
  answer(how: (response: ServerResponse) => void): void;
  stop(): Promise<void>;
}

export async function startReceiver(names: Readonly<Record<string, readonly string[]>> = {}): Promise<Receiver> {
  const certificate = makeCertificate({ names: [RECEIVER_HOST] });
  const got: Received[] = [];
  let how = (response: ServerResponse): void => void response.writeHead(204).end();
  const server = createServer({ cert: certificate.certPem, key: certificate.keyPem }, (request, response) => {
    void text(request).then((body) => {
      const header = (name: string): string => String(request.headers[name] ?? '');
      got.push({
        id: header('webhook-id'),
        timestamp: Number(header('webhook-timestamp')),
        signature: header('webhook-signature'),
        contentType: header('content-type'),
        body,
      });
      how(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // of a socket with a port
  const known: Readonly<Record<string, readonly string[]>> = { [RECEIVER_HOST]: ['127.0.0.1'], ...names };
  return {
    url: `https://${RECEIVER_HOST}:${port}/in`,
    got,
    outside: {
      resolve: (host) => Promise.resolve(known[host] ?? []),
      mayReach: (ip) => ip === '127.0.0.1',
      ca: certificate.caPem,
      waitMs: 2_000,
    },
    answer: (next) => {
      how = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Standard Webhooks: any of the signatures is one of this secret over id, timestamp and body, and it is not old. */
export function isSigned(received: Received, secret: string, nowMs: number): boolean {
  if (Math.abs(nowMs / 1_000 - received.timestamp) > 300) return false;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const mac = createHmac('sha256', key).update(`${received.id}.${received.timestamp}.${received.body}`).digest();
  return received.signature.split(' ').some((one) => {
    const [version, value = ''] = one.split(',');
    const given = Buffer.from(value, 'base64');
    return version === 'v1' && given.length === mac.length && timingSafeEqual(given, mac);
  });
}

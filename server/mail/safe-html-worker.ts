// Owns the sanitizing worker's thread: one document at a time. It may be killed at any moment.

import { parentPort } from 'node:worker_threads';
import { sanitize } from './sanitize.ts';
import type { CleanRequest } from './sanitize.ts';
import { READY } from './worker-thread.ts';

if (parentPort === null) throw new Error('safe-html-worker runs as a worker thread');
const port = parentPort;

port.on('message', (message: unknown) => {
  if (!isCleanRequest(message)) throw new Error('not a request');
  port.postMessage(sanitize(message));
});
port.postMessage(READY);

function isCleanRequest(message: unknown): message is CleanRequest {
  return (
    typeof message === 'object' &&
    message !== null &&
    'html' in message &&
    'images' in message &&
    'linkPrefix' in message
  );
}

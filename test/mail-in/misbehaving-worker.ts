// A worker that does what hostile input might make one do: the test says what, in place of the work.

import { parentPort } from 'node:worker_threads';
import { READY } from '../../server/mail/worker-thread.ts';

const port = parentPort;
if (port === null) throw new Error('runs as a worker thread');

port.on('message', (message: unknown) => {
  const wish = typeof message === 'string' ? message : subjectOf(message);
  if (wish === 'hang') for (;;);
  if (wish === 'fill') for (const kept: string[] = []; ;) kept.push(String(kept.length).repeat(10_000));
  if (wish === 'crash') throw new Error('secret of the mail');
  if (wish === 'exit') process.exit(0);
  if (wish === 'sulk') return;
  if (wish === 'environment') return port.postMessage(Object.keys(process.env).length);
  if (wish === 'stand in') return port.postMessage({ events: [], next: { kind: 'done', tree: { subject: wish } } });
  port.postMessage(message);
});
port.postMessage(READY);

/** Of a turn in which a whole mail stands. */
function subjectOf(message: unknown): string | undefined {
  if (
    typeof message !== 'object' ||
    message === null ||
    !('bytes' in message) ||
    !(message.bytes instanceof Uint8Array)
  )
    return undefined;
  return /^Subject: (.*)$/m.exec(Buffer.from(message.bytes).toString())?.[1]?.trim();
}

// A worker that does what hostile input might make one do: the test says what, in place of the work.

import { parentPort } from 'node:worker_threads';
import { isBatch } from '../../server/mail/parse-protocol.ts';
import { READY } from '../../server/mail/worker-thread.ts';

const port = parentPort;
if (port === null) throw new Error('runs as a worker thread');

port.on('message', (message: unknown) => {
  if (message === 'sulk') return;
  if (!isBatch(message)) return port.postMessage(typeof message === 'string' ? obey(message) : message);
  const { mails, ends } = message;
  port.postMessage(ends.map((end, n) => obey(subjectOf(mails.subarray(ends[n - 1] ?? 0, end)))));
});
port.postMessage(READY);

function obey(wish: string): unknown {
  if (wish === 'hang') for (;;);
  if (wish === 'fill') for (const kept: string[] = []; ;) kept.push(String(kept.length).repeat(10_000));
  if (wish === 'crash') throw new Error('secret of the mail');
  if (wish === 'exit') process.exit(0);
  if (wish === 'environment') return Object.keys(process.env).length;
  if (wish === 'stand in') return { events: [], next: { kind: 'done', tree: { subject: wish } } };
  return wish;
}

function subjectOf(mail: Uint8Array): string {
  return /^Subject: (.*)$/m.exec(Buffer.from(mail).toString())?.[1]?.trim() ?? '';
}

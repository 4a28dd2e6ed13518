// The inspecting worker, doing what a hostile file might make it do: the file says what.

import { parentPort, workerData } from 'node:worker_threads';
import { inspectLimits } from '../../server/inspect/limits.ts';
import { isAsk } from '../../server/inspect/protocol.ts';
import type { Ask } from '../../server/inspect/protocol.ts';
import { InspectSession } from '../../server/inspect/session.ts';
import { READY } from '../../server/mail/worker-thread.ts';

const port = parentPort;
if (port === null) throw new Error('runs as a worker thread');
const session = new InspectSession({ ...inspectLimits, ...(workerData as object) }); // from the test

port.on('message', (message: unknown) => {
  if (!isAsk(message)) throw new Error('nothing that is asked here');
  misbehave(wishIn(message));
  void session.answer(message).then((answer) => port.postMessage(answer));
});
port.postMessage(READY);

function wishIn(ask: Ask): string {
  if (ask.kind === 'begin') return ask.texts?.text ?? '';
  return ask.kind === 'end' ? '' : Buffer.from(ask.bytes).toString();
}

function misbehave(wish: string): void {
  if (wish === 'hang') for (;;);
  if (wish === 'fill') for (const kept: string[] = []; ;) kept.push(String(kept.length).repeat(10_000));
  if (wish === 'inflate') for (const kept: Buffer[] = []; ;) kept.push(Buffer.alloc(1024 * 1024, 1));
  if (wish === 'crash') throw new Error('secret of the mail');
  if (wish === 'exit') process.exit(0);
}

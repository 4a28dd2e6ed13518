// Owns the parsing worker's thread: one mail at a time, turn by turn. It may be killed at any moment.

import { parentPort } from 'node:worker_threads';
import type { PartEvent } from './parse-protocol.ts';
import { isTurn } from './parse-protocol.ts';
import { ParseSession } from './parse-session.ts';
import { READY } from './worker-thread.ts';

if (parentPort === null) throw new Error('parse-worker runs as a worker thread');
const port = parentPort;
let session = new ParseSession();

port.on('message', (turn: unknown) => {
  if (!isTurn(turn)) throw new Error('not a turn');
  if (turn.begin) session = new ParseSession();
  void session.answer(turn).then((answer) => port.postMessage(answer, buffersOf(answer.events)));
});
port.postMessage(READY);

function buffersOf(events: readonly PartEvent[]): ArrayBuffer[] {
  return events.flatMap((event) =>
    event.kind === 'bytes' && event.bytes.buffer instanceof ArrayBuffer ? [event.bytes.buffer] : [],
  );
}

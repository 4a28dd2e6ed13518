// Owns the parsing worker's thread: a few small mails, or one mail turn by turn. It may be killed at any moment.

import { parentPort } from 'node:worker_threads';
import type { Answer, Batch } from './parse-protocol.ts';
import { isBatch, isTurn } from './parse-protocol.ts';
import { ParseSession } from './parse-session.ts';
import { READY } from './worker-thread.ts';

if (parentPort === null) throw new Error('parse-worker runs as a worker thread');
const port = parentPort;
let session = new ParseSession();

port.on('message', (message: unknown) => {
  if (isBatch(message)) return void readAll(message).then((answers) => port.postMessage(answers, buffersOf(answers)));
  if (!isTurn(message)) throw new Error('neither a turn nor a batch');
  if (message.begin) session = new ParseSession();
  void session.answer(message).then((answer) => port.postMessage(answer, buffersOf([answer])));
});
port.postMessage(READY);

async function readAll({ mails, ends }: Batch): Promise<Answer[]> {
  const answers: Answer[] = [];
  let start = 0;
  for (const end of ends) {
    answers.push(await new ParseSession().answer({ begin: true, bytes: mails.subarray(start, end), last: true }));
    start = end;
  }
  return answers;
}

function buffersOf(answers: readonly Answer[]): ArrayBuffer[] {
  return answers.flatMap(({ events }) =>
    events.flatMap((event) =>
      event.kind === 'bytes' && event.bytes.buffer instanceof ArrayBuffer ? [event.bytes.buffer] : [],
    ),
  );
}

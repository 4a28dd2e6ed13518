// Owns the inspecting worker's thread: one mail at a time. It may be killed at any moment.

import { parentPort, workerData } from 'node:worker_threads';
import { inspectLimits } from './limits.ts';
import { isAsk } from './protocol.ts';
import { InspectSession } from './session.ts';
import { READY } from '../mail/worker-thread.ts';

if (parentPort === null) throw new Error('inspect-worker runs as a worker thread');
const port = parentPort;
const session = new InspectSession({ ...inspectLimits, ...(workerData as object | null) }); // from our own program

port.on('message', (message: unknown) => {
  if (!isAsk(message)) throw new Error('nothing that is asked here');
  void session.answer(message).then((answer) => port.postMessage(answer));
});
port.postMessage(READY);

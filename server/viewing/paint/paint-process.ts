// Owns the painting process: reads one question and one file from its input, writes one answer to descriptor 3, and
// ends. It may be killed at any moment. What libraries print goes nowhere.

import { writeSync } from 'node:fs';
import { faultOf } from '../../files/file-fault.ts';
import type { FaultReason } from '../../files/file-fault.ts';
import type { Failure, PaintAnswer, PaintAsk } from '../paint-protocol.ts';
import { paintPage } from './paint.ts';
import { Refused } from './refused.ts';

const ANSWER = 3;
const pieces: Buffer[] = [];
for await (const piece of process.stdin) pieces.push(piece as Buffer); // no encoding was set
const input = Buffer.concat(pieces);
const end = input.indexOf(0x0a);
const ask = JSON.parse(input.toString('utf8', 0, end)) as PaintAsk; // from our own program
try {
  const { look, image } = await paintPage(ask, input.subarray(end + 1));
  answer({ ok: true, look }, image);
} catch (error) {
  const refused = error instanceof Refused ? error : new Refused(failureOf(faultOf(error)));
  answer({ ok: false, why: refused.why, ...(refused.pages === undefined ? {} : { pages: refused.pages }) });
}
// Not later: what a library left running is of no use to anybody.
process.exit(0);

function failureOf(why: FaultReason): Failure {
  return why === 'encrypted' || why === 'too-large' ? why : 'broken';
}

function answer(head: PaintAnswer, image: Buffer = Buffer.alloc(0)): void {
  const bytes = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), image]);
  for (let at = 0; at < bytes.length;) at += writeSync(ANSWER, bytes, at);
}

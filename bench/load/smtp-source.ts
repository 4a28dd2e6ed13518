// Owns the load of mails: Debian's smtp-source, which sends without looking back. It ends with an error when one of
// its mails is not answered 250.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { seconds } from '../rounds.ts';

export interface MailLoad {
  readonly port: number;
  readonly mails: number;
  /** Send all mails of a session over one connection (`-d`). */
  readonly reuse: boolean;
  readonly sessions?: number;
  readonly payloadBytes?: number;
}

const KEEP_OUTPUT_BYTES = 1024 * 1024;

/** Each mail has a Message-ID of its own, so none is a repeat. @returns mails a second. */
export async function sendMails({
  port,
  mails,
  reuse,
  sessions = 10,
  payloadBytes = 10_240,
}: MailLoad): Promise<number> {
  const args = ['-s', sessions, '-m', mails, '-l', payloadBytes, ...(reuse ? ['-d'] : [])].map(String);
  const people = ['-f', 'alice@example.com', '-t', 'bob@recipient.example', '-M', 'load.example.com'];
  const took = await seconds(() =>
    promisify(execFile)('smtp-source', [...args, ...people, `127.0.0.1:${port}`], { maxBuffer: KEEP_OUTPUT_BYTES }),
  );
  return mails / took;
}

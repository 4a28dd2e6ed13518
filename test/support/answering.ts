// Owns one answer from the portal: a sender writes, a reader signs in by the mails that a relay took, and answers with a file.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Visitor } from './browser.ts';
import { send } from './mime.ts';
import type { Running } from './program.ts';
import type { RelayedMail, TestRelay } from './relay.ts';

export const SECRET = 'The secret answer, with an ümlaut.';
export const FILE = randomBytes(100_000);

/** Alice writes to Bob (and `other`), Bob signs in by the mails the relay took, and answers. */
export async function answerOne(running: Running, relay: TestRelay, other?: string): Promise<void> {
  const id = await send(running, {
    to: ['Bob Recipient <bob@recipient.example>', ...(other === undefined ? [] : [other])].join(', '),
    subject: 'The matter',
    text: 'What do you say?',
    headers: ['References: <earlier@example.com>'],
  });
  await running.drain();
  const link = /\/m\/[A-Za-z0-9_-]{22}/.exec(newest(relay, 'bob@recipient.example').raw)?.[0] ?? '';
  const bob = new Visitor(running.url);
  await bob.post(`${link}/passcode`, {}, link);
  await running.drain();
  const code = /^(\d{8})\r?$/m.exec(newest(relay, 'bob@recipient.example').raw)?.[1] ?? '';
  assert.equal((await bob.post(`${link}/verify`, { code }, `${link}/verify`)).status, 303);
  const files = [{ name: 'plan.bin', content: FILE }];
  const fields = { text: SECRET, ...(other === undefined ? {} : { all: '1' }) };
  assert.equal((await bob.postMultipart(`/messages/${id}/reply`, fields, files, `/messages/${id}`)).status, 303);
  await running.drain();
}

export function newest(relay: TestRelay, address: string): RelayedMail {
  const mail = relay.mails.findLast((one) => one.to === address);
  assert.ok(mail, `nothing came for ${address}`);
  return mail;
}

/** Signs in on the house's own page, by the code that its relay took. */
export async function signInByRelay(running: Running, relay: TestRelay, address: string): Promise<Visitor> {
  const visitor = new Visitor(running.url);
  await visitor.post('/sign-in/passcode', { address }, '/sign-in');
  await running.drain();
  const code = /^(\d{8})\r?$/m.exec(newest(relay, address).raw)?.[1] ?? '';
  assert.equal((await visitor.post('/sign-in/verify', { code }, '/sign-in/verify')).status, 303);
  return visitor;
}

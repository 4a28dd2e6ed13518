// Owns reading everything back through the portal's own pages and holding it against the ledger: what was accepted
// is there once and can be read by each of its recipients, what was refused is not there, and what was cut off is
// there at most once.

import assert from 'node:assert/strict';
import { parseAddress } from '../../server/core/address.ts';
import { sha256 } from '../../server/crypto/digest.ts';
import { parseVerp } from '../../server/mail/verp.ts';
import { openMessage } from '../../server/messages/open.ts';
import { Visitor } from '../support/browser.ts';
import type { Running } from '../support/program.ts';
import type { Reached } from '../support/mailbox.ts';
import { readable } from '../support/relay.ts';
import type { RelayedMail, TestRelay } from '../support/relay.ts';
import type { Entry } from './ledger.ts';
import { READERS } from './ledger.ts';

export interface Counted {
  readonly accepted: number;
  readonly refused: number;
  /** Cut off before their answer. */
  readonly open: number;
  /** Notices that a recipient got beyond the first. */
  readonly noticesTwice: number;
}

/** Throws at the first thing that is not as the ledger says. */
export async function readBack(running: Running, relay: TestRelay, entries: readonly Entry[]): Promise<Counted> {
  await running.drain();
  const noticesTwice = await countNotices(running, relay.mails);
  const stored = await storedMarks(running);
  const there = new Map<Entry, string>();
  for (const entry of entries) {
    const ids = stored.get(entry.mark) ?? [];
    stored.delete(entry.mark);
    assert.ok(ids.length <= 1, `${entry.mark} is there ${ids.length} times`);
    if (entry.outcome === 'accepted') assert.deepEqual(ids, [entry.id], `${entry.mark} was accepted`);
    if (entry.outcome === 'refused') assert.deepEqual(ids, [], `${entry.mark} was refused`);
    if (ids[0] !== undefined) there.set(entry, ids[0]);
  }
  assert.deepEqual([...stored.keys()], [], 'nothing is there that nobody handed in');
  for (const reader of READERS) {
    const mine = [...there].filter(([entry]) => entry.to.includes(reader));
    // Who never got a message is not written to.
    if (mine.length > 0) await readAll(await signIn(running, relay, reader), mine);
  }
  const count = (outcome: Entry['outcome']): number => entries.filter((entry) => entry.outcome === outcome).length;
  return { accepted: count('accepted'), refused: count('refused'), open: count('open'), noticesTwice };
}

async function readAll(visitor: Visitor, mine: readonly (readonly [Entry, string])[]): Promise<void> {
  assert.deepEqual((await inbox(visitor)).toSorted(), mine.map(([, id]) => id).toSorted());
  for (const [entry, id] of mine) {
    const page = await visitor.get(`/messages/${id}`);
    assert.equal(page.status, 200, entry.mark);
    assert.ok(page.text.includes(`The text of ${entry.mark}.`), entry.mark);
    const file = await visitor.bytes(`/messages/${id}/attachments/1`);
    assert.equal(sha256(file.content).toString('hex'), sha256(entry.file).toString('hex'), entry.mark);
  }
}

/** The messages of all pages of the inbox. */
async function inbox(visitor: Visitor): Promise<string[]> {
  const ids: string[] = [];
  for (let path: string | undefined = '/messages'; path !== undefined;) {
    const { text } = await visitor.get(path);
    ids.push(...[...text.matchAll(/href="\/messages\/([0-9a-z]{26})"/g)].map(([, id]) => id ?? ''));
    path = /rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll('&#x3D;', '=');
  }
  return ids;
}

async function storedMarks({ store }: Running): Promise<Map<string, string[]>> {
  const marks = new Map<string, string[]>();
  for (const row of await store.db.selectFrom('messages').selectAll().execute()) {
    const { subject } = openMessage(store.vault, row).meta;
    marks.set(subject, [...(marks.get(subject) ?? []), row.id]);
  }
  return marks;
}

/** Each recipient of what is there was told; a notice is known by the recipient in its envelope. @returns those told again. */
async function countNotices({ store, config }: Running, mails: readonly RelayedMail[]): Promise<number> {
  const own = parseAddress(config.mailFrom.address);
  assert.ok(own);
  const told = new Map<string, number>();
  for (const { from } of mails) {
    const id = parseVerp(from, own);
    if (id !== undefined) told.set(id, (told.get(id) ?? 0) + 1);
  }
  const recipients = await store.db.selectFrom('recipients').select(['id', 'notified_at']).execute();
  for (const { id, notified_at } of recipients) {
    assert.ok(told.has(id), `recipient ${id} was not told`);
    assert.notEqual(notified_at, null);
  }
  assert.equal(told.size, recipients.length, 'nobody was told of what is not there');
  return [...told.values()].reduce((sum, times) => sum + times - 1, 0);
}

export async function signIn(running: Reached, relay: TestRelay, address: string): Promise<Visitor> {
  const visitor = new Visitor(running.url);
  await visitor.post('/sign-in/passcode', { address }, '/sign-in');
  await running.drain();
  const codes = relay.mails
    .filter(({ to }) => to === address)
    .flatMap(({ raw }) => /^(\d{8})\r?$/m.exec(readable(raw))?.[1] ?? []);
  const answer = await visitor.post('/sign-in/verify', { code: codes.at(-1) ?? '' }, '/sign-in/verify');
  assert.equal(answer.status, 303, `${address} cannot sign in`);
  return visitor;
}

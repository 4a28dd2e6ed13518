// What two at the same moment may do to a passkey, a phrase and an account: one of them wins, on both engines.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isoNow } from '../../server/core/clock.ts';
import { parseAddress } from '../../server/core/address.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { bindIdentity } from '../../server/signin/identities.store.ts';
import { insertPasskey, listPasskeys, notePasskeyUsed } from '../../server/signin/passkeys.store.ts';
import { changePhrase, insertPhrase, isPhraseGiven, notePhraseGiven } from '../../server/signin/phrases.store.ts';
import { startSession } from '../../server/signin/sessions.store.ts';
import { describeEngines } from '../support/engines.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const bob = parseAddress('bob@recipient.example');
assert.ok(bob);
const address = bob;

describeEngines('of many at once', (engine) => {
  let running: Running;
  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
  });
  after(() => running.stop());

  const many = <T>(work: (n: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: 20 }, (_, n) => work(n)));
  const wins = (won: readonly boolean[]): number => won.filter(Boolean).length;

  test('one use of a passkey at the same count is its own, the others are a copy’s', async () => {
    const { db, keyring } = running.store;
    const credential = { id: 'AAAA', publicKey: new Uint8Array(8), counter: 0 };
    const now = isoNow(running.clock);
    await inTransaction(db, (tx) =>
      insertPasskey(keyring, tx, { credential, address, addressIndex: 'bob', name: 'Key', now }),
    );
    const [passkey] = await listPasskeys(keyring, db, 'bob');
    const use = (counter: number) => () =>
      inTransaction(db, (tx) => notePasskeyUsed(tx, passkey?.rowId ?? '', counter, now));
    assert.equal(wins(await many(use(7))), 1);
    assert.equal(wins(await many(use(0))), 0);
    assert.equal(wins(await many(use(6))), 0);
    assert.equal(wins(await many(use(8))), 1);
  });

  test('one account is bound to an address, and it finds itself again', async () => {
    const { db, keyring } = running.store;
    const bind = (subject: string, addressIndex = 'bob') =>
      inTransaction(db, (tx) =>
        bindIdentity(
          keyring,
          tx,
          { issuer: 'https://issuer.example', subject, provider: 'google', addressIndex },
          isoNow(running.clock),
        ),
      );
    const won = await many((n) => bind(`subject-${n}`));
    assert.equal(wins(won), 1);
    const winner = `subject-${won.indexOf(true)}`;
    assert.equal(wins(await many(() => bind(winner))), 20);
    // The account has another address now: that one it opens, and leaves the one it had.
    assert.equal(await bind(winner, 'robert'), true);
    assert.equal(await bind('another', 'robert'), false);
    assert.equal(await bind('another', 'bob'), true);
  });

  test('a phrase that changed while it was looked at is not given', async () => {
    const { db, keyring } = running.store;
    const deps = { keyring, clock: running.clock, sessionIdleMinutes: 30, sessionHours: 12 };
    const { tokenHash } = await inTransaction(db, (tx) => startSession(deps, tx, { address, way: 'code' }));
    const row = { id: 'phrase', salt: new Uint8Array(16), phrase_hash: new Uint8Array(32), version: 1 };
    const give = (version: number) =>
      inTransaction(db, (tx) => notePhraseGiven(tx, { sessionHash: tokenHash, phraseId: 'phrase', version }));
    await inTransaction(db, (tx) => insertPhrase(tx, row));
    assert.equal(await give(1), true);
    assert.equal(await isPhraseGiven(db, tokenHash, 'phrase'), true);
    await inTransaction(db, (tx) => changePhrase(tx, row));
    assert.equal(await isPhraseGiven(db, tokenHash, 'phrase'), false);
    assert.equal(await give(1), false);
    assert.equal(await give(2), true);
    assert.equal(await isPhraseGiven(db, tokenHash, 'phrase'), true);
    assert.equal(await isPhraseGiven(db, 'another', 'phrase'), false);
  });
});

// SMTP passwords against the whole program: right ones pass, guessing ends, and a stranger's user name costs
// the same as a known one's.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createKeyring } from '../../server/crypto/keyring.ts';
import { createHasher } from '../../server/crypto/passwords.ts';
import { createSmtpUsers } from '../../server/ingest/smtp-users.ts';
import { connectSmtp } from '../support/smtp-dialog-peer.ts';
import { newTestDatabase, startProgram, testClock } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const plain = (user: string, password: string): string =>
  `AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`;

describe('SMTP users', () => {
  let running: Running;

  before(async () => {
    const hasher = createHasher({ pepper: new Uint8Array(32), parallel: 1, queueMax: 1 });
    running = await startProgram({
      env: { SMTP_CLIENTS: '192.0.2.0/24', SMTP_USERS: `mailer:${await hasher.hashEncoded('correct horse')}` },
    });
  });
  after(() => running.stop());

  async function answerTo(line: string): Promise<string> {
    const peer = await connectSmtp({ host: '127.0.0.1', port: running.smtpPort });
    try {
      await peer.reply();
      await peer.command('EHLO test.example');
      return await peer.command(line);
    } finally {
      peer.destroy();
    }
  }

  test('the right password signs in', async () => {
    assert.match(await answerTo(plain('mailer', 'correct horse')), /^235 /);
  });

  test('a wrong password, a wrong user and an empty one do not', async () => {
    for (const line of [plain('mailer', 'wrong'), plain('nobody', 'correct horse'), plain('mailer', '')]) {
      assert.match(await answerTo(line), /^535 5\.7\.8/);
    }
  });

  test('who keeps guessing is sent away before the password is looked at, until the window is over', async () => {
    for (let n = 0; n < 20; n += 1) await answerTo(plain('mailer', `guess ${n}`));
    assert.match(await answerTo(plain('mailer', 'correct horse')), /^421 4\.7\.0/);
    running.clock.forward(16 * 60_000);
    assert.match(await answerTo(plain('mailer', 'correct horse')), /^235 /);
  });
});

describe('an SMTP password while too many hashes are waiting', () => {
  test('cannot be checked, harms nothing, and is checked again later', async (t) => {
    const [db, clock] = [await newTestDatabase(), testClock()];
    t.after(() => db.destroy());
    const hasher = createHasher({ pepper: new Uint8Array(32), parallel: 1, queueMax: 0 });
    const hash = await hasher.hashEncoded('correct horse');
    const deps = { db, clock, keyring: createKeyring(clock), hasher, users: [{ user: 'mailer', hash }] };
    const { authenticate } = createSmtpUsers(deps);
    const underWay = hasher.hashEncoded('another');
    for (const user of ['mailer', 'nobody']) {
      await assert.rejects(authenticate(user, 'correct horse', '192.0.2.1'), { code: 'server/busy' });
    }
    await underWay;
    assert.equal(await authenticate('nobody', 'correct horse', '192.0.2.1'), false);
    assert.equal(await authenticate('mailer', 'correct horse', '192.0.2.1'), true);
  });
});

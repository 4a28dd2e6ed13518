// Adding a key-encryption key: what is new is sealed with it, what is old still opens.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, describe, test } from 'node:test';
import { sealpost } from '../support/command.ts';
import { signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';

describe('sealpost keys add', () => {
  let dataDir = '';
  after(() => rm(dataDir, { recursive: true, force: true }));

  test('seals new messages with the new key after a restart, and opens the old ones', async () => {
    const first = await startProgram({ keep: true });
    ({ dataDir } = first);
    const mail = (subject: string) => ({
      from: 'alice@example.com',
      to: ['bob@recipient.example'],
      raw: plainMail({ subject }),
    });
    const old = (await submit(first.smtpPort, mail('Under the first key'))).split(' ')[2] ?? '';
    await first.drain();
    await first.stop();

    const before = (await sealpost({ DATA_DIR: dataDir }, 'keys', 'list')).out.trim();
    assert.match(before, /^\S+ +current$/);
    assert.equal((await sealpost({ DATA_DIR: dataDir }, 'keys', 'add')).code, 0);
    const listed = (await sealpost({ DATA_DIR: dataDir }, 'keys', 'list')).out.trim().split('\n');
    assert.equal(listed.length, 2);

    const second = await startProgram({ dataDir, keep: true });
    const fresh = (await submit(second.smtpPort, mail('Under the second key'))).split(' ')[2] ?? '';
    const keyOf = (id: string) =>
      second.store.db.selectFrom('messages').select('key_id').where('id', '=', id).executeTakeFirstOrThrow();
    assert.notEqual((await keyOf(old)).key_id, (await keyOf(fresh)).key_id);
    const bob = await signInByLink(second, 'bob@recipient.example');
    assert.match((await bob.get(`/messages/${old}`)).text, /Under the first key/);
    assert.match((await bob.get(`/messages/${fresh}`)).text, /Under the second key/);
    await second.stop();
  });
});

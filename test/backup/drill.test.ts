// The drill: an operator backs up a running Sealpost, loses the machine, restores on another, and everybody reads on.
// Everything is done by the command line and the portal, as people do it.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startChild } from '../support/child-program.ts';
import { sealpost } from '../support/command.ts';
import { mimeMail } from '../support/mime.ts';
import { signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import { submit } from '../support/submit.ts';

const ALICE = 'alice@example.com';
const BOB = 'bob@recipient.example';
const LARGE = randomBytes(500_000);

describe('the drill', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealpost-drill-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('back up while mail arrives, lose the data, restore, read', async () => {
    // Keyring and witness lie apart from the data, as the README says.
    const keys = { KEYRING: join(folder, 'keys', 'keyring.json') };
    const [lost, fresh, file] = [join(folder, 'lost'), join(folder, 'fresh'), join(folder, 'backup.tar')];
    await mkdir(lost);
    const child = await startChild(lost, keys);
    const accepted = new Map<string, string>();
    const handIn = async (text: string, parts: { content: Buffer; name: string }[] = []): Promise<string> => {
      const raw = mimeMail({ from: ALICE, to: BOB, text, parts });
      const reply = await submit(child.smtpPort, { from: ALICE, to: [BOB], raw });
      assert.match(reply, /^250 /);
      const id = reply.split(' ')[2] ?? '';
      accepted.set(id, text);
      return id;
    };
    const large = await handIn('With a large file.', [{ content: LARGE, name: 'large.bin' }]);
    const shredded = await handIn('To be shredded.', [{ content: LARGE, name: 'large.bin' }]);
    await handIn('Small.');
    const beforeBackup = [...accepted];

    let isOver = false;
    const meanwhile = (async (): Promise<number> => {
      let count = 0;
      for (; !isOver; count += 1) await handIn(`Meanwhile, ${count}.`, [{ content: LARGE, name: 'more.bin' }]);
      return count;
    })();
    const made = await sealpost({ DATA_DIR: lost, ...keys }, 'backup', file);
    isOver = true;
    assert.ok((await meanwhile) > 0);
    assert.equal(made.err, '');
    assert.match(made.out, /holds the database and \d+ blobs/);
    assert.match(made.out, /The keyring is not in it: keep a copy of \S+keyring\.json apart/);
    assert.match(made.out, /Nor is the witness.*keyring\.json\.witness/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);

    const destroyed = await sealpost({ DATA_DIR: lost, ...keys }, 'message', 'revoke', shredded, '--destroy');
    assert.equal(destroyed.out, 'Destroyed.\n');
    await child.stop('SIGKILL');
    await rm(lost, { recursive: true });

    const restored = await sealpost({ DATA_DIR: fresh, ...keys }, 'restore', file);
    assert.equal(restored.err, '');
    assert.match(restored.out, /^The database and \d+ blobs are back as they were at 20/);
    assert.match(restored.out, /The keyring that is there opens them\./);
    assert.match(restored.out, /shreds again what the witness knows/);
    const verified = await sealpost({ DATA_DIR: fresh, ...keys }, 'verify', '--read-data');
    assert.equal(verified.code, 0, verified.out + verified.err);

    const running = await startProgram({ dataDir: fresh, env: keys });
    try {
      assert.match(running.logged(), /"level":"warn".*"since":"20.*"database\.back-in-time"/);
      const bob = await signInByLink(running, BOB);
      const read = new Map<string, string>();
      for (const id of accepted.keys()) {
        const page = await bob.get(`/messages/${id}`);
        if (page.status === 200) read.set(id, page.text);
        else assert.equal(page.status, id === shredded ? 410 : 404);
      }
      for (const [id, text] of beforeBackup) {
        if (id !== shredded) assert.ok(read.get(id)?.includes(text), text);
      }
      assert.ok((await bob.bytes(`/messages/${large}/attachments/1`)).content.equals(LARGE));
      assert.equal((await bob.get(`/messages/${shredded}/attachments/1`)).status, 410);
      // What came while the backup was made is there whole or not at all.
      for (const [id, text] of read) {
        assert.ok(text.includes(accepted.get(id) ?? 'none'));
        if (!/large|Meanwhile/.test(accepted.get(id) ?? '')) continue;
        assert.ok((await bob.bytes(`/messages/${id}/attachments/1`)).content.equals(LARGE));
      }
      console.log(`drill: ${accepted.size} mails accepted, ${read.size} read after the restore`);
    } finally {
      await running.stop();
    }
    const words = (await readFile(file)).toString('latin1');
    const keyring = await readFile(keys.KEYRING, 'utf8');
    for (const [secret] of keyring.matchAll(/[\w-]{43}/g))
      assert.ok(!words.includes(secret), 'a secret is in the backup');
  });
});

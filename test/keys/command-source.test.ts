// A keyring that a command prints: what the command gets, and what is said when it does not do its work.

import { strict as assert } from 'node:assert';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KeyringFault } from '../../server/crypto/keyring-format.ts';
import { commandSource } from '../../server/keys/command-source.ts';
import { setStage } from './stage.ts';
import type { Stage } from './stage.ts';

describe('a keyring from a command', () => {
  let stage: Stage;
  before(async () => {
    stage = await setStage();
    await stage.load();
  });
  after(() => stage.close());

  const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent' };
  async function script(text: string, mode = 0o700): Promise<string> {
    const file = join(stage.dir, 'give-keyring');
    await writeFile(file, `#!/bin/sh\n${text}\n`);
    await chmod(file, mode);
    return file;
  }
  async function refuses(command: string, words: RegExp, timeoutMs = 10_000): Promise<void> {
    await assert.rejects(commandSource({ command, args: [], env, timeoutMs }).load(), (error) => {
      assert.ok(error instanceof KeyringFault, String(error));
      assert.match(error.message, words);
      assert.doesNotMatch(`${error.message} ${error.stack}`, /hush/);
      assert.equal(error.cause, undefined);
      return true;
    });
  }

  it('is what the command prints; nothing of it is kept by us', async () => {
    const source = commandSource({ command: 'cat', args: [stage.file], env });
    assert.deepEqual((await source.load()).contents(), (await stage.load()).contents());
    assert.equal(source.store, undefined);
  });

  it('is asked for without a shell, with PATH and HOME and nothing else', async () => {
    const command = await script(
      `env | grep -v '^PWD=\\|^_=\\|^SHLVL=' >> "$1"; printf '%s|' "$@" >> "$1"; cat ${stage.file}`,
    );
    const told = join(stage.dir, 'told');
    await commandSource({ command, args: [told, '$HOME;', '`id`', '*'], env }).load();
    const lines = (await readFile(told, 'utf8')).split('\n');
    assert.deepEqual(lines.slice(0, -1).sort(), ['HOME=/nonexistent', 'PATH=/usr/bin:/bin']);
    assert.equal(lines.at(-1), `${told}|$HOME;|\`id\`|*|`);
  });

  it('is refused when the command fails, whatever it has printed', async () => {
    await refuses(await script(`cat ${stage.file}; echo hush >&2; exit 3`), /ended with code 3\.$/);
    await refuses(await script('kill -9 $$'), /ended from outside/);
  });

  it('is refused when there is no such command, or it may not be run', async () => {
    await refuses(join(stage.dir, 'nothing'), /was not found/);
    await refuses(await script('true', 0o600), /may not be run by this user/);
  });

  it('is refused when the command does not end, waits for an answer, or prints without end', async () => {
    await refuses(await script('echo hush; exec sleep 60'), /did not end within 0\.3 seconds/, 300);
    await refuses(await script('read answer || exit 7'), /ended with code 7/);
    await refuses(await script('exec yes hush'), /printed more than 1048576 bytes/);
  });

  it('is refused when it is no keyring', async () => {
    await refuses(await script('echo hush'), /expected JSON/);
    await refuses(await script('true'), /expected JSON/);
  });
});

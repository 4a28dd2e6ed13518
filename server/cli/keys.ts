// Owns the commands about key-encryption keys.

import type { Command } from 'commander';
import { appendAudit } from '../audit/audit.store.ts';
import { loadKeyring, saveKeyring } from '../crypto/keyring-file.ts';
import { addKey } from '../crypto/keyring.ts';
import { inTransaction } from '../db/engine.ts';
import { withStore } from './with-store.ts';

export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('Key-encryption keys');

  keys
    .command('list')
    .description('List the keys; the current one seals new messages')
    .action(() =>
      withStore(async ({ store, print }) => {
        for (const id of store.keyring.keyIds()) print(id === store.keyring.currentKeyId ? `${id}  current` : id);
      }),
    );

  keys
    .command('add')
    .description('Add a key and make it the current one; running servers use it after a restart')
    .action(() =>
      withStore(async ({ config, store, print }) => {
        if (config.keyring.kind !== 'file') throw new Error('keyring source');
        const added = addKey(await loadKeyring(config.keyring.file), store.vault.clock);
        await saveKeyring(config.keyring.file, added);
        await inTransaction(store.db, (tx) =>
          appendAudit(store.vault, tx, {
            event: 'key-added',
            details: { actor: 'command line', key: added.currentKeyId },
          }),
        );
        print(`${added.currentKeyId} seals new messages as soon as the server is started again.`);
      }),
    );
}

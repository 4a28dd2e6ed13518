// Owns the commands about API keys.

import type { Command } from 'commander';
import { AppError } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { createApiKey, listApiKeys, revokeApiKey, scopes } from '../signin/api-keys.store.ts';
import { wantedKey } from '../signin/wanted-key.ts';
import { withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

interface CreateOptions {
  readonly scope: readonly string[];
  readonly sender?: readonly string[];
  readonly expires?: string;
}

export function registerApiKeys(program: Command): void {
  const keys = program.command('api-key').description('Keys for the API');

  keys
    .command('create')
    .argument('<name>', 'what the key is for')
    .option('--scope <scope...>', `what it may do: ${scopes.join(', ')}`, [
      'messages:send',
      'messages:read',
      'messages:revoke',
    ])
    .option('--sender <address...>', 'the sender addresses it is bound to; without it, all of the organisation')
    .option('--expires <when>', 'its last day (2027-01-31) or a number of days (90d); without it, it has no end')
    .description('Make a key; it is shown once, as the last line')
    // A key may be wanted before the first start.
    .action((name: string, options: CreateOptions) =>
      withStore((desk) => create(desk, name, options), { mayBegin: true }),
    );

  keys
    .command('list')
    .description('List the keys, never their secrets')
    .action(() =>
      withStore(async ({ store, print }) => {
        for (const key of await listApiKeys(store.vault, store.db)) {
          const state = key.revokedAt === null ? `last used ${key.lastUsedAt ?? 'never'}` : `revoked ${key.revokedAt}`;
          const end = key.expiresAt === null ? [] : [`ends ${key.expiresAt}`];
          print(
            [key.id, key.name, key.scopes.join(','), key.senders.join(',') || 'all senders', state, ...end].join('  '),
          );
        }
      }),
    );

  keys
    .command('revoke')
    .argument('<id>', 'the id that list shows')
    .description('End a key at once')
    .action((id: string) =>
      withStore(async ({ store, print }) => {
        const revoked = await inTransaction(store.db, async (tx) => {
          if (!(await revokeApiKey(store.vault, tx, id))) return false;
          await appendAudit(store.vault, tx, { event: 'api-key-revoked', details: { actor: 'command line', key: id } });
          return true;
        });
        if (!revoked) throw new AppError('request/not-found', 'There is no key in use with this id.');
        print('Revoked.');
      }),
    );
}

async function create({ config, store, clock, print }: Desk, name: string, options: CreateOptions): Promise<void> {
  const { scope: scopes, sender: senders = [], expires = '' } = options;
  const wanted = wantedKey({ name, scopes, senders, expires }, config.org.domains, clock.nowMs());
  const made = await inTransaction(store.db, async (tx) => {
    const created = await createApiKey(store.vault, tx, wanted);
    await appendAudit(store.vault, tx, {
      event: 'api-key-created',
      details: { actor: 'command line', key: created.id, name, scopes: wanted.scopes },
    });
    return created;
  });
  print(`Key ${made.id} for ${name}. It is shown this once:`);
  print(made.key);
}

// Owns the commands about API keys.

import type { Command } from 'commander';
import { displayLine, domainOf, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import { createApiKey, listApiKeys, revokeApiKey, scopes } from '../signin/api-keys.store.ts';
import type { Scope } from '../signin/api-keys.store.ts';
import { withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

interface CreateOptions {
  readonly scope: readonly string[];
  readonly sender?: readonly string[];
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
          print([key.id, key.name, key.scopes.join(','), key.senders.join(',') || 'all senders', state].join('  '));
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

async function create({ config, store, print }: Desk, name: string, options: CreateOptions): Promise<void> {
  checkName(name);
  const senders = (options.sender ?? []).map((text) => sender(text, config.org.domains));
  const wanted = { name, scopes: options.scope.map(scope), senders };
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

// It stands in a list, one key to a line.
function checkName(text: string): void {
  const max = limits.displayNameCharactersMax;
  if (text !== '' && displayLine(text, max) === text) return;
  throw new AppError('request/malformed', `The name of a key has to be one line of 1 to ${max} characters.`);
}

function scope(text: string): Scope {
  const found = scopes.find((one) => one === text);
  if (found === undefined)
    throw new AppError('policy/unknown-value', `There is no scope ${shown(text)}. There are ${scopes.join(', ')}.`);
  return found;
}

function sender(text: string, orgDomains: readonly string[]): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new AppError('mail/author', `${shown(text)} is not a mail address.`);
  if (!orgDomains.includes(domainOf(address)))
    throw new AppError('mail/author', `${address} is not of the organisation, see ORG_DOMAINS.`);
  return address;
}

function shown(text: string): string {
  return displayLine(text, limits.displayNameCharactersMax);
}

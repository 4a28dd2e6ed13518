// Owns the commands about messages that are out: show, revoke, restore.

import type { Command } from 'commander';
import { AppError } from '../core/errors.ts';
import { isMessageId } from '../core/ids.ts';
import { isoNow } from '../core/clock.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { recipientStatus } from '../messages/recipient-state.ts';
import { isOverdue, keptUntil } from '../messages/retention.ts';
import { listAllRecipients } from '../messages/holds.store.ts';
import { bindShredder } from '../shredding/shred.ts';
import { bindTakeBack } from '../sender/take-back.ts';
import type { TakeBack } from '../sender/take-back.ts';
import { withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

const ACTOR = 'command line';

interface ChangeOptions {
  readonly recipient?: readonly string[];
  readonly destroy?: boolean;
  readonly reason?: string;
}

export function registerMessages(program: Command): void {
  const message = program.command('message').description('Messages that are out');

  message
    .command('show')
    .argument('<id>')
    .description('Show the state of each recipient')
    .action((id: string) => withStore((desk) => show(desk, id)));

  message
    .command('revoke')
    .argument('<id>')
    .option('-r, --recipient <n...>', 'places of recipients as show counts them; without it, all')
    .option('--reason <text>', 'kept in the audit log')
    .option('--destroy', 'overwrite the message’s key; nothing brings it back')
    .description('Take a message back from some or all')
    .action((id: string, options: ChangeOptions) =>
      withStore(async (desk) => {
        const row = await getMessage(desk, id);
        const reason = options.reason === undefined ? {} : { reason: options.reason };
        const change = { messageId: row.id, actor: ACTOR, ...reason };
        if (options.destroy === true) {
          if (options.recipient !== undefined)
            throw new AppError('request/malformed', '--destroy is for the whole message.');
          const destroyed = await roads(desk).destroy(change);
          desk.print(destroyed ? 'Destroyed.' : 'It was destroyed before.');
          return;
        }
        const { count } = await roads(desk).takeBack(change, await places(desk, row, options.recipient));
        desk.print(`Taken back from ${count}.`);
      }),
    );

  message
    .command('restore')
    .argument('<id>')
    .option('-r, --recipient <n...>', 'places of recipients as show counts them; without it, all')
    .description('Give a message back')
    .action((id: string, options: ChangeOptions) =>
      withStore(async (desk) => {
        const row = await getMessage(desk, id);
        const positions = await places(desk, row, options.recipient);
        const { count } = await roads(desk).giveBack({ messageId: row.id, actor: ACTOR }, positions);
        desk.print(`Given back to ${count}.`);
      }),
    );
}

async function show(desk: Desk, id: string): Promise<void> {
  const row = await getMessage(desk, id);
  const { vault, db } = desk.store;
  const open = row.destroyed_at === null ? openMessage(vault, row) : undefined;
  const until = keptUntil(row);
  // As on its sender's page: what the next sweep takes is kept no longer.
  const kept = until === null || isOverdue(row, isoNow(vault.clock)) ? '' : `  kept until ${until}`;
  desk.print(
    `${row.id}  ${row.protection}  expires ${row.expires_at ?? 'never'}${open === undefined ? '  destroyed' : kept}`,
  );
  for (const recipient of await listAllRecipients(db, row.id)) {
    const address = open === undefined ? '' : openRecipient(open, recipient).address;
    const status = recipientStatus(recipient, row, isoNow(vault.clock));
    desk.print([recipient.position, status, address, recipient.failure ?? ''].join('  ').trimEnd());
  }
}

function roads({ config, store }: Desk): TakeBack {
  const { expiryDaysMax } = config;
  return bindTakeBack({ db: store.db, vault: store.vault, shredder: bindShredder(store), expiryDaysMax });
}

async function getMessage({ store }: Desk, id: string): Promise<MessagesTable> {
  const row = isMessageId(id) ? await loadMessage(store.db, id) : undefined;
  if (row === undefined) throw new AppError('request/not-found', 'There is no message with this id.');
  return row;
}

async function places(
  { store }: Desk,
  row: MessagesTable,
  asked: readonly string[] | undefined,
): Promise<readonly number[] | 'all'> {
  if (asked === undefined) return 'all';
  const known = (await listAllRecipients(store.db, row.id)).map((recipient) => recipient.position);
  return asked.map((text) => {
    const place = known.find((position) => String(position) === text);
    if (place === undefined)
      throw new AppError('mail/recipients', `There is no recipient ${text}; see sealpost message show.`);
    return place;
  });
}

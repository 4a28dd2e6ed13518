// Owns the commands about the people who run this place.

import type { Command } from 'commander';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { inTransaction } from '../db/engine.ts';
import { endSessionsOf } from '../signin/sessions.store.ts';
import { removeTotp } from '../signin/totps.store.ts';
import { parseRole, roles } from '../staff/roles.ts';
import type { Role } from '../staff/roles.ts';
import { isNamed, isSame } from '../staff/roster.ts';
import { bindStaffing } from '../staffing/staffing.ts';
import type { Staffing } from '../staffing/staffing.ts';
import { withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

const ACTOR = 'command line';

export function registerStaff(program: Command): void {
  const staff = program.command('staff').description('Who runs this place, and in which role');

  staff
    .command('add')
    .argument('<address>', 'of the organisation')
    .requiredOption('--role <role>', `what they may do: ${roles.join(', ')}`)
    .description('Give somebody a role, in the place of the one they have')
    // The first people may be wanted before the first start.
    .action((text: string, options: { readonly role: string }) =>
      withStore((desk) => add(desk, readAddress(text), readRole(options.role)), { mayBegin: true }),
    );

  staff
    .command('list')
    .description('List the people with a role, and the shared mailboxes with their delegates')
    .action(() => withStore(list));

  staff
    .command('remove')
    .argument('<address>')
    .description('Take their role from somebody, at once')
    .action((text: string) => withStore((desk) => remove(desk, readAddress(text))));

  staff
    .command('reset-totp')
    .argument('<address>')
    .description('Take the authenticator app and the recovery codes from somebody who lost them; ends their sessions')
    .action((text: string) => withStore((desk) => resetTotp(desk, readAddress(text))));
}

async function add(desk: Desk, address: Address, role: Role): Promise<void> {
  const staffing = staffingOf(desk);
  const { version, roster } = await staffing.load();
  const others = roster.staff.filter((one) => !isSame(one.address, address));
  const value = { ...roster, staff: [...others, { address, role }] };
  const { changes } = await staffing.save({ value, basedOn: version, actor: ACTOR });
  desk.print(changes.length === 0 ? `${address} has the role ${role} already.` : `${address} has the role ${role}.`);
}

async function list(desk: Desk): Promise<void> {
  const { roster } = await staffingOf(desk).load();
  for (const address of desk.config.admins) desk.print([address, 'administrator', 'by the setting ADMINS'].join('  '));
  for (const { address, role } of roster.staff) desk.print([address, role].join('  '));
  for (const { address, delegates } of roster.mailboxes)
    desk.print([address, 'shared mailbox', delegates.join(',') || 'no delegates'].join('  '));
}

async function remove(desk: Desk, address: Address): Promise<void> {
  if (isNamed(desk.config.admins, address)) {
    throw new AppError('request/conflict', `${address} is an administrator by the setting ADMINS; change it there.`);
  }
  const staffing = staffingOf(desk);
  const { version, roster } = await staffing.load();
  const left = roster.staff.filter((one) => !isSame(one.address, address));
  if (left.length === roster.staff.length) throw new AppError('request/not-found', `${address} has no role.`);
  await staffing.save({ value: { ...roster, staff: left }, basedOn: version, actor: ACTOR });
  desk.print('Removed.');
}

// The next who signs in with a code from this mailbox sets up an app: so it is done when the person is there.
async function resetTotp({ store, print }: Desk, address: Address): Promise<void> {
  const { vault, keyring, db } = store;
  const index = addressIndex(keyring, address);
  const was = await inTransaction(db, async (tx) => {
    if (!(await removeTotp(tx, index))) return false;
    await endSessionsOf(tx, index, isoNow(vault.clock));
    await appendAudit(vault, tx, { event: 'totp-reset', details: { actor: ACTOR, person: address } });
    return true;
  });
  if (!was) throw new AppError('request/not-found', `${address} has no authenticator app set up.`);
  print('Taken away. With their next sign-in they are asked to set one up.');
}

function staffingOf({ config, store }: Desk): Staffing {
  const around = { orgDomains: config.org.domains, admins: config.admins };
  return bindStaffing({ db: store.db, vault: store.vault, around });
}

function readAddress(text: string): Address {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw new AppError('request/malformed', 'Name the person by their mail address.');
}

function readRole(text: string): Role {
  const role = parseRole(text);
  if (role !== undefined) return role;
  throw new AppError('policy/unknown-value', `There is no such role. There are ${roles.join(', ')}.`);
}

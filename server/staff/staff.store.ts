// Owns the row of the roster: one, sealed as a record, replaced as a whole by whoever saw its last version.

import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { OpenedRecords } from '../crypto/opened-records.ts';
import type { Db, Tx } from '../db/engine.ts';
import { preparedFirst } from '../db/prepared.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import { emptyRoster, rosterShape } from './roster.ts';
import type { Roster } from './roster.ts';

export interface RosterDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

export interface StoredRoster {
  /** 0: nobody has saved one. */
  readonly version: number;
  readonly roster: Roster;
}

const NAME = 'staff';

/** Asked with every page of somebody of the organisation. Throws SealBroken when it does not open. */
export async function loadRoster(keyring: Keyring, db: Db | Tx): Promise<StoredRoster> {
  const row = await findRoster(db, { name: NAME });
  if (row === undefined) return { version: 0, roster: emptyRoster };
  return { version: row.version, roster: rosters.of(keyring, NAME, row.sealed) };
}

const findRoster = preparedFirst((db, blank: { name: string }) =>
  db.selectFrom('rosters').select(['version', 'sealed']).where('name', '=', blank.name),
);

const rosters = new OpenedRecords<Roster>(rosterContext, (text) => {
  const { staff, mailboxes } = rosterShape.parse(JSON.parse(text));
  return {
    staff: staff.map(({ address, role }) => ({ address: stored(address), role })),
    mailboxes: mailboxes.map(({ address, delegates }) => ({
      address: stored(address),
      delegates: delegates.map(stored),
    })),
  };
});

/** Puts it in the place of version `basedOn`. @returns the new version, or undefined when another came first. */
export async function saveRoster(
  { keyring, clock }: RosterDeps,
  tx: Tx,
  { roster, basedOn }: { readonly roster: Roster; readonly basedOn: number },
): Promise<number | undefined> {
  const values = {
    version: basedOn + 1,
    at: isoNow(clock),
    sealed: keyring.sealRecord(rosterContext(NAME), JSON.stringify(roster)),
  };
  const saved =
    basedOn === 0
      ? await tx
          .insertInto('rosters')
          .values({ name: NAME, ...values })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .returning('version')
          .executeTakeFirst()
      : await tx
          .updateTable('rosters')
          .set(values)
          .where('name', '=', NAME)
          .where('version', '=', basedOn)
          .returning('version')
          .executeTakeFirst();
  return saved?.version;
}

export const rosterRecords: SealedColumn = {
  table: 'rosters',
  key: 'name',
  before: '',
  column: 'sealed',
  name: (id) => rosterContext(String(id)),
};

function stored(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Error('the roster names somebody who has no address');
  return address;
}

function rosterContext(name: string): string {
  return `roster ${name}`;
}

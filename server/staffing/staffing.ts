// Owns changing the roster: read, changed, saved with an audit entry for each difference. One road for the page, the API
// and the command line; of two who change the same version the second is told.

import { AppError } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Db } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import { parseRoster, rosterChanges } from '../staff/roster.ts';
import type { RosterChange, Surroundings, WrittenRoster } from '../staff/roster.ts';
import { loadRoster, saveRoster } from '../staff/staff.store.ts';
import type { RosterDeps, StoredRoster } from '../staff/staff.store.ts';

export interface StaffingDeps {
  readonly db: Db;
  readonly vault: RosterDeps;
  readonly around: Surroundings;
}

export interface RosterSave {
  readonly value: WrittenRoster;
  /** The version that it was made from; 0: none. */
  readonly basedOn: number;
  /** An address, the id of a key, "command line". */
  readonly actor: string;
  readonly network?: string;
}

export interface Staffing {
  load(): Promise<StoredRoster>;
  /** Throws request/malformed for what cannot be, and request/outdated when somebody else saved meanwhile. */
  save(change: RosterSave): Promise<StoredRoster & { readonly changes: readonly RosterChange[] }>;
}

export function bindStaffing({ db, vault, around }: StaffingDeps): Staffing {
  return {
    load: () => loadRoster(vault.keyring, db),
    save: ({ value, basedOn, actor, network }) =>
      inTransaction(db, async (tx) => {
        const before = await loadRoster(vault.keyring, tx);
        if (before.version !== basedOn) throw outdated();
        const roster = parseRoster(value, around);
        const changes = rosterChanges(before.roster, roster);
        if (changes.length === 0) return { ...before, changes };
        const version = await saveRoster(vault, tx, { roster, basedOn });
        if (version === undefined) throw outdated();
        for (const { event, details } of changes) {
          const who = { actor, ...(network === undefined ? {} : { network }) };
          await appendAudit(vault, tx, { event, details: { ...who, ...details } });
        }
        return { version, roster, changes };
      }),
  };
}

function outdated(): AppError {
  return new AppError('request/outdated', 'Somebody else changed the people meanwhile. Look at them again.');
}

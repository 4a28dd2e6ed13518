// Owns what the help desk does for an address, by its page or a call: notices once more, and unlocking it. Whether there is
// anybody of that address is not told.

import { appendAudit } from '../audit/audit.store.ts';
import type { Address } from '../core/address.ts';
import { HOUR_MS } from '../core/clock.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { charge, forgiveAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import type { Db } from '../db/engine.ts';
import type { Vault } from '../messages/seal.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import { triesPerPerson } from '../signin/second-factor.ts';
import { locksOf } from '../signin/signin-limits.ts';

export interface HelpDeps {
  readonly db: Db;
  readonly vault: Vault;
  /** There is work to be done now. */
  readonly kick: () => void;
}

export interface Helper {
  /** For the limit: who helps, in a form that may be counted. */
  readonly counted: string;
  /** As the audit log tells it. */
  readonly told: Readonly<Record<string, string>>;
}

export interface Help {
  /** Has the notices of all that waits for the address sent again. Throws request/too-many. */
  sendNotices(address: Address, by: Helper): Promise<void>;
  /** Takes away what was counted against its tries. */
  unlock(address: Address, by: Helper): Promise<void>;
}

const noticesPerPerson: Limit = { name: 'notices by the help desk', most: 100, windowMs: HOUR_MS };

export function bindHelp({ db, vault, kick }: HelpDeps): Help {
  return {
    sendNotices: async (address, { counted, told }) => {
      await inTransaction(db, async (tx) => {
        await charge({ ...vault, db: tx }, noticesPerPerson, counted);
        await enqueue(vault, tx, { kind: 'resend', payload: { address } });
        await appendAudit(vault, tx, { event: 'notices-asked', details: { ...told, person: address } });
      });
      kick();
    },
    unlock: (address, { told }) =>
      inTransaction(db, async (tx) => {
        const person = addressIndex(vault.keyring, address);
        await forgiveAll({ ...vault, db: tx }, [...locksOf(person), [triesPerPerson, person]]);
        await appendAudit(vault, tx, { event: 'address-unlocked', details: { ...told, person: address } });
      }),
  };
}

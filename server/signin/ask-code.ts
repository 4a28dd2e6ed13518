// Owns asking for a code. Whether the address is known to anyone here is never looked at: the same rows
// are written for every address, and the worker that sends the mail finds out. So neither the answer nor
// its time tells whether an address exists.

import type { Address } from '../core/address.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Clock } from '../core/clock.ts';
import { MINUTE_MS, isoNow } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Hasher } from '../crypto/passwords.ts';
import { newId, newPasscode, newReference, randomBytes } from '../crypto/random.ts';
import type { Db, Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { ChallengesTable } from '../db/tables.ts';
import { insertChallenge, insertCode, loadChallenge } from './codes.store.ts';
import { charge } from '../db/counters.ts';
import { GUESSES_PER_CHALLENGE, asksInAll, asksPerAddress, asksPerNetwork } from './signin-limits.ts';

export interface SigninDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly hasher: Hasher;
  readonly passcodeMinutes: number;
}

export interface CodeRequest {
  /** 'sign-in', or the id of the recipient whose link was followed. */
  readonly purpose: string;
  readonly address: Address;
  /** Hash of the asking browser's cookie. */
  readonly browserHash: string;
  /** The peer's network: the address, or the /64 of an IPv6 one. */
  readonly network: string;
}

export interface NewCode {
  readonly address: Address;
  readonly code: string;
  readonly reference: string;
  readonly expiresAt: string;
}

const SALT_BYTES = 16;

/**
 * Makes a code and hands it to `enqueue` inside the same transaction. Throws request/too-many past a limit
 * and server/busy when the hashing queue is full; in both cases nothing is stored.
 */
export async function askCode(
  deps: SigninDeps,
  request: CodeRequest,
  enqueue: (tx: Tx, code: NewCode) => Promise<void>,
): Promise<{ reference: string }> {
  const index = addressIndex(deps.keyring, request.address);
  await charge(deps, asksInAll, '');
  await charge(deps, asksPerNetwork, request.network);
  await charge(deps, asksPerAddress, index);

  const challenge = await currentChallenge(deps, request, index);
  const code = newPasscode();
  const reference = newReference();
  const codeHash = await deps.hasher.hashCode(code, challenge.row.salt);
  const expiresAt = isoNow(deps.clock, deps.passcodeMinutes * MINUTE_MS);
  await inTransaction(deps.db, async (tx) => {
    if (challenge.isNew) await insertChallenge(tx, challenge.row);
    await insertCode(tx, {
      id: newId(deps.clock),
      challenge_id: challenge.row.id,
      code_hash: codeHash,
      reference,
      created_at: isoNow(deps.clock),
      expires_at: expiresAt,
      used_at: null,
    });
    await enqueue(tx, { address: request.address, code, reference, expiresAt });
  });
  return { reference };
}

// A second request of the same browser for the same address joins its challenge, and its budget, unless
// that budget is spent.
async function currentChallenge(
  deps: SigninDeps,
  request: CodeRequest,
  index: string,
): Promise<{ row: ChallengesTable; isNew: boolean }> {
  const now = isoNow(deps.clock);
  const current = await loadChallenge(deps.db, { browserHash: request.browserHash, purpose: request.purpose, now });
  if (current?.address_index === index && current.attempts < GUESSES_PER_CHALLENGE) {
    return { row: current, isNew: false };
  }
  const id = newId(deps.clock);
  return {
    isNew: true,
    row: {
      id,
      purpose: request.purpose,
      address_index: index,
      sealed_address: deps.keyring.sealRecord(challengeContext(id), request.address),
      browser_hash: request.browserHash,
      salt: randomBytes(SALT_BYTES),
      attempts: 0,
      created_at: now,
      expires_at: isoNow(deps.clock, deps.passcodeMinutes * MINUTE_MS),
    },
  };
}

export function challengeContext(challengeId: string): string {
  return `challenge ${challengeId}`;
}

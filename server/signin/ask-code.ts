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
import { holdLock, inTransaction } from '../db/engine.ts';
import type { ChallengesTable } from '../db/tables/signin.ts';
import { chargeAll } from '../db/counters.ts';
import { sealAddress, sealReference } from './challenge-seal.ts';
import { insertChallenge, insertCode, loadChallenge } from './codes.store.ts';
import { GUESSES_PER_CHALLENGE, askCharges } from './signin-limits.ts';

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
  /** The code goes out whether or not the address is anybody's here. */
  readonly isForStrangers?: boolean;
}

export interface NewCode {
  readonly codeId: string;
  readonly address: Address;
  readonly code: string;
  readonly reference: string;
  readonly expiresAt: string;
}

const SALT_BYTES = 16;

/**
 * Makes a code and hands it to `enqueue` inside the same transaction. Throws request/too-many past a limit
 * and server/busy when the hashing queue is full; in both cases there is no code.
 */
export async function askCode(
  deps: SigninDeps,
  request: CodeRequest,
  enqueue: (tx: Tx, code: NewCode) => Promise<void>,
): Promise<{ reference: string }> {
  const index = addressIndex(deps.keyring, request.address);
  await chargeAll(deps, askCharges(request.network, index, request.isForStrangers === true));

  const challenge = await inTransaction(deps.db, (tx) => currentChallenge(deps, tx, request, index));
  const code = newPasscode();
  const reference = newReference();
  const codeHash = await deps.hasher.hashCode(code, challenge.salt);
  const expiresAt = isoNow(deps.clock, deps.passcodeMinutes * MINUTE_MS);
  await inTransaction(deps.db, async (tx) => {
    const id = newId(deps.clock);
    await insertCode(tx, {
      id,
      challenge_id: challenge.id,
      code_hash: codeHash,
      sealed_reference: sealReference(deps.keyring, id, reference),
      sealed_mail: null,
      created_at: isoNow(deps.clock),
      expires_at: expiresAt,
      used_at: null,
    });
    await enqueue(tx, { codeId: id, address: request.address, code, reference, expiresAt });
  });
  return { reference };
}

// A second request of the same browser for the same address joins its challenge, and its budget, unless
// that budget is spent. One after the other, so that two at the same moment join each other.
async function currentChallenge(
  deps: SigninDeps,
  tx: Tx,
  request: CodeRequest,
  index: string,
): Promise<ChallengesTable> {
  await holdLock(tx, `challenge ${request.browserHash} ${request.purpose}`);
  const now = isoNow(deps.clock);
  const current = await loadChallenge(tx, { browserHash: request.browserHash, purpose: request.purpose, now });
  if (current?.address_index === index && current.attempts < GUESSES_PER_CHALLENGE) return current;
  const id = newId(deps.clock);
  const challenge: ChallengesTable = {
    id,
    purpose: request.purpose,
    address_index: index,
    sealed_address: sealAddress(deps.keyring, id, request.address),
    browser_hash: request.browserHash,
    salt: randomBytes(SALT_BYTES),
    attempts: 0,
    created_at: now,
    expires_at: isoNow(deps.clock, deps.passcodeMinutes * MINUTE_MS),
  };
  await insertChallenge(tx, challenge);
  return challenge;
}

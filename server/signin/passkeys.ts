// Owns making a passkey and signing in by one: each challenge is given to one browser and taken once, and what a passkey
// opens is the address that made it.

import type { Address } from '../core/address.ts';
import { canonicalAddress } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { z } from 'zod';
import { equalBytes } from '../crypto/digest.ts';
import type { Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import { sentence } from '../language/words.ts';
import { beginCeremony, takeCeremony } from './ceremonies.store.ts';
import type { CeremonyDeps } from './ceremonies.store.ts';
import { insertPasskey, listPasskeys, loadPasskey, notePasskeyUsed } from './passkeys.store.ts';
import type { Passkey } from './passkeys.store.ts';
import {
  Failed,
  challengeOf,
  checkMade,
  checkUsed,
  makeOptions,
  parseMade,
  parseUsed,
  useOptions,
} from './webauthn.ts';
import type { RelyingParty, Used } from './webauthn.ts';

export interface PasskeyDeps extends CeremonyDeps {
  readonly party: RelyingParty;
}

export interface Asking {
  readonly browserHash: string;
  readonly network: string;
}

/** Whose passkey is made. */
export interface Maker {
  readonly address: Address;
  readonly addressIndex: string;
}

const MAKE = 'passkey make';
const USE = 'passkey use';
const makeDetails = z.object({ addressIndex: z.string() });

export async function beginMaking(deps: PasskeyDeps, asking: Asking, maker: Maker): Promise<unknown> {
  const existing = await listPasskeys(deps.keyring, deps.db, maker.addressIndex);
  const user = { handle: userHandle(deps, maker.address), name: maker.address };
  const options = await makeOptions(
    deps.party,
    user,
    existing.map(({ id }) => id),
  );
  const details: z.infer<typeof makeDetails> = { addressIndex: maker.addressIndex };
  await beginCeremony(deps, { ...asking, handedOut: options.challenge, kind: MAKE, details });
  return options;
}

/** Stores the passkey, and what `made` writes beside it. Throws signin/way-refused. */
export async function finishMaking(
  deps: PasskeyDeps,
  browserHash: string,
  maker: Maker,
  asked: { readonly answer: string; readonly name: string },
  made: (tx: Tx) => Promise<void>,
): Promise<void> {
  const answer = parseMade(asked.answer);
  const challenge = answer && challengeOf(answer);
  if (answer === undefined || challenge === undefined) throw notMade('malformed');
  const begun = makeDetails.safeParse(await takeCeremony(deps, { handedOut: challenge, kind: MAKE, browserHash }));
  // Begun before somebody else signed in here: it is not theirs.
  if (begun.data?.addressIndex !== maker.addressIndex) throw notMade('late');
  const credential = await checkMade(deps.party, answer, challenge);
  if (credential instanceof Failed) throw notMade(credential.why);
  await inTransaction(deps.db, async (tx) => {
    const stored = await insertPasskey(deps.keyring, tx, {
      credential,
      ...maker,
      name: asked.name,
      now: isoNow(deps.clock),
    });
    if (stored === 'there') throw new AppError('signin/way-refused', sentence('passkey.there-already'));
    if (stored === 'full') throw new AppError('signin/way-refused', sentence('passkey.too-many'));
    await made(tx);
  });
}

export async function beginUsing(deps: PasskeyDeps, asking: Asking): Promise<unknown> {
  const options = await useOptions(deps.party);
  await beginCeremony(deps, { ...asking, handedOut: options.challenge, kind: USE, details: {} });
  return options;
}

/**
 * Signs in by a passkey and returns what `proved` returns, in the transaction that notes the use. With `expected` only
 * a passkey of that address counts. Throws signin/way-refused; its detail says why.
 */
export async function finishUsing<T>(
  deps: PasskeyDeps,
  asked: { readonly answer: string; readonly browserHash: string; readonly expectedIndex: string | undefined },
  proved: (tx: Tx, address: Address) => Promise<T>,
): Promise<T> {
  const answer = parseUsed(asked.answer);
  const challenge = answer && challengeOf(answer);
  if (answer === undefined || challenge === undefined) throw refused('malformed');
  const begun = await takeCeremony(deps, { handedOut: challenge, kind: USE, browserHash: asked.browserHash });
  if (begun === undefined) throw new AppError('signin/way-refused', sentence('ways.answer-late'), { detail: 'late' });
  const passkey = await loadPasskey(deps.keyring, deps.db, answer.id);
  if (passkey === undefined || !isOwnHandle(deps, passkey, answer)) throw refused('unknown passkey');
  const checked = await checkUsed(deps.party, answer, challenge, passkey);
  if (checked instanceof Failed) throw refused(checked.why);
  if (asked.expectedIndex !== undefined && passkey.addressIndex !== asked.expectedIndex) {
    throw new AppError('signin/way-refused', sentence('passkey.other-address'), { detail: 'other address' });
  }
  return inTransaction(deps.db, async (tx) => {
    const isFirst = await notePasskeyUsed(tx, passkey.rowId, checked.counter, isoNow(deps.clock));
    if (!isFirst) throw refused('counter');
    return proved(tx, passkey.address);
  });
}

// WebAuthn section 7.2, step 6: where the authenticator names a user, it is the one whose passkey this is.
function isOwnHandle(deps: PasskeyDeps, passkey: Passkey, { response }: Used): boolean {
  if (response.userHandle === undefined || response.userHandle === null) return true;
  return equalBytes(Buffer.from(response.userHandle, 'base64url'), userHandle(deps, passkey.address));
}

/** 32 bytes that name a person to authenticators and nobody else. */
function userHandle({ keyring }: PasskeyDeps, address: Address): Buffer {
  return keyring.mac('passkey user', canonicalAddress(address));
}

function notMade(detail: string): AppError {
  return new AppError('signin/way-refused', sentence('passkey.not-made'), { detail });
}

function refused(detail: string): AppError {
  return new AppError('signin/way-refused', sentence('passkey.refused'), { detail });
}

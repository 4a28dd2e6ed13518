// Owns what a browser that asked for a code is waiting for. It tells nothing of the code.

import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import type { SigninDeps } from './ask-code.ts';
import { openAddress, openReference } from './challenge-seal.ts';
import { loadChallenge, loadNewestCode } from './codes.store.ts';

export interface Waiting {
  readonly address: Address;
  /** The newest code's. */
  readonly reference: string;
}

/** Undefined when nothing is under way for this browser and purpose, or it has run out. */
export async function loadWaiting(
  deps: Pick<SigninDeps, 'db' | 'keyring' | 'clock'>,
  asked: { readonly browserHash: string; readonly purpose: string },
): Promise<Waiting | undefined> {
  const challenge = await loadChallenge(deps.db, { ...asked, now: isoNow(deps.clock) });
  if (challenge === undefined) return undefined;
  const code = await loadNewestCode(deps.db, challenge.id);
  if (code === undefined) return undefined;
  return { address: openAddress(deps.keyring, challenge), reference: openReference(deps.keyring, code) };
}

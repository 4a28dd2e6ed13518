// Owns what a browser that asked for a code is waiting for. It tells nothing of the code.

import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { secondsUntilFree } from '../db/counters.ts';
import type { SigninDeps } from './ask-code.ts';
import { openAddress, openReference } from './challenge-seal.ts';
import { openCodeMail } from './code-mail.ts';
import type { CodeMail } from './code-mail.ts';
import { loadChallenge, loadNewestCode } from './codes.store.ts';
import { asksPerAddress } from './signin-limits.ts';

type WaitingDeps = Pick<SigninDeps, 'db' | 'keyring' | 'clock'>;

/** All of it about the newest code. */
export interface Waiting {
  readonly address: Address;
  readonly reference: string;
  readonly askedAt: string;
  readonly expiresAt: string;
  /**
   * What became of its mail; undefined while it waits for its first try, and for ever when the address is nobody's
   * here. So it may be told only to those who know that the address is somebody's.
   */
  readonly mail: CodeMail | undefined;
}

/** Undefined when nothing is under way for this browser and purpose, or it has run out. */
export async function loadWaiting(
  deps: WaitingDeps,
  asked: { readonly browserHash: string; readonly purpose: string },
): Promise<Waiting | undefined> {
  const challenge = await loadChallenge(deps.db, { ...asked, now: isoNow(deps.clock) });
  if (challenge === undefined) return undefined;
  const code = await loadNewestCode(deps.db, challenge.id);
  if (code === undefined) return undefined;
  return {
    address: openAddress(deps.keyring, challenge),
    reference: openReference(deps.keyring, code),
    askedAt: code.created_at,
    expiresAt: code.expires_at,
    mail: openCodeMail(deps.keyring, code),
  };
}

/** How long it is until another code may be asked for; 0 when it may be now. */
export function secondsUntilAsk(deps: WaitingDeps, address: Address): Promise<number> {
  return secondsUntilFree(deps, asksPerAddress, addressIndex(deps.keyring, address));
}

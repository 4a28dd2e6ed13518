// Owns the second factor of those who have a role: setting an authenticator app up, and trying its number or a recovery
// code. Every try is charged, in committed statements, before anything is compared; each number and code works once.

import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { chargeAll, refund } from '../db/counters.ts';
import type { Charge, CounterDeps, Limit } from '../db/counters.ts';
import type { Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import type { Key } from '../language/catalogue.ts';
import { sentence } from '../language/words.ts';
import type { Session } from './sessions.store.ts';
import { SECRET_BYTES, findStep, parseTotp } from './totp.ts';
import { insertTotp, loadTotp, makeRecoveryCodes, useRecoveryCode, useStep } from './totps.store.ts';

/** Of one person, on whatever machine and in however many sessions; a new code by mail does not begin it anew. */
export const triesPerPerson: Limit = { name: 'second factor tries per person', most: 5, windowMs: 15 * MINUTE_MS };
const triesPerNetwork: Limit = { name: 'second factor tries per network', most: 100, windowMs: HOUR_MS };

export interface FactorTry {
  readonly session: Session;
  readonly network: string;
  readonly typed: string;
}

/** What follows from a try; each runs in the transaction that settles it. */
export interface FactorVerdicts<T> {
  proved(tx: Tx): Promise<T>;
  wrong(tx: Tx): Promise<void>;
}

/** Returns what `proved` returns. Throws signin/code-refused or request/too-many. */
export async function tryNumber<T>(deps: CounterDeps, ask: FactorTry, verdicts: FactorVerdicts<T>): Promise<T> {
  const { addressIndex } = ask.session;
  const code = parseTotp(ask.typed);
  // Not a try, so it costs nothing.
  if (code === undefined) throw refused('factor.code-short');
  const charges = chargesOf(ask);
  await chargeAll(deps, charges);
  const totp = await loadTotp(deps.keyring, deps.db, addressIndex);
  const step = totp === undefined ? undefined : await findStep(totp.secret, code, deps.clock.nowMs());
  return settle(deps, charges, verdicts, 'factor.wrong', (tx) =>
    step === undefined ? Promise.resolve(false) : useStep(tx, addressIndex, step),
  );
}

/** The same by a recovery code. */
export async function tryRecoveryCode<T>(deps: CounterDeps, ask: FactorTry, verdicts: FactorVerdicts<T>): Promise<T> {
  if (ask.typed.trim() === '') throw refused('factor.recovery-wrong');
  const charges = chargesOf(ask);
  await chargeAll(deps, charges);
  return settle(deps, charges, verdicts, 'factor.recovery-wrong', (tx) =>
    useRecoveryCode(deps.keyring, tx, ask.session.addressIndex, ask.typed),
  );
}

/**
 * The secret that this session offers to an app: always the same, so that the page can be loaded again, and nothing is
 * stored until the app has shown that it has it.
 */
export function offeredSecret({ keyring }: Pick<CounterDeps, 'keyring'>, { tokenHash }: Session): Uint8Array {
  return keyring.mac('totp offered', tokenHash).subarray(0, SECRET_BYTES);
}

/** Sets the app up. Returns the recovery codes beside what `proved` returns. Throws as `tryNumber`, and request/conflict. */
export async function enrol<T>(
  deps: CounterDeps,
  ask: FactorTry,
  verdicts: FactorVerdicts<T>,
): Promise<{ readonly codes: readonly string[]; readonly proved: T }> {
  const code = parseTotp(ask.typed);
  if (code === undefined) throw refused('factor.code-short');
  const charges = chargesOf(ask);
  await chargeAll(deps, charges);
  const secret = offeredSecret(deps, ask.session);
  const step = await findStep(secret, code, deps.clock.nowMs());
  const { address, addressIndex } = ask.session;
  let codes: readonly string[] = [];
  const proved = await settle(deps, charges, verdicts, 'factor.wrong', async (tx) => {
    if (step === undefined) return false;
    if (!(await insertTotp(deps, tx, { address, addressIndex, secret, step }))) return false;
    codes = await makeRecoveryCodes(deps.keyring, tx, addressIndex);
    return true;
  });
  return { codes, proved };
}

async function settle<T>(
  deps: CounterDeps,
  charges: readonly Charge[],
  verdicts: FactorVerdicts<T>,
  key: Key,
  use: (tx: Tx) => Promise<boolean>,
): Promise<T> {
  const done = await inTransaction(deps.db, async (tx): Promise<{ readonly proved: T } | undefined> => {
    if (!(await use(tx))) {
      await verdicts.wrong(tx);
      return undefined;
    }
    for (const [limit, who] of charges) await refund({ ...deps, db: tx }, limit, who);
    return { proved: await verdicts.proved(tx) };
  });
  if (done === undefined) throw refused(key);
  return done.proved;
}

function chargesOf({ session, network }: FactorTry): readonly Charge[] {
  return [
    [triesPerPerson, session.addressIndex],
    [triesPerNetwork, network],
  ];
}

function refused(key: Key): AppError {
  return new AppError('signin/code-refused', sentence(key));
}

// Owns what can be said of the witness without changing anything.

import type { Keyring } from '../crypto/keyring.ts';
import { createSigner } from '../crypto/signing-key.ts';
import type { Db } from '../db/engine.ts';
import { loadMark } from '../db/marks.ts';
import { OPEN_AGAIN, WITNESS_MARK, backInTime, pastWords } from './recollect.ts';
import { witnessFile } from './witness-file.ts';
import { createWitness } from './witness.ts';

export interface WitnessState {
  readonly isGood: boolean;
  /** For the operator, without a full stop. */
  readonly words: string;
}

/** @throws {WitnessFault} */
export async function lookAtWitness(db: Db, file: string, keyring: Keyring): Promise<WitnessState> {
  const memory = await createWitness(witnessFile(file), createSigner(keyring)).recall();
  if (memory?.beginning === undefined) {
    const isLost = (await loadMark(db, WITNESS_MARK)) !== undefined;
    return isLost
      ? { isGood: false, words: `${file} is missing or empty; bring it back from its copy before the next start` }
      : { isGood: true, words: 'nothing to remember yet' };
  }
  const past = await backInTime(db, memory);
  if (past !== undefined) {
    return { isGood: false, words: `the database went back in time: ${pastWords(past)}. ${OPEN_AGAIN}` };
  }
  const { begun, afterLoss } = memory.beginning;
  if (afterLoss) return { isGood: false, words: lossWords(begun) };
  return { isGood: true, words: `remembers all until ${memory.mark?.at ?? 'now'}` };
}

function lossWords(begun: string): string {
  return (
    `remembers since ${begun} only, when it was missing or empty: what was shredded before, and the database did not ` +
    'know of then, comes back with an older backup. Once you have heard this: npx sealpost witness accept'
  );
}

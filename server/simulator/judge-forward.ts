// Owns whether the rules let a message go on to people its sender did not write to: by the policy of now, on the message as it
// was taken in, with the word that goes along. It opens what it must, keeps nothing, and when in doubt says no.

import type { Address } from '../core/address.ts';
import { splitWords } from '../core/proofs.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import type { PolicyFrame } from '../policy/asks.ts';
import { tryOut } from '../policy/decide.ts';
import { hitWords } from '../policy/hit-words.ts';
import { loadKeptMail } from './kept-mail.ts';
import type { KeptMailDeps } from './kept-mail.ts';

export interface Onward {
  /** Who forwards it. */
  readonly from: Address;
  readonly to: readonly Address[];
  /** What they write to it; may be ''. */
  readonly word: string;
}

/** @returns false when the rules refuse it, would hold it, or ask for more than the message gives: less rights, more proof. */
export type JudgeForward = (row: MessagesTable, onward: Onward) => Promise<boolean>;

export interface JudgeForwardDeps extends KeptMailDeps {
  readonly frame: () => PolicyFrame;
}

export function bindJudgeForward(deps: JudgeForwardDeps): JudgeForward {
  return async (row, { from, to, word }) => {
    const frame = deps.frame();
    if (frame.policy.rules.length === 0) return true;
    const kept = await loadKeptMail(deps, row, frame.policy, word);
    if (typeof kept === 'string') return false;
    const trial = tryOut({ ...kept, from, recipients: to, fromOutside: true }, frame);
    const { decision, decidedBy } = trial;
    const given = splitWords(row.demands);
    const passes =
      decision !== undefined &&
      decision.holds.length === 0 &&
      decision.protection.rights.includes('forward') &&
      splitWords(decision.demands).every((demand) => given.includes(demand));
    if (passes) return true;
    const rule = decidedBy !== undefined && 'rule' in decidedBy ? decidedBy : decision?.holds[0];
    await inTransaction(deps.db, (tx) =>
      appendAudit(deps.vault, tx, {
        event: 'message-refused',
        messageId: row.id,
        details: {
          road: 'forward',
          actor: from,
          ...(rule === undefined ? {} : { rule: rule.rule, name: rule.name }),
          rules: hitWords(trial),
        },
      }),
    );
    return false;
  };
}

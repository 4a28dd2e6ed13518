// Owns saying what would become of a submission: it is read, looked through and judged as `accept` does it, and nothing of
// it stays.

import { Sealing } from '../messages/seal.ts';
import type { Vault } from '../messages/seal.ts';
import type { PolicyFrame } from '../policy/asks.ts';
import { tryOut } from '../policy/decide.ts';
import { explain } from '../policy/explain.ts';
import type { Explanation } from '../policy/explain.ts';
import type { Policy } from '../policy/policy.ts';
import { checkAuthor, checkRecipients } from './accept.ts';
import type { RoadChecks } from './check-roads.ts';
import { explainRoads } from './explain-roads.ts';
import { examine } from './judge.ts';
import type { JudgeDeps } from './judge.ts';
import type { Submission } from './submission.ts';

export interface SimulateDeps extends JudgeDeps, RoadChecks {
  readonly vault: Vault;
  readonly orgDomains: readonly string[];
}

/** The policy to try instead of the one in force; asked once the submission is read. */
export type Draft = () => Policy | undefined;

/** simulate, with its dependencies given. */
export type Simulate = (submission: Submission, draft?: Draft) => Promise<Explanation>;

/** Throws what `accept` throws for an author, a mail that cannot be read and fields that are unknown; a policy's refusal is an answer. */
export async function simulate(deps: SimulateDeps, submission: Submission, draft?: Draft): Promise<Explanation> {
  if (submission.from !== undefined) checkAuthor(deps, submission.from);
  const sealing = new Sealing(deps.vault);
  try {
    const content = await submission.read(sealing.sink);
    checkRecipients(content.recipients);
    checkAuthor(deps, content.tree.from.address);
    const policy = draft?.();
    const policyFrame = (): PolicyFrame => ({ ...deps.policyFrame(), ...(policy === undefined ? {} : { policy }) });
    const { frame, mail, placed } = await examine({ ...deps, policyFrame }, submission, content, sealing);
    const trial = tryOut(mail, frame);
    const explanation = explain(trial, mail);
    const { decision } = trial;
    if (decision === undefined) return explanation;
    return await explainRoads(deps, explanation, decision, { placed, tree: content.tree });
  } finally {
    await sealing.discard();
  }
}

// Owns the wiring of trying the policy: on one mail that is given, on the mails of the last days, on a message that is to go on.

import type { PolicyKeeper } from './compose-policy.ts';
import type { Roads } from './compose-roads.ts';
import type { Tools } from './compose-tools.ts';
import { givenSubmission } from './ingest/given-mail.ts';
import type { GivenMail } from './ingest/given-mail.ts';
import type { Explanation } from './policy/explain.ts';
import type { Policy } from './policy/policy.ts';
import { bindJudgeForward } from './simulator/judge-forward.ts';
import type { JudgeForward } from './simulator/judge-forward.ts';
import { bindReplays } from './simulator/replays.ts';
import type { Replays } from './simulator/replays.ts';

export interface Simulator {
  /** What would become of a mail, by the policy in force or by another one; nothing of it stays. */
  readonly tryMail: (mail: GivenMail, draft?: Policy) => Promise<Explanation>;
  readonly replays: Replays;
  /** Whether the rules let a message go on to others. */
  readonly judgeForward: JudgeForward;
}

export function composeSimulator(
  { config, store, inspector, log }: Tools,
  roads: Roads,
  policy: PolicyKeeper,
): Simulator {
  const { db, vault } = store;
  const { messageBytesMax } = config;
  return {
    judgeForward: bindJudgeForward({ db, vault, inspector, frame: roads.frame }),
    tryMail: (mail, draft) =>
      roads.simulate(givenSubmission({ readRaw: roads.readRaw, messageBytesMax }, mail), () => draft),
    replays: bindReplays({
      db,
      vault,
      inspector,
      log,
      frame: roads.frame,
      version: async () => (await policy.rulebook.newest()).version,
    }),
  };
}

// Owns saying of a mail that is only tried out what its roads would meet: for whom a certificate is known, and that it would be refused
// as a whole where a road is asked for by name and cannot be had.

import { AppError } from '../core/errors.ts';
import type { Decision } from '../policy/decide.ts';
import type { ExplainedDecision, Explanation } from '../policy/explain.ts';
import { checkRoads } from './check-roads.ts';
import type { RoadChecks, RoadsChecked } from './check-roads.ts';

/** Asks as `accept` would. */
export async function explainRoads(
  deps: RoadChecks,
  explanation: Explanation,
  decision: Decision,
  { placed, tree }: Omit<RoadsChecked, 'decision'>,
): Promise<Explanation> {
  const { decision: explained } = explanation;
  if (explained === undefined) return explanation;
  const recipients: ExplainedDecision['recipients'] = await Promise.all(
    explained.recipients.map(async (recipient, n) => {
      const address = placed[n]?.address;
      if (address === undefined || (recipient.road !== 'smime' && recipient.road !== 'best')) return recipient;
      return {
        ...recipient,
        certificate: (await deps.hasCertificate(address)) ? ('known' as const) : ('missing' as const),
      };
    }),
  );
  const whole: Explanation = { ...explanation, decision: { ...explained, recipients } };
  try {
    await checkRoads(deps, { decision, placed, tree });
    return whole;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...whole, outcome: 'refused', refusal: { code: error.code, sentence: error.message } };
  }
}

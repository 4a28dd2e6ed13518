// Owns how large a policy may become. What is larger is refused when it is saved, so that no mail has to wait for it.

import { limits } from '../core/limits.ts';

export const policyLimits = {
  documentBytesMax: 2 * 1024 * 1024,
  /** Of the document as a whole, before it is known what it holds. */
  documentDepthMax: 40,
  rulesMax: 1_000,
  actionsMax: 20,
  conditionDepthMax: 8,
  /** In one `all`, `any` or `none`. */
  conditionsMax: 200,
  /** Addresses, types or reasons named in one condition. */
  namedMax: 1_000,
  templatesMax: 200,
  groupsMax: 200,
  membersMax: 10_000,
  listsMax: 200,
  wordsMax: 10_000,
  labelsMax: 500,
  approversMax: 20,
  nameCharactersMax: 60,
  titleCharactersMax: 100,
  wordCharactersMax: 200,
  patternCharactersMax: 1_000,
  refusalCharactersMax: 300,
  expiryDaysMax: 730,
  retentionDaysMax: limits.retentionDaysMax,
  reminderDaysMax: 365,
  /** A shorter secret could be guessed from its digest. */
  secretCharactersMin: 16,
  secretCharactersMax: 200,
  /** How far back a policy is tried on what was taken in. */
  replayDaysMax: 90,
} as const;

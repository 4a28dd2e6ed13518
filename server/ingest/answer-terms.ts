// Owns what an answer takes from the message that it answers: its thread, what it refers to, and a protection that is no less. Pure; by
// whichever door an answer comes, its terms are made here.

import { splitWords } from '../core/proofs.ts';
import type { Wish } from '../policy/asks.ts';
import { parseRights } from '../policy/protection.ts';
import type { Submission } from './submission.ts';

export interface AnswerTerms {
  /** Undefined when it begins one. */
  readonly threadId: string | undefined;
  readonly references: readonly string[];
  /** The phrase that readers of what is answered know. */
  readonly phraseId: string | null;
  readonly wishes: readonly Wish[];
}

const beginning: AnswerTerms = { threadId: undefined, references: [], phraseId: null, wishes: [] };

export function answerTerms({ answered }: NonNullable<Submission['answer']>): AnswerTerms {
  if (answered === undefined) return beginning;
  const { row, meta } = answered;
  return {
    threadId: row.thread_id,
    references: [...meta.references, ...(meta.mailId === undefined ? [] : [meta.mailId])],
    phraseId: row.phrase_id,
    wishes: [
      {
        words: `answer: ${row.protection}`,
        protection: { name: row.protection, rights: parseRights(splitWords(row.rights)) },
        // What readers of what is answered must prove, readers of the answer must as well.
        demands: splitWords(row.demands),
        // Its reader goes on in the same house.
        brand: row.brand,
        isInherited: true,
        ...(row.phrase_id === null ? {} : { givesPhrase: true }),
      },
    ],
  };
}

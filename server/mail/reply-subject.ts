// Owns the subject of an answer.

import { limits } from '../core/limits.ts';

/** RFC 5322 section 3.6.5: one "Re: ", however often it went to and fro. */
export function replySubject(subject: string): string {
  return `Re: ${subject.replace(/^(?:re:\s*)+/i, '')}`.slice(0, limits.subjectCharactersMax);
}

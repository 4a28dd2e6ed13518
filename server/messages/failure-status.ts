// Owns saying what a failure means in the numbers that all mail programs know (RFC 3463). Pure: stage and codes in, as stored.

import type { FailedStatus } from '../mail/write-delivery-status.ts';
import { RETURNED } from './failure-words.ts';

export interface FailureStatus {
  readonly status: FailedStatus;
  /** "550 5.1.1": what was answered, as far as it was kept. */
  readonly answer?: string;
}

export function failureStatus(failure: string): FailureStatus {
  const [stage = '', ...codes] = failure.split(' ');
  const reply = codes.find((code) => /^[45]\d\d$/.test(code));
  const status = codes.find(isFailedStatus) ?? withoutOne(stage, reply);
  return { status, ...(reply === undefined ? {} : { answer: codes.join(' ') }) };
}

/** What to say when nobody gave a number of this kind. */
function withoutOne(stage: string, reply: string | undefined): FailedStatus {
  if (stage === 'WRITE') return '5.3.0';
  if (stage === RETURNED || reply?.startsWith('5') === true) return '5.0.0';
  // Nobody answered, or it was not taken in time.
  return stage === 'CONNECT' && reply === undefined ? '4.4.1' : '4.4.7';
}

function isFailedStatus(code: string): code is FailedStatus {
  return /^[45]\.\d{1,3}\.\d{1,3}$/.test(code);
}

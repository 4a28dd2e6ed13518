// Owns the order in which a mail's signals are read, and what they say together. Pure.

import type { PolicyFrame, Wish } from './asks.ts';
import type { Sensitivity } from './conditions/signs.ts';
import type { MailToDecide } from './mail-to-decide.ts';
import { HeaderBook } from './signals/header-book.ts';
import { readLabels } from './signals/labels.ts';
import { ownHeaderWishes } from './signals/own-headers.ts';
import { postxWishes } from './signals/postx.ts';
import { receiptWishes } from './signals/receipts.ts';
import { readSensitivity, sensitivityWishes } from './signals/sensitivity.ts';
import { seppmailWishes } from './signals/seppmail.ts';
import { sophosWishes } from './signals/sophos.ts';
import { subjectTags } from './signals/subject-tags.ts';

export interface Signs {
  /** The sender's own words first. */
  readonly wishes: readonly Wish[];
  /** Without the tags that were understood. */
  readonly subject: string;
  /** GUID of the label that counts. */
  readonly label: string | undefined;
  readonly sensitivity: Sensitivity | undefined;
}

/** Throws policy/unknown-value, policy/refused or mail/rights-protected for a signal that cannot be followed. */
export function readSigns(mail: MailToDecide, frame: PolicyFrame): Signs {
  const headers = new HeaderBook(mail.headers);
  const tagged = subjectTags(mail.subject);
  const { label, wishes: labelWishes } = readLabels(headers, frame, mail.secretHeld);
  const sensitivity = readSensitivity(headers);
  return {
    wishes: [
      ...mail.fields,
      ...ownHeaderWishes(headers, frame),
      ...tagged.wishes,
      ...labelWishes,
      ...sensitivityWishes(sensitivity, frame),
      ...postxWishes(headers, frame),
      ...seppmailWishes(headers),
      ...sophosWishes(headers, frame),
      ...receiptWishes(headers),
    ],
    subject: tagged.subject,
    label,
    sensitivity,
  };
}

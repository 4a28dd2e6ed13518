// Owns what has to be known of a mail to decide about it. Types only.

import type { Address } from '../core/address.ts';
import type { Seen } from '../detect/look.ts';
import type { HeaderLine, Wish } from './asks.ts';

export interface MailToDecide {
  readonly headers: readonly HeaderLine[];
  readonly subject: string;
  /** Wishes of a form or an API call, already read by ask.ts. */
  readonly fields: readonly Wish[];
  readonly from: Address;
  /** Each once. */
  readonly recipients: readonly Address[];
  /** True for what a reader writes in the portal, who may be one of the organisation. */
  readonly fromOutside: boolean;
  readonly parts: readonly PartToDecide[];
  /** Of text, HTML and all parts. */
  readonly sizeBytes: number;
  /** What was found in the texts of what the rules look for; needed when the policy reads content. */
  readonly seen?: Seen;
  /** For a mail that was kept: whether it came with the secret header, which is not kept itself. */
  readonly secretHeld?: boolean;
}

/** As mail/mail-tree.ts has it. */
export interface PartToDecide {
  /** 1, 2, 3 … in the order of the mail. */
  readonly n: number;
  readonly filename: string;
  readonly contentType: string;
  readonly size: number;
}

// Owns what each road in hands to `accept`: who submits, and a way to read what is submitted to whom.

import type { Address } from '../core/address.ts';
import type { Tx } from '../db/engine.ts';
import type { AuthorProof } from '../mail/dkim-proof.ts';
import type { MailTree, PartSink } from '../mail/mail-tree.ts';
import type { MessageSmime } from '../messages/message.ts';
import type { OpenMessage } from '../messages/open.ts';
import type { PolicyFrame, Wish } from '../policy/asks.ts';
import type { Offer } from './offer-certificate.ts';

export interface SubmittedRecipient {
  readonly address: Address;
  /** Where known; a mail's own headers fill in the rest. */
  readonly name?: string;
  readonly role?: 'to' | 'cc' | 'bcc';
}

export interface Content {
  readonly tree: MailTree;
  /** Digest of all that was submitted: to whom, and what. */
  readonly digest: string;
  /** Who receives it; the tree's headers only tell names. */
  readonly recipients: readonly SubmittedRecipient[];
  /** Two submissions with the same key are one. Absent: every submission is new. */
  readonly repeatKey?: string | undefined;
  /** What there was of S/MIME around it. */
  readonly smime?: MessageSmime;
  /** The certificate that it was signed with, to be offered to administrators. */
  readonly offer?: Offer;
}

export interface Submission {
  /** `compose`: written in the portal by one of the organisation; `portal`: by somebody outside. */
  readonly road: 'smtp' | 'api' | 'compose' | 'portal';
  /** Envelope sender, where it is known before the content: MAIL FROM, the query of a raw mail, the signed-in reader. */
  readonly from: Address | undefined;
  /** Called once; attachments go to the sink while they are read. */
  readonly read: (sink: PartSink) => Promise<Content>;
  /** Wishes of a form's or call's fields. */
  readonly fields: (frame: PolicyFrame) => readonly Wish[];
  /** The access phrase that readers are asked for; known once the content is read. */
  readonly phrase?: () => string | undefined;
  /** Set for what people outside write in the portal: an answer, or what begins a conversation. */
  readonly answer?: {
    /** What is answered; absent when it begins a conversation. Its terms hold for the answer (answer-terms.ts). */
    readonly answered?: OpenMessage;
    /** Set where it came by ordinary mail: what of its author is proved. */
    readonly cameByMail?: AuthorProof;
    /** Whether this address is the organisation's, so that the answer goes to its own mailbox. */
    readonly isSender: (address: Address) => boolean;
  };
  /** For the audit: which key, user or reader. */
  readonly actor: string;
  /** Written in the same transaction, once the message is. */
  readonly alongside?: (tx: Tx, id: string) => Promise<void>;
}

export interface Accepted {
  readonly id: string;
  /** True when it was here before and nothing was stored. */
  readonly repeated: boolean;
}

/** accept.ts, with its dependencies given. */
export type Accept = (submission: Submission) => Promise<Accepted>;

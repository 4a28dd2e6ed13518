// Owns what a message is once it is opened. These shapes lie sealed in the store; nothing of them stands
// in a column.

import type { Mailbox } from '../core/address.ts';
import type { HeaderLine, MailPart } from '../mail/mail-tree.ts';
import type { Transit } from '../mail/received.ts';

/** What lists and headers show. Sealed apart from the body, so that an inbox opens no bodies. */
export interface MessageMeta {
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly subject: string;
  /** The author's own date, ISO 8601 UTC; absent when the mail had none that could be read. */
  readonly sentAt?: string;
  /** Message-ID with its angle brackets. */
  readonly mailId?: string;
  readonly references: readonly string[];
  /** What an administrator called its protection; absent for a built-in one. */
  readonly protectionTitle?: string;
  /** Why the protection is what it is. */
  readonly reasons: readonly string[];
  readonly parts: readonly MailPart[];
  /** Absent for a mail that came without S/MIME. */
  readonly smime?: MessageSmime;
  /** An answer that came by ordinary mail: others may have read it on its way. */
  readonly cameByMail?: true;
  /** The domain that vouches by DKIM for its author; absent where nobody does, and it may be anybody's. */
  readonly authorProvedBy?: string;
  /** By which hops it came, as the servers on its way say; absent where they say nothing. */
  readonly transit?: Transit;
}

/** What was around a mail when it came; nothing of it is left in the message. */
export interface MessageSmime {
  /** It was encrypted to the organisation. */
  readonly wasEncrypted: boolean;
  /** What was found of its signatures, as smime/signature-state.ts says it. */
  readonly signature?: 'valid' | 'untrusted' | 'broken' | 'unchecked';
}

export interface MessageBody {
  readonly text?: string;
  readonly html?: string;
}

/** All that lies sealed with the body. */
export interface SealedBody extends MessageBody {
  readonly judged?: JudgedMail;
}

/**
 * What a mail was judged by and its message does not tell: kept so that other rules can be tried out on it later. Nothing
 * but that reads it, and it never leaves: it names programs, networks and labels.
 */
export interface JudgedMail {
  readonly headers: readonly HeaderLine[];
  /** With the tags that it came with. */
  readonly subject: string;
  /** What was wished for beside the headers, as policy/ has it. */
  readonly wishes: readonly object[];
  /** Whether it came with the secret header, which is not kept. */
  readonly secretHeld: boolean;
}

/** What is known of one recipient beyond states and times. */
export interface RecipientCard {
  readonly name: string;
  readonly address: string;
  /** The link's token. */
  readonly token: string;
  /** What the person who forwarded the message wrote along. */
  readonly note?: string;
  /** Where a rule lets the mail itself go, past the portal. */
  readonly bypass?: { readonly host: string; readonly port: number };
  /** How the mail itself may go, in this order; absent: over TLS alone. */
  readonly rungs?: readonly Rung[];
}

/** smime: encrypted to the recipient's certificate, by any way. tls: to their own servers, over TLS that something vouches for. */
export type Rung = 'smime' | 'tls';

/** What became of bringing the mail itself to a recipient. */
export type DeliveryRecord =
  | {
      readonly road: 'tls';
      /** ISO 8601 UTC */
      readonly at: string;
      /** Who said what the server has to prove. */
      readonly evidence: 'connector' | 'rule' | 'dane' | 'mta-sts';
      readonly host: string;
      readonly protocol: string;
      readonly cipher: string;
      /** "250 2.0.0" */
      readonly response: string;
    }
  | {
      readonly road: 'smime';
      readonly at: string;
      /** "250 2.0.0" */
      readonly response: string;
      readonly certificate: CertificateEvidence;
      /** "AES-256-GCM, RSA-OAEP" */
      readonly algorithms: string;
      /** By a certificate of the organisation. */
      readonly isSigned: boolean;
    }
  /** Given up, and by the portal instead. */
  | { readonly road: 'portal'; readonly at: string; readonly why: string };

/** The recipient's certificate, as it was when the mail was encrypted to it. */
export interface CertificateEvidence {
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string;
  readonly issuer: string;
  /** ISO 8601 UTC */
  readonly notAfter: string;
}

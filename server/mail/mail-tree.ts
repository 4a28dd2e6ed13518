// Owns the one picture of a received mail that policy, storage and display all work from, and where
// its attachments are poured while it is drawn. Types only.

import type { Mailbox } from '../core/address.ts';

export interface HeaderLine {
  /** Lower case. */
  readonly name: string;
  /** Unfolded and trimmed, else as it was sent: encoded words are not decoded here. */
  readonly value: string;
}

export interface MailPart {
  /** 1, 2, 3 … in the order of the mail. */
  readonly n: number;
  /** Never empty, no path, no control or direction characters. */
  readonly filename: string;
  /** `type/subtype`, lower case, without parameters. */
  readonly contentType: string;
  /** Of a text whose bytes are not plainly UTF-8, as it was declared. */
  readonly charset?: string | undefined;
  /** Without the angle brackets: what stands after `cid:` in the HTML. */
  readonly contentId: string | undefined;
  /** True when it belongs to the HTML (a picture in a signature) rather than to the list of attachments. */
  readonly inline: boolean;
  /** Decoded bytes. */
  readonly size: number;
}

export interface MailTree {
  /** All header lines of the mail itself, in order. */
  readonly headers: readonly HeaderLine[];
  readonly from: Mailbox;
  /** For display. Who receives the mail is said by the envelope, never by these. */
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  /** Decoded, one displayable line; '' when there is none. */
  readonly subject: string;
  /** ISO 8601 UTC, when the Date header can be read. */
  readonly sentAt: string | undefined;
  /** Message-ID with its angle brackets. */
  readonly mailId: string | undefined;
  readonly inReplyTo: string | undefined;
  readonly references: readonly string[];
  /** RFC 3834: written by a program, so nothing may be answered to it automatically. */
  readonly automatic: boolean;
  readonly text: string | undefined;
  readonly html: string | undefined;
  readonly parts: readonly MailPart[];
}

/**
 * Takes the attachments while the mail is read, one after the other. When reading fails, a writer that
 * was opened is not closed: whoever made the sink throws away what it holds.
 */
export interface PartSink {
  /** By its number alone: what it is called may be known only after its bytes. */
  open(part: Pick<MailPart, 'n'>): Promise<PartWriter>;
}

export interface PartWriter {
  write(chunk: Buffer): Promise<void>;
  close(): Promise<void>;
}

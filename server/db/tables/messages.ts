// Owns the rows of messages: those they are for, their parts, what readers ask and draft, and what outlives them.

export interface MessagesTable {
  id: string;
  /** The first message of the conversation; its own id when it began one. */
  thread_id: string;
  /** 'reply': written here by somebody outside, as an answer or to begin a conversation. */
  kind: 'mail' | 'reply';
  sender_index: string;
  /** Blind index of the Message-ID it came with, for threads. */
  mail_id_index: string | null;
  /** Blind index of what makes a submission a repeat of another; unique. */
  repeat_index: string | null;
  /** Digest of the content submitted under `repeat_index`: the same key with other content is a conflict. */
  repeat_digest: string | null;
  protection: string;
  /** The rights in force when it was taken in, blank-separated: later changes of a template do not reach back. */
  rights: string;
  brand: string;
  /** What its readers must prove, blank-separated in order (core/proofs.ts); '' for any way in. */
  demands: string;
  /** The access phrase of its conversation; set when `demands` holds `phrase`. */
  phrase_id: string | null;
  created_at: string;
  expires_at: string | null;
  /** The end that rules and labels set, beyond which its sender may not move it; null: none. */
  policy_end: string | null;
  size_bytes: number;
  /** Which key-encryption key wraps the data key. */
  key_id: string;
  /** The wrapped data key; null once destroyed, and with it everything sealed under it. */
  wrapped_key: Uint8Array | null;
  sealed_meta: Uint8Array;
  destroyed_at: string | null;
  /** When its reminders were ordered; null: not yet. */
  reminded_at: string | null;
  /** Days before the last one on which its readers are reminded; 0: never; null: the brand's. */
  reminder_days: number | null;
  /** Days it is kept after its last day, before it is shredded. */
  retention_days: number;
}

export interface RecipientsTable {
  id: string;
  message_id: string;
  position: number;
  address_index: string;
  /** 'to', 'cc' or 'bcc' of the mail; 'forward' for one added by another recipient, 'review' by a rule. */
  role: string;
  /** Whether the notice leads outside, the answer goes to a sender's own mailbox, or the mail itself to the recipient's. */
  road: 'notice' | 'answer' | 'direct';
  /** Hash of the link's token. */
  token_hash: string;
  /** Name, address, token, and the note of a forward, sealed under the message's data key. */
  sealed: Uint8Array;
  forwarded_by: string | null;
  created_at: string;
  notified_at: string | null;
  failed_at: string | null;
  /** Stage and codes only: "RCPT 550 5.1.1". */
  failure: string | null;
  opened_at: string | null;
  read_at: string | null;
  replied_at: string | null;
  revoked_at: string | null;
  /** Where this reader's time ends before the message's; null: with it. */
  own_expires_at: string | null;
  /** Blind index of the reference in the notice; null until one went out. */
  reference_index: string | null;
  /** The one-time mark of the form by which this reader answered last. */
  answered_form: string | null;
  /** How the mail itself went there, or why it did not, sealed under the message's data key; null: not tried, or no such road. */
  sealed_delivery: Uint8Array | null;
  /** When the link was fetched first by somebody not signed in: a scanner, mostly. No reading. */
  fetched_at: string | null;
}

export interface PartsTable {
  message_id: string;
  /** 0 is the body document, 1… the attachments. */
  n: number;
  size_bytes: number;
  /** Sealed bytes of a small part … */
  inline_bytes: Uint8Array | null;
  /** … or the blob that holds them. */
  blob_id: string | null;
}

/** A reader asks the sender of a message that has ended for more time. */
export interface RequestsTable {
  id: string;
  message_id: string;
  recipient_id: string;
  state: 'open' | 'given' | 'refused';
  created_at: string;
  answered_at: string | null;
  /** The new end, when given. */
  expires_at: string | null;
  /** The sender's word to the reader, sealed as a record. */
  sealed_word: Uint8Array | null;
}

export interface DraftsTable {
  recipient_id: string;
  /** '' for a draft; for what was set aside when a session ended, the hash of the browser's cookie. */
  browser_hash: string;
  message_id: string;
  /** The reader's. */
  address_index: string;
  /** What was typed, sealed under the message's data key. */
  sealed: Uint8Array;
  updated_at: string;
  /** The message's own last day, or the hour for which something is set aside. */
  expires_at: string | null;
}

/** What was typed as a message of one's own when the session ended. One for each browser. */
export interface KeptLettersTable {
  browser_hash: string;
  /** Whose it is. */
  address_index: string;
  /** To whom, subject and text, sealed as a record. */
  sealed: Uint8Array;
  expires_at: string;
}

export interface TombstonesTable {
  message_id: string;
  at: string;
  /** What was shredded, when and why, signed. */
  signed: string;
}

export interface RuleHitsTable {
  message_id: string;
  rule_id: string;
  effect: 'applied' | 'shadow';
  at: string;
}

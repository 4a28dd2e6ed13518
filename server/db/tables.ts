// Owns the shape of every table, for Kysely. Times are ISO 8601 UTC text, flags 0 or 1, sealed things
// bytes: what both engines hold alike. No column holds an address, a subject or a name in the clear;
// `*_index` columns are keyed blind indexes and `*_hash` columns one-way.

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
  size_bytes: number;
  /** Which key-encryption key wraps the data key. */
  key_id: string;
  /** The wrapped data key; null once destroyed, and with it everything sealed under it. */
  wrapped_key: Uint8Array | null;
  sealed_meta: Uint8Array;
  destroyed_at: string | null;
  /** When its reminders were ordered; null: not yet. */
  reminded_at: string | null;
}

export interface RecipientsTable {
  id: string;
  message_id: string;
  position: number;
  address_index: string;
  /** 'to', 'cc' or 'bcc' of the mail; 'forward' for one added by another recipient. */
  role: string;
  /** Whether the notice leads outside, or the answer goes to a sender's own mailbox. */
  road: 'notice' | 'answer';
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

export interface OutboxTable {
  id: string;
  kind: string;
  message_id: string | null;
  recipient_id: string | null;
  /** What the job needs beyond its row's ids, sealed as a record. */
  sealed: Uint8Array | null;
  state: 'ready' | 'leased' | 'done' | 'dead';
  attempts: number;
  next_at: string;
  give_up_at: string;
  lease_until: string | null;
  /** Fencing token: only the holder of the present lease may settle. */
  lease_token: string | null;
  last_error: string | null;
  created_at: string;
}

export interface ChallengesTable {
  id: string;
  /** 'sign-in', or the recipient a link belongs to. */
  purpose: string;
  address_index: string;
  sealed_address: Uint8Array;
  /** Hash of the cookie of the browser that asked. */
  browser_hash: string;
  /** One salt for all codes of the challenge, so that a guess costs one hash. */
  salt: Uint8Array;
  attempts: number;
  created_at: string;
  expires_at: string;
}

export interface CodesTable {
  id: string;
  challenge_id: string;
  code_hash: Uint8Array;
  sealed_reference: Uint8Array;
  /** What became of its mail, sealed as a record; null until the first try. */
  sealed_mail: Uint8Array | null;
  created_at: string;
  expires_at: string;
  used_at: string | null;
}

export interface SessionsTable {
  token_hash: string;
  address_index: string;
  sealed_address: Uint8Array;
  /** By which ways, blank-separated in order: "code google". */
  proved: string;
  created_at: string;
  seen_at: string;
  expires_at: string;
  ended_at: string | null;
}

export interface CeremoniesTable {
  /** Hash of the state or challenge that was handed out. */
  id: string;
  /** Which answer it waits for: 'oidc google', 'passkey make', 'passkey use'. */
  kind: string;
  browser_hash: string;
  /** What the answer is checked against, sealed as a record. */
  sealed: Uint8Array;
  expires_at: string;
}

export interface IdentitiesTable {
  /** Blind index of issuer and subject: who somebody is, whatever address they have. */
  id: string;
  provider: string;
  /** The address that this account opens. */
  address_index: string;
  created_at: string;
}

export interface PasskeysTable {
  /** Blind index of the credential's id. */
  id: string;
  address_index: string;
  /** Address, credential id, public key and name, sealed as a record. */
  sealed: Uint8Array;
  /** The authenticator's, as far as it had come; 0 where it keeps none. */
  counter: number;
  created_at: string;
  used_at: string | null;
}

export interface PhrasesTable {
  id: string;
  salt: Uint8Array;
  /** argon2id under the pepper. */
  phrase_hash: Uint8Array;
  /** Counts the changes: what proved an earlier one proves nothing. */
  version: number;
}

export interface PhraseProofsTable {
  session_hash: string;
  phrase_id: string;
  version: number;
}

export interface CountersTable {
  /** Keyed hash of what is counted and by whom. */
  key: string;
  count: number;
  window_ends_at: string;
}

export interface BrandsTable {
  id: string;
  name: string;
  colour: string;
  introduction: string;
  portal_text: string;
  footer: string;
  logo_png: Uint8Array | null;
  /** How long before its last day a message that was not read is announced once more; 0: never. */
  reminder_days: number;
  version: number;
  updated_at: string;
}

export interface ApiKeysTable {
  id: string;
  secret_hash: string;
  scopes: string;
  /** Name and bound sender addresses, sealed as a record. */
  sealed: Uint8Array;
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface AuditTable {
  seq: number;
  at: string;
  event: string;
  message_id: string | null;
  recipient_id: string | null;
  /** Blind index of the address in whose name it happened; found by it, told by `sealed`. */
  person_index: string | null;
  /** Who, from where, and the particulars, sealed as a record. */
  sealed: Uint8Array;
  /** Keyed hash over the entry and the hash before it. */
  hash: string;
}

export interface TryMailTable {
  id: string;
  at: string;
  sealed: Uint8Array;
}

export interface PeopleTable {
  address_index: string;
  /** In which they read here last. */
  language: string;
  updated_at: string;
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

export interface MarksTable {
  name: string;
  value: string;
}

export interface TombstonesTable {
  message_id: string;
  at: string;
  /** What was shredded, when and why, signed. */
  signed: string;
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

export interface Tables {
  messages: MessagesTable;
  recipients: RecipientsTable;
  parts: PartsTable;
  outbox: OutboxTable;
  challenges: ChallengesTable;
  codes: CodesTable;
  sessions: SessionsTable;
  ceremonies: CeremoniesTable;
  identities: IdentitiesTable;
  passkeys: PasskeysTable;
  phrases: PhrasesTable;
  phrase_proofs: PhraseProofsTable;
  counters: CountersTable;
  brands: BrandsTable;
  api_keys: ApiKeysTable;
  audit: AuditTable;
  try_mail: TryMailTable;
  people: PeopleTable;
  requests: RequestsTable;
  marks: MarksTable;
  tombstones: TombstonesTable;
  drafts: DraftsTable;
}

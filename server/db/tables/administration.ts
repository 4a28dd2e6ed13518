// Owns the rows of the house itself: how it looks, what happened in it, what it remembers and counts.

/** What each brand was and is: each version whole, none ever changed. Public: it stands on pages and in mails. */
export interface BrandVersionsTable {
  /** The brand's name, an underscore and the version. */
  id: string;
  brand: string;
  /** 1, 2, 3 … without a gap. */
  version: number;
  at: string;
  /** Who, why and what changed, sealed as a record; null for what was shaped before versions were kept. */
  sealed_card: Uint8Array | null;
  /** As JSON, without its pictures. */
  document: string;
  logo_png: Uint8Array | null;
  favicon_png: Uint8Array | null;
}

/** Which brands there are, and the version of each that holds. */
export interface BrandNamesTable {
  id: string;
  version: number;
  /** Of senders whose mail gets it by itself, blank-separated. */
  domains: string;
  /** How long before its last day a message that was not read is announced once more; 0: never. */
  reminder_days: number;
  /** A brand that was removed keeps its name and its versions. */
  removed_at: string | null;
}

/** What an administrator tries out before it is saved. */
export interface BrandDraftsTable {
  /** The brand's name, a blank and the blind index of the administrator's address. */
  id: string;
  brand: string;
  based_on: number;
  at: string;
  document: string;
  logo_png: Uint8Array | null;
  favicon_png: Uint8Array | null;
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

/** What was signed about the audit log, so that it can be believed without believing the database. */
export interface AuditCheckpointsTable {
  /** That the log had come to the entry, or that it was removed up to it. */
  kind: 'checkpoint' | 'cut';
  /** Of the entry. */
  seq: number;
  /** When the entry was written. */
  at: string;
  /** Compact JWS (RFC 7515) over the entry's number, time and hash. */
  signed: string;
}

/** How often something happened on a day. */
/** How often each rule met a mail on each day; names of the policy, nothing of any mail. */
export interface RuleDaysTable {
  day: string;
  rule_id: string;
  effect: 'applied' | 'idle' | 'refused' | 'shadow';
  count: number;
}

export interface DailyFiguresTable {
  day: string;
  name: string;
  label: string;
  count: number;
}

export interface PoliciesTable {
  /** 1, 2, 3 … without a gap. */
  version: number;
  at: string;
  /** Who, why and what changed, sealed as a record. */
  sealed_card: Uint8Array;
  /** The whole document, sealed as a record. */
  sealed: Uint8Array;
}

/** Something that administrators are told of: it stands, or was over of late. Each has one row, however often it comes back. */
export interface AlertsTable {
  /** Blind index of its kind and of what it is about. */
  key: string;
  kind: string;
  /** When it was found first, this time. */
  since: string;
  /** When it was found last. */
  seen_at: string;
  /** Null: it stands. */
  over_at: string | null;
  /** What it is about and the particulars, sealed as a record. */
  sealed: Uint8Array;
}

/** A policy that was tried on earlier mails. */
export interface ReplaysTable {
  id: string;
  state: 'running' | 'done' | 'failed' | 'broken-off';
  /** When whoever runs it was heard of last. */
  seen_at: string;
  /** What came of it so far, sealed as a record. */
  sealed: Uint8Array;
}

export interface ConnectorsTable {
  /** 1, 2, 3 … without a gap. */
  version: number;
  at: string;
  /** All connectors of this version, sealed as a record. */
  sealed: Uint8Array;
}

/** What a partner's mail servers proved when they were tried out last. */
export interface ConnectorTestsTable {
  /** Blind index of the domain. */
  domain_index: string;
  /** Keyed hash of the connector that it is about. */
  digest: string;
  state: 'good' | 'weakened' | 'failing' | 'unsure' | 'untested';
  /** When they are tried out again. */
  due_at: string;
  /** What was found, then and before, sealed as a record; null: nothing yet. */
  sealed: Uint8Array | null;
}

/** What our own domains say of their mail servers. */
export interface OwnStsTable {
  /** 1, 2, 3 … without a gap. */
  version: number;
  at: string;
  /** The policies of all domains of this version, sealed as a record. */
  sealed: Uint8Array;
}

/** A client certificate that was shown at ingestion. */
export interface InboundSeenTable {
  /** Blind index of the peer's name and the certificate. */
  id: string;
  /** On which it was shown last, in UTC. */
  day: string;
  /** Sealed as a record. */
  sealed: Uint8Array;
}

/** What somebody reported of TLS with our mail servers: one policy of a report. */
export interface TlsReportsTable {
  /** Blind index of who says it, the report's id, the domain and the policy. */
  id: string;
  /** Of which it tells, in UTC. */
  day: string;
  /** Sealed as a record. */
  sealed: Uint8Array;
}

/** How TLS with somebody's mail servers went on a day, and how often. */
export interface TlsResultsTable {
  /** Blind index of all that `sealed` says, and the day. */
  id: string;
  day: string;
  /** Blind index of the domain. */
  domain_index: string;
  count: number;
  /** The domain, its policy, and what came of it, sealed as a record. */
  sealed: Uint8Array;
}

/** What a domain said of its mail servers. */
export interface StsPoliciesTable {
  /** Blind index of the domain. */
  domain_index: string;
  expires_at: string;
  /** Sealed as a record. */
  sealed: Uint8Array;
}

export interface PeopleTable {
  address_index: string;
  /** In which they read here last. */
  language: string;
  updated_at: string;
}

/** Which mails a sender wishes about what they sent. */
export interface NewsWishesTable {
  address_index: string;
  first_read: number;
  subjects: number;
  /** When the next summary is due; null: none is wished. */
  digest_at: string | null;
  /** The address, sealed as a record. */
  sealed: Uint8Array;
}

/** What happened to a message and stands in no summary yet. */
export interface NewsTable {
  id: string;
  /** The sender's. */
  address_index: string;
  message_id: string;
  kind: 'read' | 'replied' | 'failed';
}

export interface CountersTable {
  /** Keyed hash of what is counted and by whom. */
  key: string;
  count: number;
  window_ends_at: string;
}

export interface MarksTable {
  name: string;
  value: string;
}

/** What an administrator had typed into a form when the session ended. One for each browser and page. */
export interface KeptFormsTable {
  /** Digest of both. */
  id: string;
  browser_hash: string;
  /** Whose it is. */
  address_index: string;
  /** The fields, sealed as a record. */
  sealed: Uint8Array;
  expires_at: string;
}

export interface RostersTable {
  /** There is one: 'staff'. */
  name: string;
  /** Counts the changes. */
  version: number;
  at: string;
  /** Who has which role, and the shared mailboxes with their delegates, sealed as a record. */
  sealed: Uint8Array;
}

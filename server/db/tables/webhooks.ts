// Owns the rows of webhooks: where events are sent, what was sent, and what came of each try.

export interface WebhooksTable {
  id: string;
  /** Counts the changes. */
  version: number;
  state: 'on' | 'off';
  /** Why the program switched it off by itself; null when somebody did. */
  off_because: 'gone' | 'failing' | null;
  /** Its address, which events it gets and its secrets, sealed as a record. */
  sealed: Uint8Array;
  /** Number of the last entry of the audit log from before it was switched on: it gets none of those. */
  after_seq: number;
  /** When the first of the tries failed that have all failed since. */
  failing_since: string | null;
  created_at: string;
}

export interface WebhookDeliveriesTable {
  /** Goes out as webhook-id, the same with every try and every replay. */
  id: string;
  webhook_id: string;
  event: string;
  /** As it goes out: ids, states and times, and nothing that is anybody's. */
  body: string;
  state: 'waiting' | 'delivered' | 'failed';
  created_at: string;
}

export interface WebhookAttemptsTable {
  id: string;
  delivery_id: string;
  at: string;
  /** "HTTP 204", "TIMEOUT": never a word of what the peer said. */
  outcome: string;
}

// Owns the rows of the work that waits, and of mail that try-out mode keeps here.

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

export interface TryMailTable {
  id: string;
  at: string;
  sealed: Uint8Array;
}

// Owns the rows by which people and programs come in: codes, sessions, other ways, access phrases, API keys.

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
  /** Of the message whose link led in; null for the front door. */
  brand: string | null;
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

export interface ApiKeysTable {
  id: string;
  secret_hash: string;
  scopes: string;
  /** Name and bound sender addresses, sealed as a record. */
  sealed: Uint8Array;
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
  /** The first moment at which it opens nothing any more. */
  expires_at: string | null;
}

export interface TotpsTable {
  address_index: string;
  /** The secret that an authenticator app has as well, sealed as a record. */
  sealed: Uint8Array;
  /** The step whose code was used last: it and those before it are used up. */
  last_step: number;
  created_at: string;
}

export interface RecoveryCodesTable {
  /** Blind index of the person and the code. */
  id: string;
  address_index: string;
}

// Owns the rows of certificates for S/MIME.

export interface CertificatesTable {
  id: string;
  /** Blind index of the fingerprint: each certificate stands once. */
  fingerprint_index: string;
  role: 'recipient' | 'own' | 'authority';
  /** offered: it came with a mail, or was imported, and nobody has said yes to it. */
  state: 'offered' | 'approved' | 'refused';
  not_after: string;
  /** What its authority says of it: none where it names nobody to ask. */
  standing: 'none' | 'unchecked' | 'good' | 'revoked';
  /** Until when its authority stands by that. */
  standing_until: string | null;
  /** When it is asked again; null: never. */
  look_at: string | null;
  /** When administrators are told next that it will end, or has; null: never. */
  tell_at: string | null;
  /** When something was encrypted or signed with it last. */
  used_at: string | null;
  created_at: string;
  /** The certificate and all that is known of it, sealed as a record. */
  sealed: Uint8Array;
  /** The private key of one of the organisation's own, sealed as a record. */
  sealed_key: Uint8Array | null;
}

export interface CertificateAddressesTable {
  certificate_id: string;
  /** Blind index of an address that it is for. */
  address_index: string;
}

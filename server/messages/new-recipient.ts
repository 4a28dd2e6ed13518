// Owns what a recipient's row begins as, whether the mail named them or a reader added them.

import type { Address } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { addressIndex } from '../crypto/address-index.ts';
import { sha256 } from '../crypto/digest.ts';
import { newId, newToken } from '../crypto/random.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import type { RecipientCard } from './message.ts';
import type { Vault } from './seal.ts';

export interface NewRecipient {
  readonly messageId: string;
  readonly address: Address;
  readonly name: string;
  readonly role: RecipientsTable['role'];
  readonly road: RecipientsTable['road'];
  readonly forwardedBy?: string;
  readonly note?: string;
  readonly bypass?: RecipientCard['bypass'] | undefined;
  readonly rungs?: RecipientCard['rungs'] | undefined;
}

/** The row, with a new link token sealed in it by `seal`; only its place among the others is missing. */
export function newRecipient(
  vault: Vault,
  recipient: NewRecipient,
  seal: (recipientId: string, card: RecipientCard) => Buffer,
): Omit<RecipientsTable, 'position'> {
  const id = newId(vault.clock);
  const token = newToken();
  const { name, address, note, bypass, rungs } = recipient;
  return {
    id,
    message_id: recipient.messageId,
    address_index: addressIndex(vault.keyring, address),
    role: recipient.role,
    road: recipient.road,
    token_hash: sha256(token).toString('base64url'),
    sealed: seal(id, {
      name,
      address,
      token,
      ...(note === undefined ? {} : { note }),
      ...(bypass === undefined ? {} : { bypass }),
      ...(rungs === undefined ? {} : { rungs }),
    }),
    forwarded_by: recipient.forwardedBy ?? null,
    created_at: isoNow(vault.clock),
    notified_at: null,
    failed_at: null,
    failure: null,
    opened_at: null,
    read_at: null,
    replied_at: null,
    revoked_at: null,
    own_expires_at: null,
    answered_form: null,
    reference_index: null,
    sealed_delivery: null,
    fetched_at: null,
  };
}

// Owns the one blind index under which a mailbox is found, however its address was spelt.

import { canonicalAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import type { Keyring } from './keyring.ts';

export function addressIndex(keyring: Keyring, address: Address): string {
  return keyring.blindIndex('address', canonicalAddress(address));
}

// Owns putting certificates into a running program's inventory, as an administrator would.

import assert from 'node:assert/strict';
import { bindInventory } from '../../server/certificates/inventory.ts';
import type { CheckedCertificate, Inventory } from '../../server/certificates/inventory.ts';
import { createPublicFetch } from '../../server/smime/fetch-public.ts';
import type { PublicFetch } from '../../server/smime/fetch-public.ts';
import type { Running } from './program.ts';

export const administrator = { actor: 'admin@example.com' };

export function inventoryOf(running: Running, fetchPublic: PublicFetch = createPublicFetch()): Inventory {
  const { db, vault } = running.store;
  return bindInventory({ db, vault, fetchPublic });
}

export async function approveFile(inventory: Inventory, text: string): Promise<CheckedCertificate> {
  const { added } = await inventory.takeIn({ bytes: Buffer.from(text) }, administrator);
  const [one] = added;
  assert.ok(one, 'nothing was taken in');
  return inventory.approve(one.row.id, administrator);
}

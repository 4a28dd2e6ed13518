// Owns the rows of what administrators try out of a brand before they save it: one for each of them and each brand, seen in
// their own previews only.

import { isoNow } from '../core/clock.ts';
import type { Db, Tx } from '../db/engine.ts';
import { documentOf } from './brand-document.ts';
import { withPictures } from './brand.store.ts';
import type { Brand, BrandDeps } from './brand.store.ts';

/** Whose draft of which brand. */
export interface DraftKey {
  readonly brand: string;
  /** Blind index of the administrator's address. */
  readonly addressIndex: string;
}

/** Its version is the one it was made from. */
export async function loadBrandDraft(db: Db | Tx, key: DraftKey): Promise<Brand | undefined> {
  const row = await db.selectFrom('brand_drafts').selectAll().where('id', '=', idOf(key)).executeTakeFirst();
  return row === undefined ? undefined : withPictures({ ...row, version: row.based_on });
}

export async function saveBrandDraft(
  { clock }: Pick<BrandDeps, 'clock'>,
  tx: Tx,
  key: DraftKey,
  brand: Brand,
): Promise<void> {
  const values = {
    based_on: brand.version,
    at: isoNow(clock),
    document: JSON.stringify(documentOf(brand)),
    logo_png: brand.logoPng ?? null,
    favicon_png: brand.faviconPng ?? null,
  };
  await tx
    .insertInto('brand_drafts')
    .values({ id: idOf(key), brand: key.brand, ...values })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
    .execute();
}

export async function removeBrandDraft(tx: Tx, key: DraftKey): Promise<void> {
  await tx.deleteFrom('brand_drafts').where('id', '=', idOf(key)).execute();
}

/** Everybody's, of a brand that is removed. */
export async function removeBrandDrafts(tx: Tx, brand: string): Promise<void> {
  await tx.deleteFrom('brand_drafts').where('brand', '=', brand).execute();
}

function idOf({ brand, addressIndex }: DraftKey): string {
  return `${brand} ${addressIndex}`;
}

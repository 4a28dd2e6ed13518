// Owns the rows of brands. A brand is public: it stands on every page and in every notice. The one named
// `default` always exists in effect: without a row it is made of the settings.

import type { Db, Tx } from '../db/engine.ts';
import { preparedFirst } from '../db/prepared.ts';
import type { BrandsTable } from '../db/tables.ts';
import { DEFAULT_COLOUR } from './colour.ts';

/** What pages need of it. */
export interface BrandLook {
  readonly id: string;
  readonly name: string;
  /** #rrggbb */
  readonly colour: string;
  readonly introduction: string;
  readonly portalText: string;
  readonly footer: string;
  readonly hasLogo: boolean;
  /** Counts up with each change; stands in the addresses of logo and style so that caches follow. */
  readonly version: number;
}

export interface Brand extends Omit<BrandLook, 'hasLogo'> {
  readonly logoPng: Buffer | undefined;
}

export const DEFAULT_BRAND_ID = 'default';
/** An unpublished edit of the default brand, seen in previews only. */
export const DRAFT_BRAND_ID = 'default-draft';

/** The brand, or what it is before anybody has shaped it. */
export async function getBrand(db: Db | Tx, id: string, orgName: string): Promise<Brand> {
  return (await loadBrand(db, id)) ?? unshaped(id, orgName);
}

export async function loadBrand(db: Db | Tx, id: string): Promise<Brand | undefined> {
  const row = await findBrand(db, { id });
  return row === undefined ? undefined : fromRow(row);
}

/** The same without its logo, for every page. */
export async function getLook(db: Db, id: string, orgName: string): Promise<BrandLook> {
  const row = await findLook(db, { id });
  if (row === undefined) return lookOf(unshaped(id, orgName));
  return {
    id: row.id,
    name: row.name,
    colour: row.colour,
    introduction: row.introduction,
    portalText: row.portal_text,
    footer: row.footer,
    hasLogo: Boolean(row.has_logo),
    version: row.version,
  };
}

export function lookOf({ logoPng, ...brand }: Brand): BrandLook {
  return { ...brand, hasLogo: logoPng !== undefined };
}

const findLook = preparedFirst((db, { id }: { id: string }) =>
  db
    .selectFrom('brands')
    .select(['id', 'name', 'colour', 'introduction', 'portal_text', 'footer', 'version'])
    .select((eb) => eb('logo_png', 'is not', null).as('has_logo'))
    .where('id', '=', id),
);

const findBrand = preparedFirst((db, { id }: { id: string }) =>
  db.selectFrom('brands').selectAll().where('id', '=', id),
);

/** Writes the brand; its version becomes one more than that of any kept under the id. */
export async function saveBrand(tx: Tx, brand: Omit<Brand, 'version'>, now: string): Promise<void> {
  const values = {
    name: brand.name,
    colour: brand.colour,
    introduction: brand.introduction,
    portal_text: brand.portalText,
    footer: brand.footer,
    logo_png: brand.logoPng ?? null,
    updated_at: now,
  };
  await tx
    .insertInto('brands')
    .values({ id: brand.id, ...values, version: 1 })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({ ...values, version: eb('brands.version', '+', 1) })),
    )
    .execute();
}

export async function removeBrand(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('brands').where('id', '=', id).execute();
}

function unshaped(id: string, orgName: string): Brand {
  return {
    id,
    name: orgName,
    colour: DEFAULT_COLOUR,
    introduction: `${orgName} sends confidential messages through this page.`,
    portalText: '',
    footer: '',
    logoPng: undefined,
    version: 0,
  };
}

function fromRow(row: BrandsTable): Brand {
  return {
    id: row.id,
    name: row.name,
    colour: row.colour,
    introduction: row.introduction,
    portalText: row.portal_text,
    footer: row.footer,
    logoPng: row.logo_png === null ? undefined : Buffer.from(row.logo_png),
    version: row.version,
  };
}

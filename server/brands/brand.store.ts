// Owns the rows of brands. A brand is public: it stands on every page and in every notice. The one named
// `default` always exists in effect: without a row it is made of the settings.

import type { Db, Tx } from '../db/engine.ts';
import { preparedFirst } from '../db/prepared.ts';
import type { BrandsTable } from '../db/tables/administration.ts';
import { DEFAULT_COLOUR } from './colour.ts';

/** What pages need of it. */
export interface BrandLook {
  readonly id: string;
  readonly name: string;
  /** #rrggbb */
  readonly colour: string;
  /** As an administrator wrote it; '' when none has: see `introductionIn`. */
  readonly introduction: string;
  readonly portalText: string;
  readonly footer: string;
  readonly hasLogo: boolean;
  /** How many days before its last one a message that was not read is announced once more; 0: never. */
  readonly reminderDays: number;
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
  return { ...commonOf(row), hasLogo: Boolean(row.has_logo) };
}

export function lookOf({ logoPng, ...brand }: Brand): BrandLook {
  return { ...brand, hasLogo: logoPng !== undefined };
}

const findLook = preparedFirst((db, { id }: { id: string }) =>
  db
    .selectFrom('brands')
    .select(['id', 'name', 'colour', 'introduction', 'portal_text', 'footer', 'reminder_days', 'version'])
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
    reminder_days: brand.reminderDays,
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

/** The brands that remind. There are as many as an administrator made. */
export async function remindingBrands(db: Db): Promise<readonly { readonly id: string; readonly days: number }[]> {
  const rows = await db.selectFrom('brands').select(['id', 'reminder_days']).where('reminder_days', '>', 0).execute();
  return rows.map(({ id, reminder_days: days }) => ({ id, days }));
}

export async function removeBrand(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('brands').where('id', '=', id).execute();
}

function unshaped(id: string, orgName: string): Brand {
  return {
    id,
    name: orgName,
    colour: DEFAULT_COLOUR,
    introduction: '',
    portalText: '',
    footer: '',
    logoPng: undefined,
    reminderDays: 0,
    version: 0,
  };
}

function fromRow(row: BrandsTable): Brand {
  return { ...commonOf(row), logoPng: row.logo_png === null ? undefined : Buffer.from(row.logo_png) };
}

/** All but the logo. */
function commonOf(row: Omit<BrandsTable, 'logo_png' | 'updated_at'>): Omit<BrandLook, 'hasLogo'> {
  return {
    id: row.id,
    name: row.name,
    colour: row.colour,
    introduction: row.introduction,
    portalText: row.portal_text,
    footer: row.footer,
    reminderDays: row.reminder_days,
    version: row.version,
  };
}

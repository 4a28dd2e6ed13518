// Owns the rows of brands: which there are, and every version of each, whole and never changed. A brand is public: it stands on
// every page and in every notice. The one named `default` always exists in effect: without a row it is made of the settings.

import { sql } from 'kysely';
import { isoNow } from '../core/clock.ts';
import type { Clock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Db, Tx } from '../db/engine.ts';
import { preparedFirst } from '../db/prepared.ts';
import type { SealedColumn } from '../db/sealed-column.ts';
import type { BrandVersionsTable } from '../db/tables/administration.ts';
import { VERSION_MAX, openCard, sealCard } from '../db/version-cards.ts';
import type { Card, VersionCard } from '../db/version-cards.ts';
import { documentOf, parseBrandDocument, readBrandDocument } from './brand-document.ts';
import type { BrandDocument } from './brand-document.ts';

export interface BrandDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** What pages need of it. */
export interface BrandLook extends BrandDocument {
  readonly id: string;
  /** 0: not shaped yet. */
  readonly version: number;
  readonly hasLogo: boolean;
  readonly hasFavicon: boolean;
}

export interface Pictures {
  readonly logoPng: Buffer | undefined;
  readonly faviconPng: Buffer | undefined;
}

export interface Brand extends BrandLook, Pictures {}

export const DEFAULT_BRAND_ID = 'default';

/** The brand; for one that was removed, or never was, the default one, or what that is before anybody has shaped it. */
export async function getBrand(db: Db | Tx, id: string, orgName: string): Promise<Brand> {
  return (
    (await loadBrand(db, id)) ?? (id === DEFAULT_BRAND_ID ? unshaped(orgName) : getBrand(db, DEFAULT_BRAND_ID, orgName))
  );
}

/** Undefined also when it was removed. */
export async function loadBrand(db: Db | Tx, id: string): Promise<Brand | undefined> {
  const row = await findBrand(db, { id });
  return row === undefined ? undefined : withPictures(row);
}

const findBrand = preparedFirst((db, { id }: { id: string }) =>
  db
    .selectFrom('brand_names')
    .innerJoin('brand_versions', (join) =>
      join
        .onRef('brand_versions.brand', '=', 'brand_names.id')
        .onRef('brand_versions.version', '=', 'brand_names.version'),
    )
    .selectAll('brand_versions')
    .where('brand_names.id', '=', id)
    .where('removed_at', 'is', null),
);

export interface BrandVersion extends VersionCard {
  readonly brand: Brand;
}

/** One version of it, also when the brand was removed since. */
export async function loadBrandVersion(
  keyring: Keyring,
  db: Db | Tx,
  id: string,
  version: number,
): Promise<BrandVersion | undefined> {
  const row = await findVersion(db, { id, version: Math.min(version, VERSION_MAX) });
  return row === undefined ? undefined : { ...cardOf(keyring, row), brand: withPictures(row) };
}

/** The same without its card, for what browsers keep. */
export async function loadBrandAt(db: Db, id: string, version: number): Promise<Brand | undefined> {
  const row = await findVersion(db, { id, version: Math.min(version, VERSION_MAX) });
  return row === undefined ? undefined : withPictures(row);
}

const findVersion = preparedFirst((db, blank: { id: string; version: number }) =>
  db.selectFrom('brand_versions').selectAll().where('brand', '=', blank.id).where('version', '=', blank.version),
);

/** The newest first, or those before a version. */
export async function listBrandVersions(
  keyring: Keyring,
  db: Db,
  id: string,
  { before = Number.MAX_SAFE_INTEGER, limit }: { readonly before?: number; readonly limit: number },
): Promise<VersionCard[]> {
  const rows = await db
    .selectFrom('brand_versions')
    .select(['brand', 'version', 'at', 'sealed_card'])
    .where('brand', '=', id)
    .where('version', '<', Math.min(before, VERSION_MAX))
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => cardOf(keyring, row));
}

export interface BrandName {
  readonly id: string;
  readonly version: number;
  readonly domains: readonly string[];
  readonly reminderDays: number;
}

/** Those there are, in the order of their names. Asked for by each process every second. */
export async function listBrandNames(db: Db | Tx): Promise<BrandName[]> {
  const rows = await db
    .selectFrom('brand_names')
    .select(['id', 'version', 'domains', 'reminder_days'])
    .where('removed_at', 'is', null)
    .orderBy('id')
    .execute();
  return rows.map(({ id, version, domains, reminder_days: reminderDays }) => ({
    id,
    version,
    domains: domains === '' ? [] : domains.split(' '),
    reminderDays,
  }));
}

/** The brands that remind. There are as many as an administrator made. */
export async function remindingBrands(db: Db): Promise<readonly { readonly id: string; readonly days: number }[]> {
  const names = await listBrandNames(db);
  return names.filter(({ reminderDays }) => reminderDays > 0).map(({ id, reminderDays: days }) => ({ id, days }));
}

/** Of a brand that was removed, its last version; 0: there never was one. */
export async function lastBrandVersion(db: Db | Tx, id: string): Promise<number> {
  const row = await db.selectFrom('brand_names').select('version').where('id', '=', id).executeTakeFirst();
  return row?.version ?? 0;
}

/**
 * Adds the version that follows `brand.version`, unless somebody has; what was removed is there again.
 * @returns its number, or undefined.
 */
export async function insertBrandVersion(
  { keyring, clock }: BrandDeps,
  tx: Tx,
  { id, version: basedOn, logoPng, faviconPng, ...given }: Omit<Brand, 'hasLogo' | 'hasFavicon'>,
  card: Card,
): Promise<number | undefined> {
  if ((await lastBrandVersion(tx, id)) !== basedOn) return undefined;
  const version = basedOn + 1;
  const document = parseBrandDocument(documentOf(given));
  const row = await tx
    .insertInto('brand_versions')
    .values({
      id: versionKey(id, version),
      brand: id,
      version,
      at: isoNow(clock),
      sealed_card: sealCard(keyring, cardName(versionKey(id, version)), card),
      document: JSON.stringify(document),
      logo_png: logoPng ?? null,
      favicon_png: faviconPng ?? null,
    })
    // Two who start from the same version ask for the same number: one of them gets it.
    .onConflict((conflict) => conflict.doNothing())
    .returning('version')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const head = { version, domains: document.domains.join(' '), reminder_days: document.reminderDays, removed_at: null };
  await tx
    .insertInto('brand_names')
    .values({ id, ...head })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(head))
    .execute();
  return version;
}

/** Its name stays taken and its versions stay, so that it can be brought back. @returns whether it was there in this version. */
export async function removeBrand({ clock }: BrandDeps, tx: Tx, id: string, version: number): Promise<boolean> {
  const removed = await tx
    .updateTable('brand_names')
    .set({ removed_at: isoNow(clock) })
    .where('id', '=', id)
    .where('version', '=', version)
    .where('removed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return removed !== undefined;
}

/** Messages under it that are not shredded; of the default brand they are not counted. */
export async function countBranded(db: Db | Tx, id: string): Promise<number> {
  const { count } = await db
    .selectFrom('messages')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    // In these words both engines know that the index of what is branded will do.
    .where(sql<boolean>`brand <> 'default' and destroyed_at is null`)
    .where('brand', '=', id)
    .executeTakeFirstOrThrow();
  return count;
}

export const brandCards: SealedColumn = {
  table: 'brand_versions',
  key: 'id',
  before: '',
  column: 'sealed_card',
  name: (key) => cardName(String(key)),
};

/** With its pictures, from a row that has them. */
export function withPictures({
  brand,
  version,
  document,
  logo_png: logo,
  favicon_png: favicon,
}: Pick<BrandVersionsTable, 'brand' | 'version' | 'document' | 'logo_png' | 'favicon_png'>): Brand {
  return {
    ...lookOf({ brand, version, document }, logo !== null, favicon !== null),
    logoPng: logo === null ? undefined : Buffer.from(logo),
    faviconPng: favicon === null ? undefined : Buffer.from(favicon),
  };
}

/** Without its pictures. */
export function lookOf(
  { brand: id, version, document }: Pick<BrandVersionsTable, 'brand' | 'version' | 'document'>,
  hasLogo: boolean,
  hasFavicon: boolean,
): BrandLook {
  return { ...readBrandDocument(document), id, version, hasLogo, hasFavicon };
}

const plainDocument = parseBrandDocument({ name: '–' });

/** The default brand before anybody has shaped it. */
export function unshaped(orgName: string): Brand {
  return {
    ...plainDocument,
    // As the setting has it, whatever a form would say to it.
    name: orgName,
    id: DEFAULT_BRAND_ID,
    version: 0,
    hasLogo: false,
    hasFavicon: false,
    logoPng: undefined,
    faviconPng: undefined,
  };
}

function cardOf(
  keyring: Keyring,
  row: Pick<BrandVersionsTable, 'brand' | 'version' | 'at' | 'sealed_card'>,
): VersionCard {
  const key = versionKey(row.brand, row.version);
  const card = row.sealed_card === null ? undefined : openCard(keyring, cardName(key), row.sealed_card);
  return { version: row.version, at: row.at, actor: '', note: '', changed: [], ...card };
}

function versionKey(id: string, version: number): string {
  return `${id}_${version}`;
}

function cardName(key: string): string {
  return `brand-card ${key}`;
}

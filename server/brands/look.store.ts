// Owns what pages ask of a brand: how it looks. Which version there is, is asked each time; a version itself never changes, so it
// is read once.

import type { Db } from '../db/engine.ts';
import { preparedFirst } from '../db/prepared.ts';
import { DEFAULT_BRAND_ID, lookOf, unshaped } from './brand.store.ts';
import type { BrandLook } from './brand.store.ts';

/** The same as `getBrand` without its pictures. */
export async function getLook(db: Db, id: string, orgName: string): Promise<BrandLook> {
  const version = (await findVersionNow(db, { id }))?.version;
  const look = version === undefined ? undefined : await lookAt(db, id, version);
  return look ?? (id === DEFAULT_BRAND_ID ? unshaped(orgName) : getLook(db, DEFAULT_BRAND_ID, orgName));
}

const findVersionNow = preparedFirst((db, { id }: { id: string }) =>
  db.selectFrom('brand_names').select('version').where('id', '=', id).where('removed_at', 'is', null),
);

const LOOKS_MAX = 100;

const looks = new WeakMap<Db, Map<string, BrandLook>>();

async function lookAt(db: Db, id: string, version: number): Promise<BrandLook | undefined> {
  const known = looks.get(db) ?? new Map<string, BrandLook>();
  looks.set(db, known);
  const key = `${id} ${version}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const row = await findLook(db, { id, version });
  if (row === undefined) return undefined;
  const look = lookOf(row, Boolean(row.has_logo), Boolean(row.has_favicon));
  if (known.size >= LOOKS_MAX) known.clear();
  known.set(key, look);
  return look;
}

const findLook = preparedFirst((db, blank: { id: string; version: number }) =>
  db
    .selectFrom('brand_versions')
    .select(['brand', 'version', 'document'])
    .select((eb) => eb('logo_png', 'is not', null).as('has_logo'))
    .select((eb) => eb('favicon_png', 'is not', null).as('has_favicon'))
    .where('brand', '=', blank.id)
    .where('version', '=', blank.version),
);

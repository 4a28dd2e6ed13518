// Owns brands as administrators change them: read, saved as a new version, brought back, removed. One road for the pages and
// the API. Which brands a process knows is known.ts's.

import { AppError } from '../core/errors.ts';
import { displayLine } from '../core/address.ts';
import { fault } from '../core/document-faults.ts';
import type { DiffLine } from '../core/line-diff.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { BrandFaults, documentOf, isBrandId, parseBrandDocument } from '../brands/brand-document.ts';
import type { BrandDocument } from '../brands/brand-document.ts';
import { removeBrandDrafts } from '../brands/brand-drafts.store.ts';
import {
  DEFAULT_BRAND_ID,
  countBranded,
  getBrand,
  insertBrandVersion,
  lastBrandVersion,
  listBrandNames,
  listBrandVersions,
  loadBrand,
  loadBrandVersion,
  removeBrand,
} from '../brands/brand.store.ts';
import type { Brand, BrandDeps, BrandVersion, Pictures } from '../brands/brand.store.ts';
import { holdLock, inTransaction } from '../db/engine.ts';
import type { Db, Tx } from '../db/engine.ts';
import { isVersion } from '../db/version-cards.ts';
import type { VersionCard } from '../db/version-cards.ts';
import { brandChanges, brandDifference, brandText, usesOf } from './changes.ts';

export interface BrandbookDeps {
  readonly db: Db;
  readonly vault: BrandDeps;
  readonly orgName: string;
  readonly orgDomains: readonly string[];
  /** The newest document of the policy, as it was stored. */
  readonly policy: () => Promise<unknown>;
  /** Called when brands have changed, so that this process knows them at once. */
  readonly saved: () => Promise<void>;
}

export interface By {
  readonly actor: string;
  readonly network?: string;
  readonly note?: string;
}

export interface BrandChange extends Pictures {
  readonly id: string;
  /** The version that it was made from; 0: a brand that is new. */
  readonly basedOn: number;
  /** The document, not read yet. */
  readonly value: unknown;
}

/** What would become of all that has a brand if it were removed. */
export interface BrandUse {
  /** "rules.legal", "templates.north": while there is one it cannot be removed. */
  readonly policy: readonly string[];
  /** Messages that would look as the default brand does. */
  readonly messages: number;
}

export interface Brandbook {
  /** All there are, the default one first. */
  list(): Promise<Brand[]>;
  /** Throws request/not-found. */
  get(id: string): Promise<Brand>;
  /** Throws request/not-found. */
  version(id: string, version: number): Promise<BrandVersion>;
  versions(id: string, page: { readonly before?: number; readonly limit: number }): Promise<VersionCard[]>;
  /** Throws BrandFaults as `save` does; nothing is saved. */
  check(id: string, value: unknown): Promise<BrandDocument>;
  /** All or none. Throws BrandFaults, and request/outdated when one of them is not the newest version any more. */
  save(changes: readonly BrandChange[], by: By, removed?: readonly string[]): Promise<readonly Brand[]>;
  /** Saves an earlier version anew. Throws as `save` does. */
  goBack(id: string, version: number, basedOn: number, by: By): Promise<Brand>;
  /** How it would be numbered as a new brand: 0, or after the last version of one that was removed. */
  nextBasis(id: string): Promise<number>;
  use(id: string): Promise<BrandUse>;
  countMessages(id: string): Promise<number>;
  /** What an administrator would see change, from the one to the other. */
  difference(from: Brand | undefined, to: Brand): DiffLine[];
  /** As an administrator reads it, with its pictures told by their digests. */
  text(brand: Brand): string;
  /** Throws request/conflict while the policy names it, request/outdated, request/not-found. */
  remove(id: string, basedOn: number, by: By): Promise<BrandUse>;
}

const NOTE_CHARACTERS_MAX = 500;
const BRANDS_MAX = 200;

export function bindBrandbook(deps: BrandbookDeps): Brandbook {
  const { db, vault, orgName, orgDomains } = deps;

  async function find(from: Db | Tx, id: string): Promise<Brand | undefined> {
    return id === DEFAULT_BRAND_ID ? getBrand(from, id, orgName) : isBrandId(id) ? loadBrand(from, id) : undefined;
  }

  async function get(id: string): Promise<Brand> {
    const brand = await find(db, id);
    if (brand === undefined) throw noSuchBrand();
    return brand;
  }

  async function check(id: string, value: unknown, from: Db | Tx = db): Promise<BrandDocument> {
    const document = parseBrandDocument(value);
    const others = (await listBrandNames(from)).filter((other) => other.id !== id);
    if (others.length >= BRANDS_MAX) throw new BrandFaults([fault([], `would be one of more than ${BRANDS_MAX}`)]);
    const faults = document.domains.flatMap((domain, n) => {
      if (!orgDomains.includes(domain)) return fault(['domains', n], 'is not a domain of this organisation');
      const owner = others.find(({ domains }) => domains.includes(domain));
      return owner === undefined ? [] : fault(['domains', n], `has the brand ${owner.id} already`);
    });
    if (faults.length > 0) throw new BrandFaults(faults);
    return document;
  }

  async function saveOne(tx: Tx, change: BrandChange, { actor, network, note = '' }: By): Promise<Brand> {
    const { id, basedOn, value, logoPng, faviconPng } = change;
    if (!isBrandId(id)) throw new BrandFaults([fault(['id'], 'is not made of lower-case words joined by hyphens')]);
    const document = await check(id, value, tx);
    const before = await find(tx, id);
    const pictures = { logoPng, faviconPng };
    if ((before?.version ?? (await lastBrandVersion(tx, id))) !== basedOn) throw outdated(id);
    const changed = brandChanges(before, { ...document, ...pictures });
    if (before !== undefined && before.version > 0 && changed.length === 0) return before;
    const card = { actor, note: displayLine(note, NOTE_CHARACTERS_MAX), changed };
    const to = await insertBrandVersion(vault, tx, { ...document, ...pictures, id, version: basedOn }, card);
    if (to === undefined) throw outdated(id);
    await appendAudit(vault, tx, {
      event: 'brand-changed',
      details: { actor, ...(network === undefined ? {} : { network }), brand: id, from: basedOn, to, changed },
    });
    const saved = await find(tx, id);
    if (saved === undefined) throw new Error('a brand that was just saved is not there');
    return saved;
  }

  async function use(from: Db | Tx, id: string): Promise<BrandUse> {
    return { policy: usesOf(await deps.policy(), id), messages: await countBranded(from, id) };
  }

  async function removeOne(tx: Tx, id: string, basedOn: number | undefined, by: By): Promise<BrandUse> {
    if (id === DEFAULT_BRAND_ID) throw new AppError('request/conflict', 'The default brand cannot be removed.');
    const brand = await find(tx, id);
    if (brand === undefined) throw noSuchBrand();
    const used = await use(tx, id);
    if (used.policy.length > 0) {
      const where = used.policy.slice(0, NAMED_MAX).join(', ');
      throw new AppError('request/conflict', `The policy names the brand ${id}, at ${where}. Change that first.`);
    }
    if (!(await removeBrand(vault, tx, id, basedOn ?? brand.version))) throw outdated(id);
    await removeBrandDrafts(tx, id);
    const { actor, network } = by;
    await appendAudit(vault, tx, {
      event: 'brand-removed',
      details: { actor, ...(network === undefined ? {} : { network }), brand: id, messages: used.messages },
    });
    return used;
  }

  async function save(
    changes: readonly BrandChange[],
    by: By,
    removed: readonly string[] = [],
  ): Promise<readonly Brand[]> {
    const saved = await inTransaction(db, async (tx) => {
      await holdLock(tx, LOCK);
      for (const id of removed) await removeOne(tx, id, undefined, by);
      const brands: Brand[] = [];
      for (const change of changes) brands.push(await saveOne(tx, change, by));
      return brands;
    });
    await deps.saved();
    return saved;
  }

  return {
    get,
    check,
    save,
    list: async () => {
      const ids = (await listBrandNames(db)).map(({ id }) => id).filter((id) => id !== DEFAULT_BRAND_ID);
      return Promise.all([DEFAULT_BRAND_ID, ...ids].map((id) => getBrand(db, id, orgName)));
    },
    version: (id, version) => getVersion(id, version),
    versions: (id, page) => listBrandVersions(vault.keyring, db, id, page),
    goBack: async (id, version, basedOn, { note = '', ...by }) => {
      const { brand } = await getVersion(id, version);
      const words = `Back to version ${version}`;
      const [saved] = await save([{ ...brand, basedOn, value: documentOf(brand) }], {
        ...by,
        note: note === '' ? words : `${words}: ${note}`,
      });
      if (saved === undefined) throw new Error('one was saved, and none came back');
      return saved;
    },
    nextBasis: (id) => lastBrandVersion(db, id),
    use: (id) => use(db, id),
    countMessages: (id) => countBranded(db, id),
    difference: brandDifference,
    text: brandText,
    remove: async (id, basedOn, by) => {
      const used = await inTransaction(db, async (tx) => {
        await holdLock(tx, LOCK);
        return removeOne(tx, id, basedOn, by);
      });
      await deps.saved();
      return used;
    },
  };

  async function getVersion(id: string, version: number): Promise<BrandVersion> {
    const found = isVersion(version) ? await loadBrandVersion(vault.keyring, db, id, version) : undefined;
    if (found !== undefined) return found;
    throw new AppError('request/not-found', 'There is no such version of the brand.');
  }
}

const NAMED_MAX = 10;
// One after the other: no domain may come to have two brands.
const LOCK = 'brands';

function noSuchBrand(): AppError {
  return new AppError('request/not-found', 'There is no such brand.');
}

function outdated(id: string): AppError {
  return new AppError(
    'request/outdated',
    `Somebody saved another version of the brand ${id} meanwhile. Look at it, and make your change on top of it.`,
  );
}

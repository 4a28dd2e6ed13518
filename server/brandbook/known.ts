// Owns which brands this process knows: read again every second, and after each change of its own.

import { DEFAULT_BRAND_ID, listBrandNames } from '../brands/brand.store.ts';
import type { Db } from '../db/engine.ts';
import type { PolicyFrame } from '../policy/asks.ts';

/** As the policy asks for them. */
export type KnownBrands = Pick<PolicyFrame, 'brands' | 'brandByDomain'>;

export class BrandFollower {
  readonly #db: Db;
  #known: KnownBrands = { brands: [DEFAULT_BRAND_ID], brandByDomain: new Map() };

  constructor(db: Db) {
    this.#db = db;
  }

  known(): KnownBrands {
    return this.#known;
  }

  /** What was saved before the call is known after it. */
  async look(): Promise<void> {
    const names = await listBrandNames(this.#db);
    this.#known = {
      // It exists before anybody has shaped it.
      brands: [...new Set([DEFAULT_BRAND_ID, ...names.map(({ id }) => id)])],
      brandByDomain: new Map(names.flatMap(({ id, domains }) => domains.map((domain) => [domain, id] as const))),
    };
  }
}

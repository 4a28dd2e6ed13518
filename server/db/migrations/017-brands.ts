// Owns one step of the tables' history: any number of brands, each with its versions and with drafts of those who shape it.
// Released: never edited.

import { sql } from 'kysely';
import type { Migration } from 'kysely';
import { addColumn, create, partialIndex } from '../migration-steps.ts';

export const brands: Migration = {
  up: async (db) => {
    await create(db, 'brand_versions', [
      'id text primary key',
      'brand text not null',
      'version integer not null',
      'at text not null',
      // Null for what was shaped before versions were kept: nobody wrote down by whom.
      'sealed_card BYTES',
      'document text not null',
      'logo_png BYTES',
      'favicon_png BYTES',
      'unique (brand, version)',
    ]);
    await create(db, 'brand_names', [
      'id text primary key',
      'version integer not null',
      'domains text not null',
      'reminder_days integer not null',
      'removed_at text',
    ]);
    await create(db, 'brand_drafts', [
      'id text primary key',
      'brand text not null',
      'based_on integer not null',
      'at text not null',
      'document text not null',
      'logo_png BYTES',
      'favicon_png BYTES',
    ]);
    await addColumn(db, 'sessions', 'brand text');
    await partialIndex(db, 'messages', ['brand'], `brand <> 'default' and destroyed_at is null`);
    await carryOver();
    await sql.raw('drop table if exists brands').execute(db);

    // The one brand there was, unless this was interrupted after it had been carried over.
    async function carryOver(): Promise<void> {
      const tables = await db.introspection.getTables();
      if (!tables.some(({ name }) => name === 'brands')) return;
      const { rows } = await sql<Old>`select * from brands where id = 'default'`.execute(db);
      for (const old of rows) {
        const document = JSON.stringify(documentOf(old));
        await sql`insert into brand_versions (id, brand, version, at, sealed_card, document, logo_png, favicon_png)
          values (${`default_${old.version}`}, 'default', ${old.version}, ${old.updated_at}, null, ${document}, ${old.logo_png}, null)
          on conflict do nothing`.execute(db);
        await sql`insert into brand_names (id, version, domains, reminder_days, removed_at)
          values ('default', ${old.version}, '', ${old.reminder_days}, null) on conflict do nothing`.execute(db);
      }
    }
  },
};

interface Old {
  readonly name: string;
  readonly colour: string;
  readonly introduction: string;
  readonly portal_text: string;
  readonly footer: string;
  readonly logo_png: Uint8Array | null;
  readonly reminder_days: number;
  readonly version: number;
  readonly updated_at: string;
}

// What stood in the notice stood on the page behind its link as well.
function documentOf({ name, colour, introduction, portal_text: portalText, footer, reminder_days }: Old): object {
  const texts = {
    ...(introduction === '' ? {} : { introduction, portalIntroduction: introduction }),
    ...(portalText === '' ? {} : { portalText }),
  };
  return {
    name,
    senderName: '',
    colour,
    textColour: null,
    domains: [],
    texts: Object.keys(texts).length === 0 ? {} : { any: texts },
    footer,
    privacyUrl: '',
    imprintUrl: '',
    reminderDays: reminder_days,
  };
}

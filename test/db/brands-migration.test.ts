// What a database of before there were several brands had of its one brand is there afterwards, as its newest version.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Migrator, sql } from 'kysely';
import { systemClock } from '../../server/core/clock.ts';
import { createKeyring } from '../../server/crypto/keyring.ts';
import { getBrand, listBrandNames, loadBrandVersion } from '../../server/brands/brand.store.ts';
import { openDatabase } from '../../server/db/engine.ts';
import type { Db } from '../../server/db/engine.ts';
import { migrate } from '../../server/db/migrate.ts';
import { migrations } from '../../server/db/migrations.ts';
import { describeEngines } from '../support/engines.ts';

describeEngines('the one brand there was', (engine) => {
  const folder = mkdtempSync(join(tmpdir(), 'brands-'));
  let db: Db;

  before(async () => {
    const { DATABASE_URL: url } = await engine.newDatabase();
    db = openDatabase(url === undefined ? { kind: 'sqlite', file: join(folder, 'db') } : { kind: 'postgres', url });
    const earlier = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '017'));
    const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(earlier) } });
    assert.equal((await migrator.migrateToLatest()).error, undefined);
    for (const id of ['default', 'default-draft']) {
      await sql`insert into brands (id, name, colour, introduction, portal_text, footer, logo_png, version, updated_at, reminder_days)
        values (${id}, 'Harbour & Sons', '#0b5d4e', 'We write.', 'Call us.', 'Quay 1', ${Buffer.from('a picture')}, 7,
        '2026-11-01T10:00:00.000Z', 3)`.execute(db);
    }
    await migrate(db);
  });
  after(async () => {
    await db.destroy();
    rmSync(folder, { recursive: true });
  });

  test('keeps its look, its texts and its place among the versions', async () => {
    const { logoPng, ...brand } = await getBrand(db, 'default', 'Example Ltd');
    assert.equal(logoPng?.toString(), 'a picture');
    assert.deepEqual(
      [brand.name, brand.colour, brand.footer, brand.version],
      ['Harbour & Sons', '#0b5d4e', 'Quay 1', 7],
    );
    assert.deepEqual(brand.texts, {
      any: { introduction: 'We write.', portalIntroduction: 'We write.', portalText: 'Call us.' },
    });
    assert.deepEqual(await listBrandNames(db), [{ id: 'default', version: 7, domains: [], reminderDays: 3 }]);
  });

  test('has a version of which nobody is named as its maker', async () => {
    const found = await loadBrandVersion(createKeyring(systemClock), db, 'default', 7);
    assert.deepEqual([found?.actor, found?.at, found?.changed], ['', '2026-11-01T10:00:00.000Z', []]);
  });

  test('leaves no table of its own behind', async () => {
    const tables = (await db.introspection.getTables()).map(({ name }) => name);
    assert.ok(tables.includes('brand_versions') && !tables.includes('brands'));
  });
});

// Owns the command behind `npm run settings`: it writes the settings' table into README.md and makes
// .env.example anew. A test compares both with the definition, so forgetting to run it does no harm.

import { readFile, writeFile } from 'node:fs/promises';
import { envExample, withSettingsTable } from '../config-table.ts';

const root = new URL('../../', import.meta.url);

const readme = new URL('README.md', root);
await writeFile(readme, withSettingsTable(await readFile(readme, 'utf8')));
await writeFile(new URL('.env.example', root), envExample());

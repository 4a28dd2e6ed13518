// Owns the command behind `npm run interoperability`: it measures what passes between us and other programs and writes the table into
// docs/interoperability.md. A test compares the page with what was measured, so forgetting to run it does no harm.

import { readFile, writeFile } from 'node:fs/promises';
import { measure, withTable } from './measured.ts';

const page = new URL('../../docs/interoperability.md', import.meta.url);
const rows = await measure();
if (rows === undefined) throw new Error('gpgsm is missing');
await writeFile(page, withTable(await readFile(page, 'utf8'), rows));

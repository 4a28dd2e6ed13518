// Owns the command behind `npm run detectors`: it measures all detectors and writes their table into docs/detectors.md. A
// test compares the page with what was measured, so forgetting to run it does no harm.

import { readFile, writeFile } from 'node:fs/promises';
import { withDetectorTable } from './measured.ts';

const page = new URL('../../docs/detectors.md', import.meta.url);
await writeFile(page, withDetectorTable(await readFile(page, 'utf8')));

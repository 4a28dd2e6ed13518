// Owns writing our vector files again: node test/vectors/make-vectors.ts. A file changes only with the version of
// the format, so a difference afterwards is either a new case or a broken promise.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKeyringFile } from './keyring-cases.ts';
import { makeSealedBytesFile } from './sealed-bytes-cases.ts';

const made = { 'sealed-bytes.json': makeSealedBytesFile(), 'keyring.json': makeKeyringFile() };

for (const [name, file] of Object.entries(made)) {
  writeFileSync(join(import.meta.dirname, name), `${JSON.stringify(file, undefined, 2)}\n`);
}

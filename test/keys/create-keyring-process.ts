// A process of its own for the race in keyring-file.test.ts: waits for a line, makes or loads the keyring of the
// given path, and says which key it uses.

import { once } from 'node:events';
import { systemClock } from '../../server/core/clock.ts';
import { openKeyring } from '../../server/keyring-source.ts';
import { fileSource } from '../../server/keys/file-source.ts';

const [path = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const keyring = await openKeyring(fileSource(path), systemClock, () => Promise.resolve(false));
process.stdout.write(`${keyring.currentKeyId}\n`);
process.stdin.destroy();

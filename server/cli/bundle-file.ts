// Owns which file holds the server put together for a fast start. Its name says of which sources and packages it is made,
// so one of others is never started. It is kept beside the packages, as trusted as they are.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Whether there is such a file is another question. */
export function bundleFile(root = ROOT): string {
  const [server, packages] = [join(root, 'server'), join(root, 'node_modules')];
  const sources = readdirSync(server, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  // Beside the sources, what npm installed, as npm itself wrote it down.
  const paths = [...sources.map((path) => join(server, path)), join(packages, '.package-lock.json')];
  const stats = paths.flatMap((path) => statSync(path, { throwIfNoEntry: false }) ?? []);
  const bytes = stats.reduce((sum, { size }) => sum + size, 0);
  const newestMs = Math.max(...stats.map(({ mtimeMs }) => Math.floor(mtimeMs)));
  return join(packages, '.cache/sealpost-server', `${stats.length}-${bytes}-${newestMs}.mjs`);
}

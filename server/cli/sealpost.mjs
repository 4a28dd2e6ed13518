#!/usr/bin/env node
// Owns the first look at the runtime: plain JavaScript, so that even an old Node can say that it is too old.

import { join } from 'node:path';

const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(`Sealpost needs Node 24 or later; this is Node ${process.versions.node}.`);
  process.exit(1);
}
const { enableCompileCache, flushCompileCache } = await import('node:module');
// What Node makes of the sources is kept beside the packages, as trusted as they are: the next start takes half the
// time. Where nothing can be written it is made anew each time.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/sealpost'));
const { run } = await import('./cli.ts');
await run(process.argv);
flushCompileCache();

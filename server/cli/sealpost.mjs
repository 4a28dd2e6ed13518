#!/usr/bin/env node
// Owns the first look at the runtime: plain JavaScript, so that even an old Node can say that it is too old.

import { existsSync } from 'node:fs';
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
// A module that imports node:http has all its exports read, and these three load Node's own fetch: 14 MB and the time
// to read them, for what nobody here uses. The global fetch stays, and loads it when it is first called.
const http = process.getBuiltinModule('node:http');
for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent']) delete http[name];
// `sealpost audit export | head` ends the pipe early, and that is no fault.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
const [, , command, ...rest] = process.argv;
// The server runs for months: it goes without what all the other commands need.
if (command === 'start' && rest.length === 0) {
  const bundle = (await import('./bundle-file.ts')).bundleFile();
  await (await import(existsSync(bundle) ? bundle : '../main.ts')).start();
} else await (await import('./cli.ts')).run(process.argv);
flushCompileCache();

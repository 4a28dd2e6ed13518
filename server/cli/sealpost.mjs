#!/usr/bin/env node
// Owns the first look at the runtime: plain JavaScript, so that even an old Node can say that it is too old.

const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(`Sealpost needs Node 24 or later; this is Node ${process.versions.node}.`);
  process.exit(1);
}
const { run } = await import('./cli.ts');
await run(process.argv);

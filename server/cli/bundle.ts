// Owns putting the server together into one file: reading a thousand modules one by one is most of what a start costs.
// The file does what the sources do, and nothing depends on it: without it, the server starts from its sources.

import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { bundleFile } from './bundle-file.ts';

/** Binaries, and packages that look for files of their own where they lie. */
const LEFT_OUTSIDE = ['better-sqlite3', 'argon2', '@napi-rs/canvas', 'sharp', 'pdfjs-dist', 'pino', 'pino-pretty'];
/** Parts of `pg` that are asked for and need not be there. */
const PERHAPS = ['pg-native', 'pg-cloudflare'];

// Packages of the older kind ask for others by `require`.
const BANNER = `import { createRequire as bundleRequire } from 'node:module';
import { fileURLToPath as bundlePath } from 'node:url';
const require = bundleRequire(import.meta.url);
const bundleAt = (path) => new URL(path, import.meta.url).href;`;

/** A source asks where it lies to find workers and views: there, also from within the one file. */
function placed(bundleFolder: string): Plugin {
  const at = (path: string): string => `bundleAt(${JSON.stringify(relative(bundleFolder, path))})`;
  return {
    name: 'placed',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]server[\\/].*\.ts$/ }, ({ path }) => ({
        loader: 'ts',
        contents: readFileSync(path, 'utf8')
          .replaceAll('import.meta.url', at(path))
          .replaceAll('import.meta.dirname', `bundlePath(${at(dirname(path))})`),
      }));
    },
  };
}

/** @returns where the file is. */
export async function makeBundle(): Promise<string> {
  const file = bundleFile();
  const folder = dirname(file);
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../main.ts')],
    outfile: file,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: [...LEFT_OUTSIDE, ...PERHAPS],
    banner: { js: BANNER },
    plugins: [placed(folder)],
    logLevel: 'error',
  });
  mkdirSync(folder, { recursive: true });
  // A start meanwhile finds a whole file or none.
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, outputFiles[0]?.contents ?? '');
  renameSync(unfinished, file);
  for (const other of readdirSync(folder)) if (other !== basename(file)) rmSync(join(folder, other));
  return file;
}

if (import.meta.main) {
  try {
    await makeBundle();
  } catch (error) {
    // No reason to refuse an installation: starts only take longer.
    console.warn(`The server will start from its sources: ${error instanceof Error ? error.message : 'no bundle'}`);
  }
}

// Owns putting the server together into one file, and a few beside it for what is only read when it is first used: reading a
// thousand modules one by one is most of what a start costs, and what has been read is kept in memory.
// The file does what the sources do, and nothing depends on it: without it, the server starts from its sources.

import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { bundleFile } from './bundle-file.ts';

/** Binaries, and packages that look for files of their own where they lie; of `iconv-lite` the tables, when one is asked for. */
const LEFT_OUTSIDE = [
  'better-sqlite3',
  'argon2',
  '@napi-rs/canvas',
  'sharp',
  'pdfjs-dist',
  'pino',
  'pino-pretty',
  'iconv-lite',
];
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

/** The languages in which zod would say what is wrong: nobody reads that, and they are half of it. */
const withoutLocales: Plugin = {
  name: 'without-locales',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js';`,
    }));
  },
};

/** @returns where the file is. */
export async function makeBundle(): Promise<string> {
  const file = bundleFile();
  const folder = dirname(file);
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../main.ts')],
    outdir: folder,
    entryNames: basename(file, '.mjs'),
    outExtension: { '.js': '.mjs' },
    chunkNames: `${basename(file, '.mjs')}-[hash]`,
    splitting: true,
    // Names stay as they are, for the log.
    minifyWhitespace: true,
    lineLimit: 200,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: [...LEFT_OUTSIDE, ...PERHAPS],
    banner: { js: BANNER },
    plugins: [placed(folder), withoutLocales],
    logLevel: 'error',
  });
  mkdirSync(folder, { recursive: true });
  // A start meanwhile finds a whole server or none: what it begins with is put there last.
  for (const { path, contents } of outputFiles.toSorted(
    (one, other) => Number(one.path === file) - Number(other.path === file),
  )) {
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, contents);
    renameSync(unfinished, path);
  }
  sweepBuilds(file);
  return file;
}

/**
 * Leaves this build and the last one before it: a server that was started from that reads what it first needs later on. What is
 * older goes.
 */
export function sweepBuilds(file: string): void {
  const folder = dirname(file);
  const names = readdirSync(folder);
  const newestMs = new Map<string, number>();
  for (const name of names) {
    const { mtimeMs } = statSync(join(folder, name));
    newestMs.set(buildOf(name), Math.max(mtimeMs, newestMs.get(buildOf(name)) ?? 0));
  }
  const own = buildOf(basename(file));
  const others = [...newestMs].filter(([build]) => build !== own);
  const [last] = others.toSorted(([, one], [, other]) => other - one);
  const left = new Set([own, last?.[0]]);
  for (const name of names) if (!left.has(buildOf(name))) rmSync(join(folder, name), { force: true });
}

/** As bundleFile names it; each of its files begins with that. */
function buildOf(name: string): string {
  return /^\d+-\d+-\d+/.exec(name)?.[0] ?? '';
}

if (import.meta.main) {
  try {
    await makeBundle();
  } catch (error) {
    // No reason to refuse an installation: starts only take longer.
    console.warn(`The server will start from its sources: ${error instanceof Error ? error.message : 'no bundle'}`);
  }
}

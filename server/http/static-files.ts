// Owns the style sheet, the scripts and the icons. Their addresses carry a version made of their content, so that
// browsers keep them for good and still take the new ones with the first page after an update.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import express from 'express';
import type { RequestHandler } from 'express';
import { createSha256 } from '../crypto/digest.ts';

export interface StaticFiles {
  /** Goes into each address as `?v=`; changes when any of the files does. */
  readonly version: string;
  readonly serve: RequestHandler;
}

/** Reads the folder once; what changes in it later is sent, but under the old version. */
export function loadStaticFiles(folder: string): StaticFiles {
  const version = versionOf(folder);
  const packed = packTexts(folder);
  const options = { index: false, redirect: false } as const;
  const kept = express.static(folder, { ...options, immutable: true, maxAge: '365d' });
  // An address of another version, or none: what it gets may be older or newer than its page, so it is not kept.
  const passing = express.static(folder, { ...options, cacheControl: false });
  return {
    version,
    serve: (req, res, next) => {
      if (req.query['v'] === version) {
        const file = packed.get(req.path.slice(1));
        if (file === undefined || req.method !== 'GET') return kept(req, res, next);
        res.set('Vary', 'Accept-Encoding');
        if (req.acceptsEncodings('gzip') !== 'gzip') return kept(req, res, next);
        res.set('Cache-Control', KEPT_FOR_GOOD).set('Content-Encoding', 'gzip').type(extname(req.path));
        return res.end(file);
      }
      res.set('Cache-Control', 'no-cache');
      return passing(req, res, next);
    },
  };
}

const KEPT_FOR_GOOD = 'public, max-age=31536000, immutable';

// These hold no secret beside what a visitor sent, so their size tells nothing (BREACH).
function packTexts(folder: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(folder).filter((name) => ['.css', '.js', '.svg'].includes(extname(name)));
  return new Map(names.map((name) => [name, gzipSync(readFileSync(join(folder, name)), { level: 9 })]));
}

function versionOf(folder: string): string {
  const digest = createSha256();
  for (const name of readdirSync(folder).toSorted()) {
    digest.update(`${name}\0`);
    digest.update(readFileSync(join(folder, name)));
  }
  return digest.digest().toString('base64url').slice(0, 10);
}

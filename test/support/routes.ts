// Owns reading from a running program which routes it has. It looks into Express's own lists, so that a route
// cannot be forgotten here.

import { z } from 'zod';
import type { Running } from './program.ts';

export interface FoundRoute {
  readonly method: string;
  /** The pattern, from the root of the server. */
  readonly path: string;
}

const layerSchema = z.object({
  name: z.string(),
  rawPath: z.unknown(),
  slash: z.boolean(),
  route: z.object({ path: z.string(), methods: z.record(z.string(), z.boolean()) }).optional(),
  handle: z.unknown(),
});
const stackSchema = z.array(layerSchema);

/** Every route, and as method `*` every place where files or other handlers answer below a path. */
export function routesOf(running: Running): FoundRoute[] {
  return walk(stackOf(running.program.app.router), '');
}

function walk(stack: unknown, prefix: string): FoundRoute[] {
  return stackSchema.parse(stack).flatMap(({ route, rawPath, slash, handle }): FoundRoute[] => {
    if (route !== undefined) {
      const methods = Object.keys(route.methods);
      return methods.map((method) => ({ method: method.toUpperCase(), path: `${prefix}${route.path}` }));
    }
    if (!slash && typeof rawPath !== 'string') throw new Error('something is mounted where it cannot be seen');
    const place = slash ? prefix : `${prefix}${String(rawPath)}`;
    const inner = stackOf(handle);
    if (inner !== undefined) return walk(inner, place);
    return slash ? [] : [{ method: '*', path: place }];
  });
}

function stackOf(handle: unknown): unknown {
  return typeof handle === 'function' && 'stack' in handle ? handle.stack : undefined;
}

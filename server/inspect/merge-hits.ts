// Owns adding up what was seen in different texts: in the order of the looks, and with the first places only. Pure.

import type { Look, Seen, Source } from '../detect/look.ts';

type Hit = Seen['hits'][number];

const PLACES_MAX = 5;
const SOURCES: readonly Source[] = ['subject', 'body', 'attachments'];

export function mergeHits(looks: readonly Look[], groups: readonly Seen['hits'][]): Hit[] {
  const sums = new Map<string, Hit>();
  for (const hit of groups.flat()) {
    const key = `${hit.source} ${hit.look}`;
    const { count = 0, places = [] } = sums.get(key) ?? {};
    sums.set(key, { ...hit, count: count + hit.count, places: [...places, ...hit.places].slice(0, PLACES_MAX) });
  }
  return looks.flatMap(({ id }) => SOURCES.flatMap((source) => sums.get(`${source} ${id}`) ?? []));
}

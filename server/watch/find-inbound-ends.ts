// Owns finding client certificates of peers at ingestion that come to their end: 90, 60 and 30 days before, as those for S/MIME, and when
// it has come, until the peer shows one that lasts longer, or is not there any more.

import type { Finding } from '../alerts/alert.ts';
import { DAY_MS, isoNow } from '../core/clock.ts';
import type { Db } from '../db/engine.ts';
import type { Connectors } from '../delivery/connectors.ts';
import { digestsOf } from '../delivery/inbound.ts';
import type { InboundPeer } from '../delivery/inbound.ts';
import { listShown } from '../delivery/inbound-seen.store.ts';
import type { SeenCertificate } from '../delivery/inbound-seen.store.ts';
import type { Vault } from '../messages/seal.ts';
import { firstTelling, tellingNow } from '../smime/ends.ts';
import type { Finder } from './watcher.ts';

export interface InboundEndsDeps {
  readonly db: Db;
  readonly vault: Vault;
  readonly connectors: Pick<Connectors, 'newest'>;
}

/** Longer than anybody is told of: who was not seen since has left. */
export const SHOWN_KEPT_MS = 120 * DAY_MS;
const SHOWN_MAX = 2_000;

export function findInboundEnds({ db, vault, connectors }: InboundEndsDeps): Finder {
  return {
    kinds: ['inbound-ending'],
    find: async () => {
      const { inbound } = await connectors.newest();
      if (inbound.length === 0) return [];
      const since = isoNow(vault.clock, -SHOWN_KEPT_MS).slice(0, 10);
      const shown = await listShown(vault.keyring, db, since, SHOWN_MAX);
      return inbound.flatMap((peer) => findingOf(peer, shown, vault.clock.nowMs()));
    },
  };
}

function findingOf(peer: InboundPeer, shown: readonly SeenCertificate[], nowMs: number): Finding[] {
  const digests = digestsOf(peer);
  const ends = shown
    .filter(
      ({ name, fingerprint, pin }) => name === peer.name && [fingerprint, pin].some((one) => digests.includes(one)),
    )
    .map(({ until }) => until);
  // It has a newer one already, though its other server may still show the old.
  const last = ends.toSorted().at(-1);
  if (last === undefined || Date.parse(firstTelling(last)) > nowMs) return [];
  const { days } = tellingNow(last, nowMs);
  const detail = `${days === 0 ? 'ended' : 'ends'} on ${last.slice(0, 10)}`;
  return [{ kind: 'inbound-ending', about: peer.name, detail, step: days }];
}

// Owns which client certificates prove at ingestion who hands in mail: each a name that an administrator gave, and what it is
// pinned to. Nobody is known by what a certificate says of itself, nor by who signed it. Pure.

import { z } from 'zod';
import type { ShownCertificate } from '../crypto/server-certificate.ts';

export const inboundLimits = { peers: 200, digests: 10 } as const;

const certificate = z.discriminatedUnion('by', [
  /** SHA-256 of these certificates, as hex; the colons that OpenSSL writes are let pass. */
  z.strictObject({
    by: z.literal('certificate'),
    fingerprints: z
      .array(
        z
          .string()
          .regex(/^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/, 'is not the SHA-256 of a certificate in hexadecimal')
          .transform((text) => text.replaceAll(':', '').toLowerCase()),
      )
      .min(1)
      .max(inboundLimits.digests),
  }),
  /** SHA-256 of the public key: it outlives a renewal with the same key. */
  z.strictObject({
    by: z.literal('key'),
    pins: z
      .array(z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'is not the SHA-256 of a public key in base64'))
      .min(1)
      .max(inboundLimits.digests),
  }),
]);

export const inboundPeerSchema = z.strictObject({
  /** Stands in the audit log. */
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/, 'is no name of small letters, digits, dots and hyphens'),
  certificate,
});

export type InboundPeer = z.output<typeof inboundPeerSchema>;

export const inboundSchema = z
  .array(inboundPeerSchema)
  .max(inboundLimits.peers)
  .superRefine((all, context) => {
    const names = new Set<string>();
    const owners = new Map<string, number>();
    for (const [n, peer] of all.entries()) {
      if (names.has(peer.name)) context.addIssue({ code: 'custom', path: [n, 'name'], message: 'is there already' });
      names.add(peer.name);
      for (const digest of digestsOf(peer)) {
        // Two names for one certificate would leave open who it was.
        if ((owners.get(digest) ?? n) !== n) {
          context.addIssue({ code: 'custom', path: [n, 'certificate'], message: 'names what another one names' });
        }
        owners.set(digest, n);
      }
    }
  });

export type Identified =
  | { readonly name: string }
  /** Whoever shows it is as one who shows none. */
  | { readonly why: 'unknown' | 'ambiguous' | 'not-yet-valid' | 'run-out' };

/** Who shows this certificate, whose key the handshake has proved. `now`: ISO 8601 UTC. */
export function identify(peers: readonly InboundPeer[], shown: ShownCertificate, now: string): Identified {
  const [peer, other] = peers.filter((one) => isOf(one, shown));
  if (peer === undefined) return { why: 'unknown' };
  // One by the certificate and another by its key.
  if (other !== undefined) return { why: 'ambiguous' };
  if (now < shown.from) return { why: 'not-yet-valid' };
  return now > shown.until ? { why: 'run-out' } : { name: peer.name };
}

/** "one of 2 pinned keys" */
export function inboundWords({ certificate }: InboundPeer): string {
  if (certificate.by === 'key')
    return certificate.pins.length === 1 ? 'a pinned key' : `one of ${certificate.pins.length} pinned keys`;
  const { length } = certificate.fingerprints;
  return length === 1 ? 'a pinned certificate' : `one of ${length} pinned certificates`;
}

export function digestsOf({ certificate }: InboundPeer): readonly string[] {
  return certificate.by === 'key' ? certificate.pins : certificate.fingerprints;
}

function isOf({ certificate }: InboundPeer, { fingerprint, pin }: ShownCertificate): boolean {
  return certificate.by === 'key' ? certificate.pins.includes(pin) : certificate.fingerprints.includes(fingerprint);
}

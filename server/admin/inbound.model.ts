// Owns how the form about peers that hand in mail by a certificate is read and filled.

import { readShown } from '../crypto/server-certificate.ts';
import { digestsOf, inboundWords } from '../delivery/inbound.ts';
import type { InboundPeer } from '../delivery/inbound.ts';
import type { InboundFields, InboundRow } from '../render/page-models/inbound.ts';

export const emptyInbound: InboundFields = { name: '', by: 'key', digests: '' };

export function inboundFieldsOf(peer: InboundPeer): InboundFields {
  return { name: peer.name, by: peer.certificate.by, digests: digestsOf(peer).join('\n') };
}

/** What the form says, as the API would be given it: it is checked where all are. */
export function inboundOf({ name, by, digests }: InboundFields): { readonly name: string } & Record<string, unknown> {
  const listed = withoutPem(digests, by)
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
  const certificate =
    by === 'certificate' ? { by, fingerprints: listed } : by === 'key' ? { by, pins: listed } : { by };
  return { name: name.trim().toLowerCase(), certificate };
}

export function inboundRow(path: string, peer: InboundPeer): InboundRow {
  return {
    name: peer.name,
    words: inboundWords(peer),
    digests: digestsOf(peer),
    editUrl: `${path}?edit=${encodeURIComponent(peer.name)}`,
  };
}

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g;

/** A certificate that was pasted whole stands for its digest; one that cannot be read stays, and is refused. */
function withoutPem(text: string, by: string): string {
  return text.replace(PEM, (pem) => {
    const shown = readShown(pem);
    if (shown === undefined) return pem;
    return ` ${by === 'key' ? shown.pin : shown.fingerprint} `;
  });
}

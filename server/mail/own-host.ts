// Owns the question whether the relay is the organisation's own mail server. Verified TLS to the relay
// says that a reply reached the sender's domain in private only when it is. It never sends anything.

import { isIP } from 'node:net';
import { isLoopbackHost } from '../core/networks.ts';

/**
 * True when the relay is this machine, is called like the domain or a host under it, or is one of the
 * domain's MX hosts. `resolveMx` gives host names; when it fails the answer is false, so that a mail goes
 * out as a notice rather than in clear to somebody else.
 */
export async function isOwnRelay(
  relayHost: string,
  domain: string,
  resolveMx: (domain: string) => Promise<string[]>,
): Promise<boolean> {
  const host = plainHost(relayHost);
  const own = plainHost(domain);
  if (host === '' || own === '') return false;
  if (isThisMachine(host) || host === own || host.endsWith(`.${own}`)) return true;
  try {
    const exchangers = await resolveMx(own);
    return exchangers.some((exchanger) => plainHost(exchanger) === host);
  } catch {
    return false;
  }
}

/** The host's name where it tells a stranger something: not a number, not a name of this house's network alone. */
export function publicName(host: string | undefined): string | undefined {
  if (host === undefined) return undefined;
  const plain = plainHost(host);
  const isOurs = !plain.includes('.') || isThisMachine(plain) || INSIDE.test(plain);
  return isIP(plain) !== 0 || isOurs ? undefined : plain;
}

/** RFC 6762, RFC 8375, RFC 9476, and what ICANN keeps for private use. */
const INSIDE = /\.(?:local|internal|home\.arpa|alt|lan|intranet|private|corp|home)$/;

// Names under localhost, too (RFC 6761 section 6.3).
function isThisMachine(host: string): boolean {
  return isLoopbackHost(host) || host.endsWith('.localhost');
}

function plainHost(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

// Owns what Sealpost knows about IP addresses: networks, loopback, and the key under which a limit counts a
// peer. The only file that imports ipaddr.js. It never resolves a name and never opens a socket.

import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A network in canonical CIDR form: `10.0.0.0/8`, `2001:db8::/32`. Made by parseNetworks only. */
export type Network = string & { readonly __network: true };

/**
 * The networks of a list separated by commas, blanks or line ends; a single address is a network of one.
 * Throws an Error that names the place in the list, never its text. Refused, because each is more often
 * a slip than a wish: bits set behind the prefix, `/0` (everyone), and IPv4 written as IPv6.
 */
export function parseNetworks(text: string): readonly Network[] {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  return entries.map((entry, index) => {
    const network = parseNetwork(entry);
    if (network === undefined) throw new Error(`entry ${index + 1} is not a network`);
    return network;
  });
}

/** A test for addresses inside any of the networks. A malformed address is inside none. */
export function networkMatcher(networks: readonly Network[]): (ip: string) => boolean {
  const ranges = networks.map((network) => ipaddr.parseCIDR(network));
  const isInside = (ip: string): boolean => {
    const address = parseIp(ip);
    return address !== undefined && ranges.some((range) => range[0].kind() === address.kind() && address.match(range));
  };
  // Most that is asked about comes from the one proxy or relay in front.
  let last: { readonly ip: string; readonly inside: boolean } | undefined;
  return (ip) => {
    if (last?.ip !== ip) last = { ip, inside: isInside(ip) };
    return last.inside;
  };
}

/**
 * The key under which limits count a peer: an IPv4 address as it is, an IPv6 address by its /64, which is
 * what one subscriber gets (RFC 6177 section 2). All malformed addresses share one key, so none escapes a limit.
 */
export function limitKey(ip: string): string {
  if (isIPv4(ip)) return ip; // in its one spelling, since leading zeros are none to isIP
  const address = parseIp(ip);
  if (address === undefined) return 'unknown';
  if (address instanceof ipaddr.IPv4) return address.toString();
  const prefix = new ipaddr.IPv6([...address.parts.slice(0, 4), 0, 0, 0, 0]);
  return `${prefix.toString()}/64`;
}

/** How much of a peer's network is written down. */
export type NetworkDetail = 'full' | 'shortened' | 'none';

/** Of what limitKey gives, as much as may be kept: an IPv4 /24, an IPv6 /48; undefined for nothing. */
export function networkKept(key: string, detail: NetworkDetail): string | undefined {
  if (detail === 'full') return key;
  const address = detail === 'none' ? undefined : parseIp(key.replace(/\/\d+$/, ''));
  if (address === undefined) return undefined;
  const [bytes, bits] = address instanceof ipaddr.IPv4 ? ([4, 24] as const) : ([16, 48] as const);
  const kept = address.toByteArray().map((byte, index) => (index < bits / 8 && index < bytes ? byte : 0));
  return `${ipaddr.fromByteArray(kept).toString()}/${bits}`;
}

/** True for `localhost` and for addresses that only this machine can reach, with or without IPv6 brackets. */
export function isLoopbackHost(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  return parseIp(host.replace(/^\[(.*)\]$/, '$1'))?.range() === 'loopback';
}

/**
 * True for an address of the public internet that one host has: not of a private, local, shared or reserved network, no multicast,
 * and none in which another address hides (IPv4-mapped, NAT64, 6to4, Teredo). A malformed address is none.
 */
export function isPublicAddress(ip: string): boolean {
  const address = parseIp(ip);
  if (address?.range() !== 'unicast') return false;
  // RFC 4291 section 2.4 and the registry of IPv6: what has been given out lies in 2000::/3.
  return address instanceof ipaddr.IPv4 || ((address.parts[0] ?? 0) & 0xe000) === 0x2000;
}

function parseNetwork(entry: string): Network | undefined {
  const [ip = '', prefixText, ...more] = entry.split('/');
  if (isIP(ip) === 0 || ip.includes('%') || more.length > 0) return undefined;
  const address = ipaddr.parse(ip);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) return undefined;
  const bits = isIPv4(ip) ? 32 : 128;
  if (prefixText !== undefined && !/^[1-9]\d{0,2}$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  if (prefix > bits || !endsInZeros(address.toByteArray(), prefix)) return undefined;
  return `${address.toString()}/${prefix}` as Network; // every part was checked above
}

/** The address with IPv4-mapped IPv6 (how a dual-stack socket names an IPv4 peer) turned back into IPv4. */
function parseIp(ip: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  // ipaddr.js alone would also take `127.1`, `0x7f.1` and octal digits; isIP holds it to the plain form.
  return isIP(ip) === 0 ? undefined : ipaddr.process(ip);
}

function endsInZeros(bytes: readonly number[], prefix: number): boolean {
  return bytes.every((byte, index) => {
    const bitsKept = Math.min(8, Math.max(0, prefix - index * 8));
    return (byte & (0xff >> bitsKept)) === 0;
  });
}

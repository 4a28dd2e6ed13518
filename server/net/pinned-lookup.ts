// Owns connecting to the very addresses that were looked at, and not to what a name leads to a moment later.

import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';

/** For `lookup` of a request: whatever the name, these addresses. An error when there is none. */
export function pinnedTo(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, done) => {
    const [first] = found;
    if (first === undefined) done(new Error('the host has no address'), '');
    else if (all === true) done(null, found);
    else done(null, first.address, first.family);
  };
}

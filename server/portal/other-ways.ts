// Owns which other ways in a page offers, as its model: only what is configured, and only what could let this person in.

import type { Address } from '../core/address.ts';
import { domainOf } from '../core/address.ts';
import type { Site } from '../http/site.ts';
import type { OtherWays } from '../render/page-models/signing-in.ts';
import type { Provider } from '../signin/oidc-providers.ts';

/**
 * `path`: below which the forms post. `address`: whose page it is, where that is known. Nothing depends on what is
 * stored of anybody, so a page tells nothing by what it offers.
 */
export function otherWays(
  site: Site,
  path: string,
  address?: Address,
  wanted: { readonly accounts: boolean; readonly passkey: boolean } = { accounts: true, passkey: true },
): OtherWays | undefined {
  const accounts = wanted.accounts
    ? site.issuers
        .filter(({ provider }) => address === undefined || canOpen(site, provider, address))
        .map(({ provider }) => ({ label: provider.label, action: `${path}/oidc/${provider.name}` }))
    : [];
  const passkey =
    wanted.passkey && site.passkeys !== undefined
      ? { action: `${path}/passkey`, optionsUrl: `${site.base}/sign-in/passkey/options` }
      : undefined;
  if (accounts.length === 0 && passkey === undefined) return undefined;
  return { accounts, ...(passkey === undefined ? {} : { passkey }) };
}

/** The same as a field of a page's model, which lacks it when there is no other way. */
export function offerOtherWays(site: Site, path: string, address?: Address): { ways?: OtherWays } {
  const ways = otherWays(site, path, address);
  return ways === undefined ? {} : { ways };
}

/** An issuer speaks for those it was set up for: recipients outside, or the organisation's own. */
export function canOpen({ orgDomains }: Pick<Site, 'orgDomains'>, { opens }: Provider, address: Address): boolean {
  return orgDomains.includes(domainOf(address)) === (opens === 'organisation');
}

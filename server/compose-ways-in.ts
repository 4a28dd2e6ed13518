// Owns the ways in beside a code: which there are here, by the settings.

import type { Tools } from './compose-tools.ts';
import type { Config } from './config.ts';
import type { CeremonyDeps } from './signin/ceremonies.store.ts';
import type { OidcClient, OidcDeps } from './signin/oidc-client.ts';
import { providersOf } from './signin/oidc-providers.ts';
import type { Provider } from './signin/oidc-providers.ts';
import type { PasskeyDeps } from './signin/passkeys.ts';

export interface WaysIn {
  readonly issuers: readonly OidcClient[];
  /** Undefined where no passkey can work. */
  readonly passkeys: PasskeyDeps | undefined;
  /** Whether readers outside may come in by an account. */
  readonly opensToAccounts: boolean;
}

export interface WaysInOptions {
  /** Issuers other than those of the settings, and how they are reached. */
  readonly providers?: readonly Provider[] | undefined;
  readonly reach?: typeof fetch | undefined;
}

export async function composeWaysIn(
  { config, store, clock }: Tools,
  { providers = providersOf(config.oidc, config.org.name), reach }: WaysInOptions,
): Promise<WaysIn> {
  const { db, keyring } = store;
  return {
    issuers: await issuersOf({ clock, baseUrl: config.portal.baseUrl, reach }, providers),
    passkeys: passkeysAt(config, { db, keyring, clock }),
    opensToAccounts: providers.some(({ opens }) => opens === 'outside'),
  };
}

// WebAuthn section 5.1.2 and Secure Contexts section 3.1: a domain name, by https or on this machine.
function passkeysAt({ portal, org }: Config, deps: CeremonyDeps): PasskeyDeps | undefined {
  const { hostname: id, origin } = portal.publicUrl;
  const isAddress = /^[\d.]+$|:/.test(id);
  if (isAddress || (!portal.secure && id !== 'localhost')) return undefined;
  return { ...deps, party: { id, name: org.name, origin } };
}

// Few have one, and a start without them is quicker.
async function issuersOf(deps: OidcDeps, providers: readonly Provider[]): Promise<OidcClient[]> {
  if (providers.length === 0) return [];
  const { createOidcClient } = await import('./signin/oidc-client.ts');
  return providers.map((provider) => createOidcClient(deps, provider));
}

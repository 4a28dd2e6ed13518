// Owns speaking OpenID Connect with an issuer: the authorization code flow with PKCE, state and nonce, and a checked ID
// token in the end. The only wrapper of openid-client. What a claim is worth stands in oidc-providers.ts.

import * as oidc from 'openid-client';
import type { Clock } from '../core/clock.ts';
import { HOUR_MS } from '../core/clock.ts';
import { AppError, causesOf } from '../core/errors.ts';
import { sentence } from '../language/words.ts';
import { ISSUER_WAIT_MS, IssuerWeather, issuerFetch } from './issuer-fetch.ts';
import { parseClaims } from './oidc-providers.ts';
import type { Claims, Provider } from './oidc-providers.ts';

/** What the answer is checked against; to be kept where no browser sees it. */
export interface OidcSecrets {
  readonly verifier: string;
  readonly nonce: string;
}

export interface OidcClient {
  readonly provider: Provider;
  /** Where the browser is to go, with a new state. Throws server/unavailable. */
  begin(): Promise<{ url: string; state: string; secrets: OidcSecrets }>;
  /**
   * What the issuer says of whoever came back with `query`. `state` was taken from it, and is this browser's. Throws
   * signin/way-refused or server/unavailable.
   */
  finish(query: URLSearchParams, state: string, secrets: OidcSecrets): Promise<Claims>;
}

export interface OidcDeps {
  readonly clock: Clock;
  /** PUBLIC_URL without a slash at its end. */
  readonly baseUrl: string;
  /** Only tests have another. */
  readonly reach?: typeof fetch | undefined;
}

const DISCOVERED_FOR_MS = HOUR_MS;

export function createOidcClient(deps: OidcDeps, provider: Provider): OidcClient {
  const redirectUri = `${deps.baseUrl}/sign-in/oidc/${provider.name}/callback`;
  let known: { readonly until: number; readonly config: Promise<oidc.Configuration> } | undefined;

  function configuration(): Promise<oidc.Configuration> {
    if (known !== undefined && known.until > deps.clock.nowMs()) return known.config;
    const config = discover(deps, provider);
    known = { until: deps.clock.nowMs() + DISCOVERED_FOR_MS, config };
    // A failure is not remembered.
    config.catch(() => (known = undefined));
    return config;
  }

  return {
    provider,
    begin: async () => {
      try {
        const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
        const url = oidc.buildAuthorizationUrl(await configuration(), {
          redirect_uri: redirectUri,
          scope: 'openid email',
          state,
          nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          ...(provider.prompt === undefined ? {} : { prompt: provider.prompt }),
        });
        return { url: url.href, state, secrets: { verifier, nonce } };
      } catch (error) {
        throw refusalOf(provider, error);
      }
    },
    finish: async (query, state, { verifier, nonce }) => {
      try {
        // Of the address only the query is the browser's; the rest is what the issuer was told.
        const current = new URL(`${redirectUri}?${query.toString()}`);
        const tokens = await oidc.authorizationCodeGrant(await configuration(), current, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        return parseClaims(tokens.claims());
      } catch (error) {
        throw refusalOf(provider, error);
      }
    },
  };
}

async function discover({ reach }: OidcDeps, provider: Provider): Promise<oidc.Configuration> {
  const loopback = provider.allowLoopbackHttp === true;
  return oidc.discovery(new URL(provider.issuer), provider.clientId, provider.clientSecret, undefined, {
    [oidc.customFetch]: issuerFetch(loopback, reach),
    timeout: ISSUER_WAIT_MS / 1000,
    // The signature counts, not only that the token came by TLS.
    execute: [oidc.enableNonRepudiationChecks, ...(loopback ? [oidc.allowInsecureRequests] : [])],
  });
}

function refusalOf({ label }: Provider, error: unknown): AppError {
  for (const cause of causesOf(error)) {
    if (cause instanceof IssuerWeather) {
      return new AppError('server/unavailable', sentence('ways.issuer-unreachable', { issuer: label }), {
        detail: cause.message,
      });
    }
  }
  if (error instanceof oidc.AuthorizationResponseError && error.error === 'access_denied') {
    return new AppError('signin/way-refused', sentence('ways.issuer-cancelled', { issuer: label }));
  }
  const detail = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new AppError('signin/way-refused', sentence('ways.issuer-refused', { issuer: label }), { detail });
}

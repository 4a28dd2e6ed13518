// Owns issuers for tests. One that says whatever a test wants it to, signed as it should be or not, under any issuer's
// name: what is told of a bad one is told by it. A real one is in oidc-provider.ts.

import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { CryptoKey, JWK } from 'jose';

/** Settings under which the program knows Google; nobody there does. */
export const GOOGLE = { OIDC_GOOGLE_CLIENT_ID: 'client-at-google', OIDC_GOOGLE_CLIENT_SECRET: 'secret' };
export const MICROSOFT = { OIDC_MICROSOFT_CLIENT_ID: 'client-at-microsoft', OIDC_MICROSOFT_CLIENT_SECRET: 'secret' };
export const STAFF = {
  OIDC_STAFF_ISSUER: 'https://login.example.com',
  OIDC_STAFF_CLIENT_ID: 'client-at-home',
  OIDC_STAFF_CLIENT_SECRET: 'secret',
};

export interface TokenAsk {
  readonly claims?: Record<string, unknown>;
  /** Signs with a key that the issuer does not publish. */
  readonly foreignKey?: boolean;
  /** Says `alg: none`. */
  readonly unsigned?: boolean;
  /** Answers the code with this instead of tokens. */
  readonly instead?: () => Response;
}

/** What the program asked the issuer for a code with. */
export interface TokenRequest {
  readonly code: string | null;
  readonly verifier: string | null;
  readonly redirectUri: string | null;
}

export class SayingIssuer {
  /** Every address that was asked for. */
  readonly asked: string[] = [];
  readonly requests: TokenRequest[] = [];
  #next: TokenAsk = {};
  #nonce = '';
  readonly #clientId: string;
  readonly #issuer: string;
  readonly #key: CryptoKey;
  readonly #foreign: CryptoKey;
  readonly #jwk: JWK;

  private constructor(issuer: string, clientId: string, keys: { key: CryptoKey; foreign: CryptoKey; jwk: JWK }) {
    this.#issuer = issuer;
    this.#clientId = clientId;
    this.#key = keys.key;
    this.#foreign = keys.foreign;
    this.#jwk = keys.jwk;
  }

  static async named(issuer: string, clientId: string): Promise<SayingIssuer> {
    const [own, foreign] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')];
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'one', use: 'sig', alg: 'RS256' };
    return new SayingIssuer(issuer, clientId, { key: own.privateKey, foreign: foreign.privateKey, jwk });
  }

  /** What it will say of the next who comes with a code; `authorizationUrl` is where the browser was sent. */
  say(authorizationUrl: string, ask: TokenAsk): void {
    this.#nonce = new URL(authorizationUrl).searchParams.get('nonce') ?? '';
    this.#next = ask;
  }

  /** Stands for fetch. */
  readonly reach: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    this.asked.push(url.href);
    if (url.pathname.endsWith('/.well-known/openid-configuration')) return Response.json(discovery(this.#issuer));
    if (url.pathname.endsWith('/keys')) return Response.json({ keys: [this.#jwk] });
    const form = new URLSearchParams(init?.body instanceof URLSearchParams ? init.body : String(init?.body));
    this.requests.push({
      code: form.get('code'),
      verifier: form.get('code_verifier'),
      redirectUri: form.get('redirect_uri'),
    });
    if (this.#next.instead !== undefined) return this.#next.instead();
    return Response.json({ access_token: 'x', token_type: 'bearer', expires_in: 60, id_token: await this.#token() });
  };

  #token(): Promise<string> | string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.#issuer,
      aud: this.#clientId,
      sub: 'subject-1',
      iat: now,
      exp: now + 300,
      nonce: this.#nonce,
      ...this.#next.claims,
    };
    if (this.#next.unsigned === true) {
      const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      return `${part({ alg: 'none' })}.${part(claims)}.`;
    }
    const key = this.#next.foreignKey === true ? this.#foreign : this.#key;
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key);
  }
}

/** Knows where an issuer is, and no more. */
export const discoveryOnly: typeof fetch = () =>
  Promise.resolve(Response.json(discovery('https://accounts.google.com')));

function discovery(issuer: string): Record<string, unknown> {
  const base = issuer.replace('{tenantid}', 'common');
  return {
    issuer,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    jwks_uri: `${base}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

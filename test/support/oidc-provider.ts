// Owns a real issuer for tests: oidc-provider on a free port of loopback, with one account that signs in without being
// asked for a password.

import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider as Issuer } from 'oidc-provider';
import type { Provider } from '../../server/signin/oidc-providers.ts';
import { googleProvider } from '../../server/signin/oidc-providers.ts';
import { Visitor } from './browser.ts';
import { freePort } from './free-port.ts';

export interface RealIssuer {
  /** For the program: like Google, but here. */
  readonly provider: Provider;
  /** Who signs in next. */
  account: { sub: string; email: string; email_verified: boolean };
  /** Goes where the program sent the browser, and signs in. @returns the address it comes back by. */
  visit(url: string, redirectUri: string): Promise<string>;
  close(): Promise<void>;
}

export async function startIssuer(redirectUri: (name: string) => string): Promise<RealIssuer> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const client = { clientId: 'sealpost', clientSecret: 'a-secret-of-the-client' };
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const real: RealIssuer = {
    provider: { ...googleProvider(client), issuer: url, allowLoopbackHttp: true },
    account: { sub: 'bob', email: 'bob@recipient.example', email_verified: true },
    visit: (from, to) => visit(url, from, to),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  // Whatever it asks beyond signing in is not what is tested.
  Reflect.deleteProperty(real.provider, 'prompt');
  const issuer = new Issuer(url, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [redirectUri('google')],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [await exportJWK(privateKey)] },
    cookies: { keys: ['a key of this test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ ...real.account }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: client.clientId,
        accountId: ctx.oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
  });
  const answer = issuer.callback();
  const server = createServer((req, res) => {
    if (req.url?.startsWith('/interaction/') !== true) return void answer(req, res);
    return void issuer.interactionFinished(req, res, { login: { accountId: real.account.sub } });
  });
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve));
  return real;
}

async function visit(origin: string, from: string, redirectUri: string): Promise<string> {
  const browser = new Visitor(origin);
  let at = from;
  for (let hops = 0; hops < 8; hops += 1) {
    const { location, status, text } = await browser.get(at);
    if (location === null) throw new Error(`the issuer answered ${status}: ${text.slice(0, 300)}`);
    if (location.startsWith(redirectUri)) return location;
    at = location;
  }
  throw new Error('the issuer leads in circles');
}

// Owns what browsers and authenticators say to each other in WebAuthn: options out, checked answers in. The only wrapper
// of @simplewebauthn/server. User verification is always required; challenges are given out and taken by passkeys.ts.

import { z } from 'zod';
import { MINUTE_MS } from '../core/clock.ts';
import { parseJson } from '../core/parse-json.ts';

/** Who asks: an authenticator signs for this name, from pages of this origin, and for no other. */
export interface RelyingParty {
  /** The host of PUBLIC_URL. */
  readonly id: string;
  readonly name: string;
  /** Of PUBLIC_URL. */
  readonly origin: string;
}

export interface Credential {
  readonly id: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
}

// Loaded when the first passkey is asked for: a start is quicker without it.
const library = (): Promise<typeof import('@simplewebauthn/server')> => import('@simplewebauthn/server');

const TIMEOUT_MS = 5 * MINUTE_MS;
// ES256, EdDSA, RS256 of RFC 9053 and RFC 8812: what authenticators have, and the runtime knows for good.
const ALGORITHMS = [-7, -8, -257];
const base64url = z.base64url().max(8_192);

// https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson
const madeSchema = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.object({ clientDataJSON: base64url, attestationObject: z.base64url().max(65_536) }),
});

const usedSchema = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish(),
  }),
});

export type Made = z.infer<typeof madeSchema>;
export type Used = z.infer<typeof usedSchema>;

/** The browser's answer to `makeOptions`, or undefined when it is none. */
export function parseMade(json: string): Made | undefined {
  return madeSchema.safeParse(parseJson(json)).data;
}

/** The browser's answer to `useOptions`, or undefined when it is none. */
export function parseUsed(json: string): Used | undefined {
  return usedSchema.safeParse(parseJson(json)).data;
}

/** The challenge that the answer claims to sign; undefined when it cannot be read. */
export function challengeOf(answer: Made | Used): string | undefined {
  const client = parseJson(Buffer.from(answer.response.clientDataJSON, 'base64url').toString('utf8'));
  return z.object({ challenge: base64url }).safeParse(client).data?.challenge;
}

/** What the browser is asked for a new passkey; JSON, with a new challenge. */
export async function makeOptions(
  party: RelyingParty,
  user: { readonly handle: Buffer; readonly name: string },
  existing: readonly string[],
): Promise<{ challenge: string }> {
  const { generateRegistrationOptions } = await library();
  return generateRegistrationOptions({
    rpID: party.id,
    rpName: party.name,
    userID: new Uint8Array(user.handle),
    userName: user.name,
    userDisplayName: user.name,
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMS,
    excludeCredentials: existing.map((id) => ({ id })),
    // Resident, so that signing in names nobody: the server tells no browser which passkeys an address has.
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** What the browser is asked for signing in: any passkey of this portal; JSON, with a new challenge. */
export async function useOptions(party: RelyingParty): Promise<{ challenge: string }> {
  const { generateAuthenticationOptions } = await library();
  return generateAuthenticationOptions({ rpID: party.id, timeout: TIMEOUT_MS, userVerification: 'required' });
}

/** The new credential, or why the answer does not make one. */
export async function checkMade(party: RelyingParty, answer: Made, challenge: string): Promise<Credential | Failed> {
  return quietly(async () => {
    const { verifyRegistrationResponse } = await library();
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...answer, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    return verified ? registrationInfo.credential : new Failed('not verified');
  });
}

/** The authenticator's counter, or why the answer proves nothing. */
export async function checkUsed(
  party: RelyingParty,
  answer: Used,
  challenge: string,
  credential: Credential,
): Promise<{ counter: number } | Failed> {
  return quietly(async () => {
    const { response } = answer;
    const { verifyAuthenticationResponse } = await library();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        ...answer,
        response: {
          clientDataJSON: response.clientDataJSON,
          authenticatorData: response.authenticatorData,
          signature: response.signature,
        },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential,
      requireUserVerification: true,
    });
    return verified ? { counter: authenticationInfo.newCounter } : new Failed('wrong signature');
  });
}

/** Why an answer was not taken; for the log. */
export class Failed {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

// The library throws for whatever does not fit, and whatever it is made of: to us it is one thing, an answer that
// proves nothing. It says what did not fit, and then repeats what a stranger sent: that goes into no log.
async function quietly<T>(check: () => Promise<T>): Promise<T | Failed> {
  try {
    return await check();
  } catch (error) {
    const [what = ''] = error instanceof Error ? error.message.split(/[":]/, 1) : ['malformed'];
    return new Failed(what.trim().slice(0, 100));
  }
}

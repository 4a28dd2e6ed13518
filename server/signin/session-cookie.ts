// Owns the cookie's value: the session's token, signed. The signature keeps made-up tokens from reaching
// the database. The only wrapper of jose's HMAC.

import { SignJWT, errors, jwtVerify } from 'jose';

const ALGORITHM = 'HS256';
const AUDIENCE = 'sealpost session';
const REMEMBERED_MAX = 10_000;

export interface SessionCookies {
  /** A compact JWS over the token. Its end is the row's business, so it carries no time. */
  sign(token: string): Promise<string>;
  /** The token, or undefined when the cookie was not signed here. */
  read(value: string): Promise<string | undefined>;
}

/** `key` has 32 bytes. */
export function sessionCookies(key: Uint8Array): SessionCookies {
  // A signature that was good stays so, and a reader sends the same cookie with every request. Whether its session
  // still lives is asked of the database each time.
  const good = new Map<string, string>();

  async function verify(value: string): Promise<string | undefined> {
    try {
      const { payload } = await jwtVerify(value, key, { algorithms: [ALGORITHM], audience: AUDIENCE });
      const token = payload['sid'];
      return typeof token === 'string' ? token : undefined;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  return {
    sign: (token) => new SignJWT({ sid: token }).setProtectedHeader({ alg: ALGORITHM }).setAudience(AUDIENCE).sign(key),
    read: async (value) => {
      const known = good.get(value);
      if (known !== undefined) return known;
      const token = await verify(value);
      if (token !== undefined) {
        if (good.size >= REMEMBERED_MAX) good.clear();
        good.set(value, token);
      }
      return token;
    },
  };
}

// Owns the cookie's value: the session's token, signed. The signature keeps made-up tokens from reaching
// the database. The only wrapper of jose.

import { SignJWT, errors, jwtVerify } from 'jose';

const ALGORITHM = 'HS256';
const AUDIENCE = 'sealpost session';

/** A compact JWS over the token. Its end is the row's business, so it carries no time. */
export function signSessionCookie(key: Uint8Array, token: string): Promise<string> {
  return new SignJWT({ sid: token }).setProtectedHeader({ alg: ALGORITHM }).setAudience(AUDIENCE).sign(key);
}

/** The token, or undefined when the cookie was not signed here. */
export async function readSessionCookie(key: Uint8Array, value: string): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(value, key, { algorithms: [ALGORITHM], audience: AUDIENCE });
    const token = payload['sid'];
    return typeof token === 'string' ? token : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

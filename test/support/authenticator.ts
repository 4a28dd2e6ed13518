// Owns an authenticator for tests, and the browser before it: makes passkeys and signs with them, rightly or as a test
// wants it wrong. Written from the WebAuthn specification, apart from the library that checks it.

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Visitor } from './browser.ts';

export interface Twist {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  /** Without having looked who is there. */
  readonly unverified?: boolean;
  readonly counter?: number;
  readonly userHandle?: string;
  /** Signs with a key of its own. */
  readonly foreignKey?: boolean;
  readonly credentialId?: string;
  readonly crossOrigin?: boolean;
}

export interface Options {
  readonly challenge: string;
  readonly user?: { readonly id: string };
}

/** What the server asks for, as the page's script gets it. */
export async function passkeyOptions(visitor: Visitor, path: string, from: string): Promise<Options> {
  const { status, text: json } = await visitor.post(path, {}, from);
  if (status !== 200) throw new Error(`the options were refused with ${status}`);
  return JSON.parse(json) as Options; // what the script takes it for
}

const [PRESENT, VERIFIED, ATTESTED] = [0x01, 0x04, 0x40];

/** https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
export class Authenticator {
  readonly credentialId = randomBytes(32).toString('base64url');
  readonly #origin: string;
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  counter = 0;
  userHandle: string | undefined;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** The answer to `navigator.credentials.create`. */
  make(options: Options, twist: Twist = {}): string {
    this.userHandle = options.user?.id;
    const id = Buffer.from(twist.credentialId ?? this.credentialId, 'base64url');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey(this.#keys.publicKey)]);
    const data = Buffer.concat([this.#head(twist, ATTESTED), attested]);
    const size = Buffer.alloc(2);
    size.writeUInt16BE(data.length);
    const attestation = Buffer.concat([
      Buffer.from('a3', 'hex'),
      text('fmt'),
      text('none'),
      text('attStmt'),
      Buffer.from('a0', 'hex'),
      text('authData'),
      Buffer.from('59', 'hex'),
      size,
      data,
    ]);
    return this.#answer(id, {
      clientDataJSON: this.#client(options, twist, 'webauthn.create').toString('base64url'),
      attestationObject: attestation.toString('base64url'),
    });
  }

  /** The answer to `navigator.credentials.get`. */
  use(options: Options, twist: Twist = {}): string {
    this.counter = twist.counter ?? this.counter + 1;
    const data = this.#head(twist, 0);
    const client = this.#client(options, twist, 'webauthn.get');
    const key =
      twist.foreignKey === true ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : this.#keys.privateKey;
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
    const handle = twist.userHandle ?? this.userHandle;
    return this.#answer(Buffer.from(twist.credentialId ?? this.credentialId, 'base64url'), {
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: sign('sha256', signed, key).toString('base64url'),
      ...(handle === undefined ? {} : { userHandle: handle }),
    });
  }

  #head(twist: Twist, more: number): Buffer {
    const party = twist.rpId ?? new URL(this.#origin).hostname;
    const flags = PRESENT | (twist.unverified === true ? 0 : VERIFIED) | more;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([createHash('sha256').update(party).digest(), Buffer.of(flags), counter]);
  }

  #client(options: Options, twist: Twist, type: string): Buffer {
    const client = {
      type: twist.type ?? type,
      challenge: twist.challenge ?? options.challenge,
      origin: twist.origin ?? this.#origin,
      crossOrigin: twist.crossOrigin ?? false,
      ...(twist.crossOrigin === true ? { topOrigin: 'https://evil.example' } : {}),
    };
    return Buffer.from(JSON.stringify(client));
  }

  #answer(id: Buffer, response: Record<string, string>): string {
    const text64 = id.toString('base64url');
    return JSON.stringify({ id: text64, rawId: text64, type: 'public-key', response });
  }
}

/** RFC 9053 section 7.1: an ES256 key on P-256. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]);
}

/** RFC 8949 section 3.1, for texts of fewer than 24 bytes. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.of(0x60 + value.length), Buffer.from(value)]);
}

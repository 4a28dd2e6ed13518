// Owns reading a PKCS #12 file (RFC 7292): certificates and private keys under a password. The file's integrity is checked before
// anything in it is opened. Ciphers that are not known any more (RC2) are refused, and said to be.

import { createDecipheriv, createHash, createHmac, createPrivateKey, pbkdf2Sync } from 'node:crypto';
import { BerFault, childOf, oidOf, octetsOf, parseBer, tags } from './ber.ts';
import type { BerNode } from './ber.ts';
import { oids } from './cms-oids.ts';
import { equalBytes } from './digest.ts';

export interface Pkcs12Contents {
  /** DER. */
  readonly certificates: readonly Buffer[];
  /** PKCS #8, DER. */
  readonly privateKeys: readonly Buffer[];
}

/** Why it does not open. */
export class Pkcs12Fault extends Error {
  readonly why: 'password' | 'cipher' | 'damaged';

  constructor(why: Pkcs12Fault['why']) {
    super(`The PKCS #12 file does not open: ${why}.`);
    this.name = 'Pkcs12Fault';
    this.why = why;
  }
}

const ITERATIONS_MAX = 1_000_000;

/** @throws {Pkcs12Fault} */
export function parsePkcs12(bytes: Buffer, password: string): Pkcs12Contents {
  try {
    const file = parseBer(bytes);
    const safe = octetsOf(childOf(childOf(childOf(file, 1, tags.sequence), 1, 0xa0), 0));
    checkMac(file.children[2], safe, password);
    const bags = parseBer(safe).children.flatMap((info) => bagsOf(info, password));
    return {
      certificates: bags.flatMap((bag) => (oidOf(childOf(bag, 0)) === CERTIFICATE_BAG ? [certificateIn(bag)] : [])),
      privateKeys: bags.flatMap((bag) => keyIn(bag, password)),
    };
  } catch (error) {
    throw error instanceof Pkcs12Fault ? error : new Pkcs12Fault('damaged');
  }
}

const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3';
const KEY_BAG = '1.2.840.113549.1.12.10.1.1';
const SHROUDED_KEY_BAG = '1.2.840.113549.1.12.10.1.2';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';

function bagsOf(info: BerNode, password: string): readonly BerNode[] {
  const type = oidOf(childOf(info, 0));
  const inside = childOf(childOf(info, 1, 0xa0), 0);
  if (type === oids.data) return parseBer(octetsOf(inside)).children;
  if (type !== ENCRYPTED_DATA) throw new BerFault('another type');
  const encrypted = childOf(inside, 1, tags.sequence);
  const plain = decrypted(childOf(encrypted, 1, tags.sequence), octetsOf(childOf(encrypted, 2)), password);
  return parseBer(plain).children;
}

function certificateIn(bag: BerNode): Buffer {
  return octetsOf(childOf(childOf(childOf(childOf(bag, 1, 0xa0), 0), 1, 0xa0), 0));
}

function keyIn(bag: BerNode, password: string): Buffer[] {
  const type = oidOf(childOf(bag, 0));
  if (type !== KEY_BAG && type !== SHROUDED_KEY_BAG) return [];
  const value = childOf(childOf(bag, 1, 0xa0), 0);
  const key =
    type === KEY_BAG ? value.bytes : decrypted(childOf(value, 0, tags.sequence), octetsOf(childOf(value, 1)), password);
  return [createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({ format: 'der', type: 'pkcs8' })];
}

const HASHES: Readonly<Record<string, { readonly hash: string; readonly blockBytes: number }>> = {
  [oids.sha1]: { hash: 'sha1', blockBytes: 64 },
  [oids.sha256]: { hash: 'sha256', blockBytes: 64 },
  [oids.sha384]: { hash: 'sha384', blockBytes: 128 },
  [oids.sha512]: { hash: 'sha512', blockBytes: 128 },
};

// RFC 7292 section 4: without it anybody could have put another certificate in.
function checkMac(mac: BerNode | undefined, safe: Buffer, password: string): void {
  if (mac === undefined) throw new BerFault('no integrity');
  const info = childOf(mac, 0, tags.sequence);
  const algorithm = HASHES[oidOf(childOf(childOf(info, 0), 0))];
  if (algorithm === undefined) throw new Pkcs12Fault('cipher');
  const salt = octetsOf(childOf(mac, 1));
  const iterations = mac.children[2] === undefined ? 1 : numberOf(mac.children[2]);
  const key = derived({ ...algorithm, id: 3, salt, iterations, password }, hashBytes(algorithm.hash));
  const expected = createHmac(algorithm.hash, key).update(safe).digest();
  if (!equalBytes(expected, octetsOf(childOf(info, 1)))) throw new Pkcs12Fault('password');
}

const PBES2 = '1.2.840.113549.1.5.13';
const PBE_SHA1_3DES = '1.2.840.113549.1.12.1.3';

function decrypted(algorithm: BerNode, ciphertext: Buffer, password: string): Buffer {
  const oid = oidOf(childOf(algorithm, 0));
  const parameters = childOf(algorithm, 1, tags.sequence);
  const { cipher, key, iv } =
    oid === PBES2 ? pbes2(parameters, password) : oid === PBE_SHA1_3DES ? tripleDes(parameters, password) : unknown();
  const opening = createDecipheriv(cipher, key, iv);
  return Buffer.concat([opening.update(ciphertext), opening.final()]);
}

function unknown(): never {
  throw new Pkcs12Fault('cipher');
}

interface Opening {
  readonly cipher: string;
  readonly key: Buffer;
  readonly iv: Buffer;
}

const CIPHERS: Readonly<Record<string, { readonly cipher: string; readonly keyBytes: number }>> = {
  [oids.aes128Cbc]: { cipher: 'aes-128-cbc', keyBytes: 16 },
  [oids.aes192Cbc]: { cipher: 'aes-192-cbc', keyBytes: 24 },
  [oids.aes256Cbc]: { cipher: 'aes-256-cbc', keyBytes: 32 },
};
const PRFS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

/** RFC 8018 section 6.2. */
function pbes2(parameters: BerNode, password: string): Opening {
  const [salt, iterations, ...more] = childOf(childOf(parameters, 0), 1, tags.sequence).children;
  if (salt === undefined || iterations === undefined) throw new BerFault('a parameter is missing');
  const prf = more.find(({ tag }) => tag === tags.sequence);
  const hash = prf === undefined ? 'sha1' : PRFS[oidOf(childOf(prf, 0))];
  const scheme = childOf(parameters, 1, tags.sequence);
  const cipher = CIPHERS[oidOf(childOf(scheme, 0))];
  if (hash === undefined || cipher === undefined) return unknown();
  const key = pbkdf2Sync(password, octetsOf(salt), numberOf(iterations), cipher.keyBytes, hash);
  return { cipher: cipher.cipher, key, iv: octetsOf(childOf(scheme, 1)) };
}

/** What Windows and old programs write. */
function tripleDes(parameters: BerNode, password: string): Opening {
  const from = {
    hash: 'sha1',
    blockBytes: 64,
    salt: octetsOf(childOf(parameters, 0)),
    iterations: numberOf(childOf(parameters, 1)),
    password,
  };
  return { cipher: 'des-ede3-cbc', key: derived({ ...from, id: 1 }, 24), iv: derived({ ...from, id: 2 }, 8) };
}

interface Derivation {
  readonly hash: string;
  readonly blockBytes: number;
  /** 1: a key, 2: an IV, 3: a key for the integrity. */
  readonly id: 1 | 2 | 3;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly password: string;
}

/** RFC 7292 appendix B.2. */
function derived({ hash, blockBytes, id, salt, iterations, password }: Derivation, bytes: number): Buffer {
  const text = Buffer.from(`${password}\0`, 'utf16le').swap16();
  let input: Buffer = Buffer.concat([filled(salt, blockBytes), filled(text, blockBytes)]);
  const found: Buffer[] = [];
  for (let have = 0; have < bytes; have += hashBytes(hash)) {
    let block: Buffer = Buffer.concat([Buffer.alloc(blockBytes, id), input]);
    for (let n = 0; n < iterations; n++) block = createHash(hash).update(block).digest();
    found.push(block);
    input = added(input, filled(block, blockBytes).subarray(0, blockBytes), blockBytes);
  }
  return Buffer.concat(found).subarray(0, bytes);
}

function filled(bytes: Buffer, blockBytes: number): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / blockBytes) * blockBytes, bytes);
}

/** Each block of the input plus the other and one, as big-endian numbers. */
function added(input: Buffer, other: Buffer, blockBytes: number): Buffer {
  const sum = Buffer.from(input);
  for (let start = 0; start < sum.length; start += blockBytes) {
    let carry = 1;
    for (let at = blockBytes - 1; at >= 0; at--) {
      carry += (sum[start + at] ?? 0) + (other[at] ?? 0);
      sum[start + at] = carry & 0xff;
      carry >>= 8;
    }
  }
  return sum;
}

function hashBytes(hash: string): number {
  return createHash(hash).digest().length;
}

function numberOf(node: BerNode): number {
  const value =
    node.tag === tags.integer && node.content.length <= 4 ? node.content.readIntBE(0, node.content.length) : 0;
  if (value < 1 || value > ITERATIONS_MAX) throw new BerFault('a number out of bounds');
  return value;
}

// Owns measuring which S/MIME algorithms pass between us and OpenSSL and GnuPG, in both directions, and the table of
// docs/interoperability.md that says what came of it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCertificate } from '../../server/crypto/certificate.ts';
import type { CertificateFacts } from '../../server/crypto/certificate.ts';
import { envelop } from '../../server/crypto/cms-envelope.ts';
import type { ContentCipher, KeyTransport } from '../../server/crypto/cms-envelope.ts';
import { openEnvelope } from '../../server/crypto/cms-open.ts';
import { checkSignature, signContent } from '../../server/crypto/cms-signature.ts';
import { systemClock } from '../../server/core/clock.ts';
import { makeMailAuthority, makeMailCertificate, mailFolder, openssl } from '../support/mail-certificates.ts';
import type { KeyName, MailAuthority, MailCertificate } from '../support/mail-certificates.ts';
import { startGpgsm } from './gpgsm.ts';
import type { Gpgsm } from './gpgsm.ts';

export interface Measured {
  readonly peer: string;
  readonly algorithm: string;
  /** What we made is read there. */
  readonly there: Outcome;
  /** What is made there is read here. */
  readonly here: Outcome;
}

/** unknown: the peer does not make or read it at all. */
export type Outcome = 'yes' | 'no' | 'unknown there';

const CONTENT = Buffer.from('Content-Type: text/plain; charset=utf-8\r\n\r\nIt passes.\r\n');

interface Person extends MailCertificate {
  readonly key: KeyName;
  readonly facts: CertificateFacts;
}

interface Envelope {
  readonly key: KeyName;
  readonly transport: KeyTransport;
  readonly cipher: ContentCipher;
}

const ENVELOPES: readonly Envelope[] = (['aes-256-gcm', 'aes-256-cbc'] as const).flatMap((cipher) => [
  { key: 'rsa', transport: 'rsa-oaep', cipher },
  { key: 'rsa', transport: 'rsa-pkcs1', cipher },
  { key: 'P-256', transport: 'ecdh', cipher },
  { key: 'P-384', transport: 'ecdh', cipher },
]);
const SIGNATURES = (['rsa', 'P-256', 'P-384'] as const).flatMap((key) => [
  { key, kind: 'detached' as const },
  { key, kind: 'opaque' as const },
]);

/** Undefined where GnuPG is missing. */
export async function measure(): Promise<readonly Measured[] | undefined> {
  const authority = makeMailAuthority();
  const gpgsm = startGpgsm(authority);
  if (gpgsm === undefined) return undefined;
  try {
    const people = (['rsa', 'P-256', 'P-384'] as const).map((key): Person => {
      const address = `${key.toLowerCase()}@recipient.example`;
      const made = makeMailCertificate({ authority, key, address });
      return { ...made, key, facts: parseCertificate(made.der) };
    });
    const peers = [opensslPeer(authority), gpgsmPeer(gpgsm, people)];
    const rows: Measured[] = [];
    for (const peer of peers) {
      for (const envelope of ENVELOPES) rows.push(passEnvelope(peer, envelope, person(people, envelope.key)));
      for (const { key, kind } of SIGNATURES) rows.push(await passSignature(peer, kind, person(people, key)));
    }
    return rows;
  } finally {
    gpgsm.stop();
  }
}

function person(people: readonly Person[], key: KeyName): Person {
  const found = people.find((one) => one.key === key);
  if (found === undefined) throw new Error(`nobody has a key of ${key}`);
  return found;
}

interface Peer {
  readonly name: string;
  open(envelope: Buffer, to: Person): Buffer | undefined;
  /** Undefined where it does not make such. */
  seal(envelope: Envelope, to: Person): Buffer | undefined;
  verifies(signature: Buffer, kind: 'detached' | 'opaque'): boolean;
  sign(kind: 'detached' | 'opaque', by: Person): Buffer | undefined;
}

function passEnvelope(peer: Peer, envelope: Envelope, to: Person): Measured {
  const ours = envelop(CONTENT, [{ ...to.facts, transport: envelope.transport }], envelope.cipher);
  const theirs = peer.seal(envelope, to);
  const { issuerAndSerial, subjectKeyId } = to.facts;
  const key = { privateKey: to.keyDer, issuerAndSerial, subjectKeyId };
  return {
    peer: peer.name,
    algorithm: `${envelope.cipher.toUpperCase()}, ${transportNames[envelope.transport]} (${keyNames[envelope.key]})`,
    there: peer.open(ours, to)?.equals(CONTENT) === true ? 'yes' : 'unknown there',
    here: theirs === undefined ? 'unknown there' : openEnvelope(theirs, [key]).equals(CONTENT) ? 'yes' : 'no',
  };
}

async function passSignature(peer: Peer, kind: 'detached' | 'opaque', by: Person): Promise<Measured> {
  const signer = { certificate: by.facts, chain: [], privateKey: by.keyDer };
  const ours = await signContent(CONTENT, signer, kind, new Date(systemClock.nowMs()));
  const theirs = peer.sign(kind, by);
  const checked =
    theirs === undefined ? undefined : await checkSignature(theirs, kind === 'detached' ? CONTENT : undefined);
  const isRead = checked?.isIntact === true && checked.content.equals(CONTENT);
  return {
    peer: peer.name,
    algorithm: `${kind === 'detached' ? 'Clear-signed' : 'Opaque'}, ${signatureNames[by.key]}`,
    there: peer.verifies(ours, kind) ? 'yes' : 'no',
    here: checked === undefined ? 'unknown there' : isRead ? 'yes' : 'no',
  };
}

const transportNames: Readonly<Record<KeyTransport, string>> = {
  'rsa-oaep': 'RSA-OAEP',
  'rsa-pkcs1': 'RSA PKCS #1 v1.5',
  ecdh: 'ECDH',
};
const keyNames: Readonly<Record<KeyName, string>> = { rsa: 'RSA 2048', 'P-256': 'P-256', 'P-384': 'P-384' };
const signatureNames: Readonly<Record<KeyName, string>> = {
  rsa: 'RSA with SHA-256',
  'P-256': 'ECDSA P-256 with SHA-256',
  'P-384': 'ECDSA P-384 with SHA-384',
};

function attempt(work: () => Buffer): Buffer | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function inFile(name: string, bytes: Buffer): string {
  const file = join(mailFolder(), name);
  writeFileSync(file, bytes);
  return file;
}

function opensslPeer({ certFile: ca }: MailAuthority): Peer {
  const version = /^OpenSSL (\d+\.\d+)/.exec(openssl('version').toString())?.[1] ?? '';
  const oaep = ['-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256'];
  return {
    name: `OpenSSL ${version}`,
    open: (bytes, { certFile, keyFile }) =>
      attempt(() =>
        openssl(
          ...['cms', '-decrypt', '-binary', '-inform', 'DER', '-in', inFile('envelope', bytes)],
          ...['-recip', certFile, '-inkey', keyFile],
        ),
      ),
    seal: ({ cipher, transport }, { certFile }) =>
      attempt(() =>
        openssl(
          ...['cms', '-encrypt', '-binary', '-outform', 'DER', '-in', inFile('content', CONTENT), `-${cipher}`],
          ...['-recip', certFile, ...(transport === 'rsa-oaep' ? oaep : [])],
        ),
      ),
    verifies: (bytes, kind) => {
      const content = kind === 'detached' ? ['-content', inFile('content', CONTENT)] : [];
      const args = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', inFile('signature', bytes), '-CAfile', ca];
      return attempt(() => openssl(...args, ...content))?.equals(CONTENT) === true;
    },
    sign: (kind, { certFile, keyFile }) =>
      attempt(() =>
        openssl(
          ...['cms', '-sign', '-binary', '-outform', 'DER', '-in', inFile('content', CONTENT), '-signer', certFile],
          ...['-inkey', keyFile, ...(kind === 'opaque' ? ['-nodetach'] : [])],
        ),
      ),
  };
}

function gpgsmPeer(gpgsm: Gpgsm, people: readonly Person[]): Peer {
  const holds = new Set(people.filter((one) => gpgsm.importKey(one)));
  const addressOf = ({ facts }: Person): string => facts.addresses[0] ?? '';
  return {
    name: `GnuPG ${gpgsm.version} (gpgsm)`,
    open: (bytes) => gpgsm.run('--decrypt', inFile('envelope', bytes)),
    seal: ({ cipher, transport }, to) =>
      // It says nothing of these, and makes the other.
      cipher === 'aes-256-gcm' || transport === 'rsa-oaep'
        ? undefined
        : gpgsm.run('-r', addressOf(to), '--cipher-algo', 'AES256', '--encrypt', inFile('content', CONTENT)),
    verifies: (bytes, kind) => {
      const content = kind === 'detached' ? [inFile('content', CONTENT)] : [];
      return gpgsm.run('--verify', inFile('signature', bytes), ...content) !== undefined;
    },
    sign: (kind, by) =>
      holds.has(by)
        ? gpgsm.run('-u', addressOf(by), kind === 'detached' ? '--detach-sign' : '--sign', inFile('content', CONTENT))
        : undefined,
  };
}

const BEGIN = '<!-- measured: npm run interoperability -->';
const END = '<!-- end -->';

/** The page with the table of what was measured. */
export function withTable(page: string, rows: readonly Measured[]): string {
  const lines = rows.map(({ peer, algorithm, there, here }) => `| ${peer} | ${algorithm} | ${there} | ${here} |`);
  const table = [
    '| peer | algorithm | ours is read there | theirs is read here |',
    '| --- | --- | --- | --- |',
    ...lines,
  ];
  const [before = '', rest = ''] = page.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  return `${before}${BEGIN}\n${table.join('\n')}\n${END}${after}`;
}

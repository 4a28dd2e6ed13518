// Owns the certificates for mail that tests need, made by OpenSSL on the spot: an authority, and people's of any key and purpose.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, isoTime, systemClock } from '../../server/core/clock.ts';

export interface MailAuthority {
  readonly dir: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly certPem: string;
}

export interface MailCertificate {
  readonly dir: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly certPem: string;
  readonly keyPem: string;
  readonly der: Buffer;
  /** PKCS#8, DER. */
  readonly keyDer: Buffer;
}

export interface WantedCertificate {
  readonly address?: string;
  readonly key?: KeyName;
  readonly keyUsage?: string;
  readonly purpose?: string;
  /** From today on; negative: it ran out that many days ago. */
  readonly days?: number;
  /** More lines of the extensions. */
  readonly extensions?: readonly string[];
  readonly authority?: MailAuthority;
  readonly subject?: string;
}

export type KeyName = 'rsa' | 'P-256' | 'P-384';

const dirs: string[] = [];
process.once('exit', () => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});

export function mailFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'sealpost-smime-'));
  dirs.push(dir);
  return dir;
}

export function run(command: string, args: readonly string[], input?: Buffer): Buffer {
  return execFileSync(command, [...args], { input: input ?? '', stdio: ['pipe', 'pipe', 'pipe'], timeout: 60_000 });
}

export function openssl(...args: readonly string[]): Buffer {
  return run('openssl', args);
}

export function makeMailAuthority(name = 'Mail Test Authority', above?: MailAuthority): MailAuthority {
  const dir = mailFolder();
  const certFile = join(dir, 'ca.pem');
  const keyFile = join(dir, 'ca-key.pem');
  const requestFile = join(dir, 'ca-request.pem');
  const extensionsFile = join(dir, 'ca.cnf');
  writeFileSync(
    extensionsFile,
    'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n',
  );
  openssl('req', '-new', ...newKey('P-256', keyFile), '-subj', `/O=Test/CN=${name}`, '-out', requestFile);
  const signer = above === undefined ? ['-signkey', keyFile] : ['-CA', above.certFile, '-CAkey', above.keyFile];
  openssl('x509', '-req', '-in', requestFile, '-out', certFile, '-days', '365', '-extfile', extensionsFile, ...signer);
  return { dir, certFile, keyFile, certPem: readFileSync(certFile, 'utf8') };
}

export function makeMailCertificate(wanted: WantedCertificate = {}): MailCertificate {
  const { address = 'bob@recipient.example', key = 'rsa', days = 120 } = wanted;
  const authority = wanted.authority ?? makeMailAuthority();
  const dir = mailFolder();
  const file = (name: string): string => join(dir, name);
  const [certFile, keyFile, requestFile, settingsFile] = ['cert.pem', 'key.pem', 'request.pem', 'settings.cnf'].map(
    file,
  ) as [string, string, string, string]; // four names give four paths
  const usage = key === 'rsa' ? 'digitalSignature,keyEncipherment' : 'digitalSignature,keyAgreement';
  const extensions = [
    'basicConstraints=CA:FALSE',
    'subjectKeyIdentifier=hash',
    `keyUsage=critical,${wanted.keyUsage ?? usage}`,
    `extendedKeyUsage=${wanted.purpose ?? 'emailProtection'}`,
    ...(address === '' ? [] : [`subjectAltName=email:${address}`]),
    ...(wanted.extensions ?? []),
  ];
  writeFileSync(file('issued.txt'), '');
  writeFileSync(
    settingsFile,
    [
      '[ca]\ndefault_ca=test\n[test]',
      `new_certs_dir=${dir}\ndatabase=${file('issued.txt')}\nrand_serial=yes\ndefault_md=sha256\npolicy=any`,
      'x509_extensions=extensions\nunique_subject=no\n[any]\ncommonName=optional\norganizationName=optional',
      'emailAddress=optional\n[extensions]',
      ...extensions,
    ].join('\n'),
  );
  openssl('req', '-new', ...newKey(key, keyFile), '-subj', wanted.subject ?? '/CN=Bob Recipient', '-out', requestFile);
  const endMs = systemClock.nowMs() + days * DAY_MS;
  const beginMs = Math.min(systemClock.nowMs(), endMs) - 30 * DAY_MS;
  const { certFile: ca, keyFile: caKey } = authority;
  openssl(
    ...['ca', '-batch', '-notext', '-config', settingsFile, '-in', requestFile, '-out', certFile, '-cert', ca],
    ...['-keyfile', caKey, '-startdate', asn1Time(beginMs), '-enddate', asn1Time(endMs)],
  );
  return {
    dir,
    certFile,
    keyFile,
    certPem: readFileSync(certFile, 'utf8'),
    keyPem: readFileSync(keyFile, 'utf8'),
    der: openssl('x509', '-in', certFile, '-outform', 'DER'),
    keyDer: openssl('pkcs8', '-topk8', '-nocrypt', '-in', keyFile, '-outform', 'DER'),
  };
}

function newKey(key: KeyName, keyFile: string): string[] {
  const kind = key === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', `ec_paramgen_curve:${key}`];
  return ['-newkey', ...kind, '-nodes', '-keyout', keyFile];
}

function asn1Time(ms: number): string {
  return isoTime(ms).replace(/[-:T]|\.\d+/g, '');
}

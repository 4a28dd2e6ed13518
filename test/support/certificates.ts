// Owns the certificates that tests need: made by OpenSSL on the spot, so that no key lies in the tree and
// none runs out one day. Never used by the program itself.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY_MS, isoTime, systemClock } from '../../server/core/clock.ts';

export interface TestAuthority {
  readonly certPem: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface TestCertificate {
  readonly certPem: string;
  readonly keyPem: string;
  /** The authority that signed it, to be trusted by the peer. */
  readonly caPem: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

/** A certificate authority of its own, or one below another, trusted by nobody until a test says so. All have one name. */
export function makeAuthority(above?: TestAuthority): TestAuthority {
  const dir = makeFolder();
  const certFile = join(dir, 'ca.pem');
  const keyFile = join(dir, 'ca-key.pem');
  openssl(
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
    [
      '-subj',
      above === undefined ? '/CN=Test Authority' : '/CN=Test Authority below',
      '-keyout',
      keyFile,
      '-out',
      certFile,
    ],
    ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    above === undefined ? [] : ['-CA', above.certFile, '-CAkey', above.keyFile],
  );
  return { certPem: readFileSync(certFile, 'utf8'), certFile, keyFile };
}

/**
 * A server certificate for these names (DNS names or IPv4 addresses), signed by `authority` or by one
 * made for it. With `expiredDays` it ran out that many days ago.
 */
export function makeCertificate(wanted: {
  authority?: TestAuthority;
  names: readonly [string, ...string[]];
  expiredDays?: number;
  /** So many days it is good from now on; 10 where nothing is said. */
  lastsDays?: number;
}): TestCertificate {
  const authority = wanted.authority ?? makeAuthority();
  const dir = makeFolder();
  const certFile = join(dir, 'cert.pem');
  const keyFile = join(dir, 'key.pem');
  const requestFile = join(dir, 'request.pem');
  const settingsFile = join(dir, 'settings.cnf');
  const days = wanted.expiredDays === undefined ? (wanted.lastsDays ?? 10) : -wanted.expiredDays;
  const endMs = systemClock.nowMs() + days * DAY_MS;
  writeFileSync(join(dir, 'issued.txt'), '');
  writeFileSync(settingsFile, authoritySettings(dir, wanted.names));
  openssl(
    ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ['-subj', `/CN=${wanted.names[0]}`, '-keyout', keyFile, '-out', requestFile],
  );
  // `openssl ca`, not `openssl x509`: only the former can date a certificate into the past.
  openssl(
    ['ca', '-batch', '-notext', '-config', settingsFile, '-in', requestFile, '-out', certFile],
    ['-cert', authority.certFile, '-keyfile', authority.keyFile],
    ['-startdate', asn1Time(Math.min(endMs, systemClock.nowMs()) - 30 * DAY_MS), '-enddate', asn1Time(endMs)],
  );
  return {
    certPem: readFileSync(certFile, 'utf8'),
    keyPem: readFileSync(keyFile, 'utf8'),
    caPem: authority.certPem,
    certFile,
    keyFile,
    caFile: authority.certFile,
  };
}

function authoritySettings(dir: string, names: readonly string[]): string {
  const alternatives = names.map((name) => (/^[0-9.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`));
  return [
    '[ca]',
    'default_ca = authority',
    '[authority]',
    `database = ${join(dir, 'issued.txt')}`,
    `new_certs_dir = ${dir}`,
    'rand_serial = yes',
    'default_md = sha256',
    'policy = policy',
    'x509_extensions = server',
    '[policy]',
    'commonName = supplied',
    '[server]',
    `subjectAltName = ${alternatives.join(',')}`,
    'basicConstraints = critical,CA:FALSE',
    'keyUsage = critical,digitalSignature',
    'extendedKeyUsage = serverAuth',
    '',
  ].join('\n');
}

/** `20260131235959Z`, the GeneralizedTime of RFC 5280 section 4.1.2.5.2. */
function asn1Time(ms: number): string {
  return isoTime(ms).replace(/\.\d+/, '').replace(/[-:T]/g, '');
}

function openssl(...args: readonly string[][]): void {
  execFileSync('openssl', args.flat(), { stdio: ['ignore', 'ignore', 'pipe'] });
}

function makeFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'sealpost-certificates-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

// Owns a gpgsm of a test's own: a home folder with one trusted authority and the keys of the people that are imported. Its agent ends with
// the test.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailFolder, openssl } from '../support/mail-certificates.ts';
import type { MailAuthority, MailCertificate } from '../support/mail-certificates.ts';

export interface Gpgsm {
  /** "2.2" */
  readonly version: string;
  /** @returns whether it took the private key. */
  importKey(certificate: MailCertificate): boolean;
  /** What it says of the bytes in its answer; undefined when it fails. */
  run(...args: readonly string[]): Buffer | undefined;
  stop(): void;
}

const PASSWORD = 'x';

/** Undefined where it is not installed. */
export function startGpgsm(authority: MailAuthority): Gpgsm | undefined {
  const told = spawnSync('gpgsm', ['--version'], { encoding: 'utf8' });
  const version = /^gpgsm \(GnuPG\) (\d+\.\d+)/.exec(told.stdout ?? '')?.[1];
  if (version === undefined) return undefined;
  const home = join(mailFolder(), 'home');
  mkdirSync(home, { mode: 0o700 });
  const env = { ...process.env, GNUPGHOME: home, LC_ALL: 'C' };
  const fingerprint = openssl('x509', '-in', authority.certFile, '-noout', '-fingerprint', '-sha1').toString();
  writeFileSync(join(home, 'gpg-agent.conf'), 'allow-loopback-pinentry\n');
  writeFileSync(join(home, 'trustlist.txt'), `${fingerprint.split('=')[1]?.trim() ?? ''} S relax\n`);

  const run = (...args: readonly string[]): Buffer | undefined => {
    const always = ['--batch', '--disable-crl-checks', '--disable-policy-checks', '--pinentry-mode', 'loopback'];
    const { status, stdout } = spawnSync('gpgsm', [...always, '--passphrase-fd', '0', ...args], {
      env,
      input: `${PASSWORD}\n`,
      timeout: 30_000,
    });
    return status === 0 ? stdout : undefined;
  };
  run('--import', authority.certFile);
  return {
    version,
    importKey: ({ certFile, keyFile, dir }) => {
      const file = join(dir, 'key.p12');
      const old = ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'];
      const pair = ['-in', certFile, '-inkey', keyFile, '-passout', `pass:${PASSWORD}`];
      writeFileSync(file, openssl('pkcs12', '-export', ...pair, ...old));
      return run('--import', file) !== undefined;
    },
    run,
    stop: () => void spawnSync('gpgconf', ['--kill', 'all'], { env }),
  };
}

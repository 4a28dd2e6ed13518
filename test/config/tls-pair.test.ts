import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { loadConfig } from '../../server/config.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'SKIPPED: needs OpenSSL on this machine';

describe('certificate and key for STARTTLS', { skip }, () => {
  const env = { RELAY_URL: 'smtp://relay.acme.test' };

  it('are read when they belong together, and let TLS be required', () => {
    const { certFile, keyFile, certPem, keyPem } = makeCertificate({ names: ['mail.acme.test'] });
    const config = loadConfig({ ...env, SMTP_TLS_CERT_FILE: certFile, SMTP_TLS_KEY_FILE: keyFile });
    assert.deepEqual(config.smtp.tls, { cert: certPem, key: keyPem });
    assert.equal(config.smtp.requireTls, true);
  });

  it('are refused when the key belongs to another certificate', () => {
    const authority = makeAuthority();
    const { certFile } = makeCertificate({ authority, names: ['a.acme.test'] });
    const { keyFile } = makeCertificate({ authority, names: ['b.acme.test'] });
    assert.throws(
      () => loadConfig({ ...env, SMTP_TLS_CERT_FILE: certFile, SMTP_TLS_KEY_FILE: keyFile }),
      /the unencrypted private key that belongs to it/,
    );
  });
});

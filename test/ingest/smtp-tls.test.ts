import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeCertificate } from '../support/certificates.ts';
import { runTool, skipWithout, type ToolRun } from '../support/smtp-dialog-tools.ts';
import { startListener, type TestListener } from './smtp-harness.ts';

const skip = skipWithout('openssl', 'version');

describe('OpenSSL as the TLS peer', { skip }, () => {
  const certificate = makeCertificate({ names: ['mail.example.com'] });
  const tls = { cert: certificate.certPem, key: certificate.keyPem };

  it('is shown the certificate of the settings', async () => {
    await using listener = await startListener({ tls });
    const run = await shake(listener, [
      '-CAfile',
      certificate.caFile,
      '-verify_return_error',
      '-verify_hostname',
      'mail.example.com',
    ]);
    assert.equal(run.status, 0, run.output);
    assert.match(run.output, /Verify return code: 0 \(ok\)/);
  });

  it('gets no handshake below TLS 1.2', async () => {
    await using listener = await startListener({ tls });
    for (const version of ['-tls1', '-tls1_1']) {
      const run = await shake(listener, [version, '-cipher', 'ALL:@SECLEVEL=0']);
      assert.notEqual(run.status, 0, version);
      assert.doesNotMatch(run.output, /BEGIN CERTIFICATE/, version);
    }
    const run = await shake(listener, ['-tls1_2']);
    assert.match(run.output, /BEGIN CERTIFICATE/);
  });

  it('is shown no certificate at all when there is none of our own', async () => {
    await using listener = await startListener();
    const run = await shake(listener, []);
    assert.notEqual(run.status, 0);
    assert.doesNotMatch(run.output, /BEGIN CERTIFICATE/);
  });
});

function shake(listener: TestListener, args: readonly string[]): Promise<ToolRun> {
  const at = ['-connect', `${listener.host}:${listener.port}`, '-starttls', 'smtp', '-servername', 'mail.example.com'];
  return runTool('openssl', ['s_client', ...at, ...args], 'QUIT\r\n');
}

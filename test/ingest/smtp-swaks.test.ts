import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '../../server/core/errors.ts';
import { makeCertificate } from '../support/certificates.ts';
import { runTool, skipWithout, type ToolRun } from '../support/smtp-dialog-tools.ts';
import { PASSWORD, readAll, startListener, STRANGER, type TestListener, USER } from './smtp-harness.ts';

const skip = skipWithout('swaks');

describe('swaks as the submitting peer', { skip }, () => {
  it('hands over a mail with an attachment from a listed network', async () => {
    await using listener = await startListener();
    const run = await swaks(listener, ['--body', 'Good morning.', '--attach', import.meta.filename]);
    assert.equal(run.status, 0, run.output);
    assert.match(run.output, /^<- {2}250 2\.0\.0 [0-9a-z]{26}$/m);
    assert.match(listener.mails[0]?.raw.toString() ?? '', /^From: anna@example\.com\r$/m);
  });

  it('signs in under TLS by PLAIN and by LOGIN', async () => {
    await using listener = await startTls();
    for (const method of ['PLAIN', 'LOGIN']) {
      const auth = ['--tls', '--auth', method, '--auth-user', USER, '--auth-password', PASSWORD];
      const run = await swaks(listener, ['--local-interface', STRANGER, ...auth]);
      assert.equal(run.status, 0, run.output);
    }
    assert.equal(listener.mails.length, 2);
    assert.deepEqual(listener.mails[0]?.about.peer, { ip: STRANGER, user: USER, tls: true });
  });

  it('is refused in each way the matrix of open relays knows', async () => {
    await using listener = await startTls();
    const wrong = ['--auth', 'PLAIN', '--auth-user', USER, '--auth-password', 'wrong'];
    const right = ['--auth', 'PLAIN', '--auth-user', USER, '--auth-password', PASSWORD];
    const outside = ['--local-interface', STRANGER];
    const matrix: readonly [readonly string[], RegExp][] = [
      [[], /530 5\.7\.0 Must issue a STARTTLS command first/],
      [[...outside, '--tls'], /530 5\.7\.0 Authentication required/],
      [[...outside, '--tls', ...wrong], /535 5\.7\.8/],
      [[...outside, ...right], /Host did not advertise authentication/],
      [[...outside, '--tls', ...right, '--from', 'mallory@example.net'], /550 5\.7\.1/],
      [['--tls', '--from', '<>'], /550 5\.7\.1/],
      [['--tls', '--from', 'mallory@example.net'], /550 5\.7\.1/],
      [['--tls', '--to', 'bob@[192.0.2.1]'], /553 5\.1\.3/],
      [['--tls', '--to', 'bob%example.net@[127.0.0.1]'], /553 5\.1\.3/],
    ];
    for (const [args, expected] of matrix) {
      const run = await swaks(listener, args);
      assert.notEqual(run.status, 0, run.output);
      assert.match(run.output, expected);
    }
    assert.equal(listener.mails.length, 0);
  });

  it('hears the refusal of a mail after its last dot', async () => {
    await using listener = await startListener({
      onMail: async ({ content }) => {
        await readAll(content);
        throw new AppError('mail/rights-protected', 'x');
      },
    });
    const run = await swaks(listener, []);
    assert.notEqual(run.status, 0);
    assert.match(run.output, /^<\*\* 550 5\.6\.1 /m);
  });
});

function startTls(): Promise<TestListener> {
  const { certPem, keyPem } = makeCertificate({ names: ['mail.example.com'] });
  return startListener({
    tls: { cert: certPem, key: keyPem },
    requireTls: true,
    authenticate: async (user, password) => user === USER && password === PASSWORD,
  });
}

function swaks(listener: TestListener, args: readonly string[]): Promise<ToolRun> {
  const at = ['--server', listener.host, '--port', String(listener.port), '--helo', 'client.example.com'];
  return runTool('swaks', [...at, '--from', 'anna@example.com', '--to', 'bob@example.net', ...args]);
}

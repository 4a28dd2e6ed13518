// The instructions for Postfix, followed to the letter by a real one: what bears the tag comes here, signed in and over TLS that
// is verified, and all else goes its way.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { hash } from 'argon2';
import { guidesFor } from '../../server/admin/mail-server-guide.ts';
import { listSent } from '../../server/messages/messages.store.ts';
import { makeCertificate } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { postfixMissing, startPostfix } from '../support/postfix.ts';
import type { Postfix } from '../support/postfix.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';

const skip = postfixMissing() ?? false;
if (skip !== false) console.error(skip);

describe('the instructions for Postfix', { skip }, () => {
  let dir = '';
  let running: Running;
  let postfix: Postfix;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sealpost-guide-'));
    const certificate = makeCertificate({ names: ['localhost'] });
    running = await startProgram({
      env: {
        SMTP_TLS_CERT_FILE: certificate.certFile,
        SMTP_TLS_KEY_FILE: certificate.keyFile,
        SMTP_REQUIRE_TLS: 'true',
        SMTP_CLIENTS: '192.0.2.1',
        SMTP_USERS: `connector:${await hash('s3cret', { memoryCost: 19_456, timeCost: 2, parallelism: 1 })}`,
      },
    });
    const guide = guidesFor({
      host: 'localhost',
      port: running.smtpPort,
      isLoopback: false,
      hasTls: true,
      requireTls: true,
      users: ['connector'],
      clients: [],
      orgDomains: ['example.com'],
      messageBytesMax: 1_000_000,
    }).find(({ id }) => id === 'postfix');
    const [main = '', checks = '', password = ''] = guide?.blocks.map(({ code }) => code) ?? [];
    await writeFile(join(dir, 'sealpost_checks'), checks);
    await writeFile(join(dir, 'sealpost_password'), password.replace('PASSWORD', 's3cret'));
    const lines = main.split('\n').map((line) => line.replaceAll('/etc/postfix/', `${dir}/`).split(' = '));
    const more = Object.fromEntries(lines.map(([name = '', ...value]) => [name, value.join(' = ')]));
    postfix = await startPostfix({
      dir,
      outgoing: true,
      more: {
        ...more,
        smtp_tls_CApath: '',
        smtp_tls_CAfile: certificate.caFile,
        smtp_host_lookup: 'native',
        smtp_tls_loglevel: '1',
      },
    });
  });
  after(async () => {
    await running.stop();
    await postfix.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const sent = async (): Promise<number> => (await listSent(running.store.db, undefined, { limit: 10 })).length;
  const hand = (subject: string, headers: string[] = []): Promise<string> =>
    submit(postfix.port, {
      from: 'alice@example.com',
      to: ['bob@recipient.example'],
      raw: plainMail({ subject, headers, messageId: `<${subject.length}.${headers.length}@example.com>` }),
    });

  test('lead what bears the tag here', async () => {
    assert.match(await hand('Results [encrypt]'), /^250/);
    await eventually(async () => (await sent()) === 1);
    assert.match(postfix.log(), /Verified TLS connection established to localhost/);
  });

  test('and what bears the header', async () => {
    assert.match(await hand('Results', ['X-Sealpost-Protection: do-not-forward']), /^250/);
    await eventually(async () => (await sent()) === 2);
  });

  test('and leave all else alone', async () => {
    assert.match(await hand('Lunch'), /^250/);
    await postfix.arrived('bob@recipient.example');
    assert.equal(await sent(), 2);
  });
});

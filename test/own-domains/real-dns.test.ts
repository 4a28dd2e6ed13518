// The organisation's domain as a real resolver sees it, on the page and on the command line; and that what the checks say of
// alignment is true of the notices that leave.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { publicDkimKey } from '../../server/crypto/dkim-key.ts';
import { assertProblem, makeClient } from '../roads/api-client.ts';
import type { CommandEnded } from '../support/command.ts';
import { sealpost } from '../support/command.ts';
import { dkimHolds } from '../support/dkim.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { submitOne, startProduction } from '../support/production.ts';
import { startProgram } from '../support/program.ts';
import { startRelay } from '../support/relay.ts';
import { signedDnsMissing, startSignedDns } from '../support/signed-dns.ts';
import type { SignedDns } from '../support/signed-dns.ts';

const skip = signedDnsMissing() ?? false;
if (skip !== false) console.error(skip);

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const { spki } = publicDkimKey(pem);
const pieces = `v=DKIM1; k=rsa; p=${spki}`.match(/.{1,255}/g)?.map((piece) => `"${piece}"`) ?? [];

// Nothing is ever said to the relay: its address has to be one that the world could see.
describe('with a real resolver', { skip }, () => {
  let dns: SignedDns;
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealpost-test-'));
    dns = await startSignedDns([
      {
        name: 'example.com',
        state: 'signed',
        records: [
          '@ IN MX 10 mx',
          'mx IN A 11.22.33.44',
          '@ IN TXT "v=spf1 mx -all"',
          '_dmarc IN TXT "v=DMARC1; p=quarantine; rua=mailto:d@example.com"',
          '_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:t@example.com"',
          `mail2026._domainkey IN TXT ${pieces.join(' ')}`,
        ],
      },
      { name: 'example.org', state: 'bogus', records: ['@ IN MX 10 mx'] },
    ]);
  });
  after(async () => {
    await dns.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('the page says what is in order, what to publish, and what nobody can know', async () => {
    const running = await startProgram({
      env: { DNS_RESOLVER: `127.0.0.1:${dns.port}`, ORG_DOMAINS: 'example.com, example.org' },
    });
    try {
      const admin = await signInByAddress(running, 'admin@example.com');
      const { status, text } = await admin.get('/admin/domain');
      assert.equal(status, 200);
      const [, com = '', org = ''] = text.split('<div class="sheet-heading">');
      for (const check of ['MX', 'SPF', 'DMARC', 'TLS-RPT']) {
        assert.match(com, new RegExp(`<strong>${check}</strong> <span class="state" data-tone="good">In order`));
      }
      assert.match(com, /<strong>MTA-STS<\/strong> <span class="state" data-tone="waiting">/);
      assert.match(com, /mode: testing\nmx: mx\.example\.com\n/);
      assert.match(org, /<strong>SPF<\/strong> <span class="state" data-tone="bad">To be mended/);
      assert.match(org, /<strong>MX<\/strong> <span class="state" data-tone="off">Not known/);
      const api = await makeClient(running, { scopes: ['admin:read'] });
      const report = await api.get('/domains');
      assert.deepEqual([report.status, report.json['bad']], [200, 2]);
      const sender = await makeClient(running, { scopes: ['messages:read'] });
      assertProblem(await sender.get('/domains'), 403, 'request/forbidden');
      assert.match((await admin.get('/admin/setup')).text, /2 to be mended\./);
    } finally {
      await running.stop();
    }
  });

  describe('the command', () => {
    const check = async (more: Record<string, string>, ...command: string[]): Promise<CommandEnded> => {
      const dataDir = await mkdtemp(join(folder, 'data-'));
      const env = {
        DATA_DIR: dataDir,
        DNS_RESOLVER: `127.0.0.1:${dns.port}`,
        RELAY_URL: 'smtp://11.22.33.44:587',
        ORG_DOMAINS: 'example.com',
        ADMINS: 'admin@example.com',
        MAIL_FROM: 'secure@example.com',
        SMTP_REQUIRE_TLS: 'false',
        DKIM_DOMAIN: 'example.com',
        DKIM_SELECTOR: 'mail2026',
        DKIM_KEY: pem,
        ...more,
      };
      return sealpost(env, ...command);
    };

    test('compares with what is in use, and ends with 0 when nothing has to be mended', async () => {
      const { code, out } = await check({}, 'domain', 'check');
      assert.match(out, /SPF {6}In order: .*It names 11\.22\.33\.44/);
      assert.match(out, /DKIM {5}In order: The key in use is published\./);
      assert.match(out, /DMARC {4}In order: The policy is quarantine\. Our mail is aligned/);
      assert.equal(code, 0, out);
    });

    test('and with 1 and the record to publish when another key signs', async () => {
      const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      const key = other.export({ type: 'pkcs8', format: 'pem' }).toString();
      const file = join(folder, 'other.pem');
      await writeFile(file, key);
      const { code, out } = await check({ DKIM_KEY: '', DKIM_KEY_FILE: file }, 'domain', 'check');
      assert.equal(code, 1);
      assert.match(out, /DKIM {5}To be mended: Another key is published/);
      assert.ok(out.replaceAll('" "', '').includes(publicDkimKey(key).spki));
      assert.doesNotMatch(out, /PRIVATE/);
      const doctor = await check({ DKIM_KEY: '', DKIM_KEY_FILE: file }, 'doctor');
      assert.match(doctor.out, /^failed +domain +1 record has to be mended; sealpost domain check says how$/m);
    });
  });
});

test('a notice is signed, and aligned by its signature and by its envelope', async () => {
  const relay = await startRelay();
  const running = await startProduction({
    env: {
      RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
      MAIL_FROM: 'Example Ltd <secure@mail.example.com>',
      DKIM_DOMAIN: 'example.com',
      DKIM_SELECTOR: 'mail2026',
      DKIM_KEY: pem,
    },
  });
  try {
    await submitOne(running, 'bob@recipient.example');
    await running.drain();
    const [notice] = relay.mails;
    assert.ok(notice);
    assert.ok(dkimHolds(notice.raw, { domain: 'example.com', selector: 'mail2026', publicKey }));
    const author = /^From: .*@([a-z.]+)>\r$/m.exec(notice.raw)?.[1];
    assert.equal(author, 'mail.example.com');
    assert.ok(author.endsWith('.example.com'), 'DKIM: relaxed, the same organisation');
    assert.equal(notice.from.split('@')[1], author, 'SPF: the very domain');
  } finally {
    await running.stop();
    await relay.close();
  }
});

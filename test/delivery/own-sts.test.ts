// What our own domains say of their mail servers: the file under mta-sts.DOMAIN, as RFC 8461 asks for it, and the page on which it is
// laid down. Read by the program's own reader of others' policies.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parseStsPolicy, stsIdOf } from '../../server/delivery/mta-sts.ts';
import { bindOwnPolicies } from '../../server/delivery/own-policies.ts';
import type { Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { rawHttp } from '../support/raw-http.ts';
import type { RawAnswer } from '../support/raw-http.ts';
import { setRoster } from '../support/staff.ts';

const PATH = '/.well-known/mta-sts.txt';
const page = '/admin/mta-sts';

function ask(url: string, host: string, path: string, method = 'GET'): Promise<RawAnswer> {
  return rawHttp(url, `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

describeEngines('the policy file of our own domain', (engine) => {
  let running: Running;
  let admin: Visitor;

  before(async () => {
    running = await startProgram({ env: { ...(await engine.newDatabase()), ORG_DOMAINS: 'example.com,example.org' } });
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  const get = (host: string, path = PATH, method = 'GET'): Promise<RawAnswer> => ask(running.url, host, path, method);
  let version = 0;
  async function save(fields: Record<string, string>): Promise<number> {
    const form = { version: String(version), domain: 'example.com', mode: 'testing', mx: '', days: '7', ...fields };
    const { status } = await admin.post(page, form, page);
    if (status === 303) version += 1;
    return status;
  }
  const idOn = async (): Promise<string | undefined> =>
    stsIdOf(
      [...(await admin.get(page)).text.replaceAll('&#x3D;', '=').matchAll(/v=STSv1; id=\w+;/g)].map(
        ([record]) => record,
      ),
    );

  test('is nowhere before it is laid down', async () => {
    for (const host of ['mta-sts.example.com', 'mta-sts.example.org', 'mta-sts.other.example', 'localhost'])
      assert.equal((await get(host)).status, 404, host);
  });

  test('is served under its host alone, with the exact type, and is a policy', async () => {
    assert.equal(await save({ mode: 'enforce', mx: 'mx1.example.com\n*.Mail.example.net', days: '7' }), 303);
    for (const host of [
      'mta-sts.example.com',
      'MTA-STS.Example.com',
      'mta-sts.example.com:443',
      'mta-sts.example.com.',
    ]) {
      const answer = await get(host);
      assert.equal(answer.status, 200, host);
      assert.equal(answer.headers.get('content-type'), 'text/plain');
      assert.equal(answer.headers.get('set-cookie'), undefined);
      assert.equal(
        answer.body,
        'version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmx: *.mail.example.net\r\nmax_age: 604800\r\n',
      );
      assert.deepEqual(parseStsPolicy(answer.body), {
        mode: 'enforce',
        maxAgeSeconds: 604_800,
        mx: ['mx1.example.com', '*.mail.example.net'],
      });
    }
    for (const host of [
      'mta-sts.example.org',
      'example.com',
      'localhost',
      'x.mta-sts.example.com',
      'mta-sts.example.com.evil.example',
    ])
      assert.equal((await get(host)).status, 404, host);
  });

  test('is all there is under that host, and no other way of asking gets it', async () => {
    for (const path of [
      '/',
      '/sign-in',
      '/healthz',
      '/.well-known/',
      `${PATH}/`,
      '/.well-known/MTA-STS.txt',
      '/static/portal.css',
    ])
      assert.equal((await get('mta-sts.example.com', path)).status, 404, path);
    assert.equal((await get('mta-sts.example.com', PATH, 'POST')).status, 404);
    const forwarded = await ask(running.url, 'localhost\r\nX-Forwarded-Host: mta-sts.example.com', PATH);
    assert.equal(forwarded.status, 404);
  });

  test('has an id for each content, and the records to publish stand beside it', async () => {
    const first = await idOn();
    assert.match(first ?? '', /^[a-z0-9]{32}$/);
    await save({ mode: 'testing', mx: 'mx1.example.com' });
    const second = await idOn();
    assert.notEqual(second, first);
    await save({ mode: 'enforce', mx: 'mx1.example.com *.mail.example.net' });
    assert.equal(await idOn(), first, 'the same content, the same id');
    const { text } = await admin.get(page);
    assert.match(text, /_mta-sts\.example\.com/);
    assert.match(text, /localhost\./);
  });

  test('is refused where it could not be served, and shown as it was typed', async () => {
    assert.equal(await save({ mode: 'enforce', mx: '' }), 422);
    assert.equal(await save({ mode: 'enforce', mx: '10.0.0.1' }), 422);
    assert.equal(await save({ mode: 'enforce', mx: '*.*.example.com' }), 422);
    assert.equal(await save({ mode: 'always', mx: 'mx1.example.com' }), 422);
    assert.equal(await save({ mx: 'mx1.example.com', days: '0' }), 422);
    assert.equal(await save({ mx: 'mx1.example.com', days: '366' }), 422);
    assert.equal(await save({ domain: 'other.example', mx: 'mx1.example.com' }), 422);
    const form = { version: String(version), domain: 'example.com', mode: 'enforce', mx: '<x>', days: '7' };
    const refused = await admin.post(page, form, page);
    assert.match(refused.text, /The list of servers: its line 1 is not the name of a host/);
    assert.match(refused.text, /&lt;x&gt;/);
    assert.match((await get('mta-sts.example.com')).body, /mode: enforce/, 'and nothing was changed');
  });

  test('of two who change the same version the second is told, of any number at once one wins', async () => {
    const stale = { version: String(version - 1), domain: 'example.com', mode: 'none', mx: '', days: '7' };
    assert.equal((await admin.post(page, stale, page)).status, 412);
    const { db, vault } = running.store;
    const change = (n: number) => {
      const policies = bindOwnPolicies({ db, vault, orgDomains: ['example.com'] });
      const value = { mode: 'testing', mx: [`mx${n}.example.com`], maxAgeSeconds: 86_400 };
      return policies.save({ domain: 'example.com', value, basedOn: version, audit: () => Promise.resolve() });
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => change(n)));
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    version += 1;
  });

  test('is gone when it is switched off', async () => {
    assert.equal(await save({ mode: 'off' }), 303);
    assert.equal((await get('mta-sts.example.com')).status, 404);
  });

  test('is read by an auditor and changed by administrators alone', async () => {
    await setRoster(running, { staff: [{ address: 'auditor@example.com', role: 'auditor' }] });
    const auditor = await signInByAddress(running, 'auditor@example.com');
    assert.doesNotMatch((await auditor.get(page)).text, /name="mx"/);
    const form = { version: String(version), domain: 'example.com', mode: 'none', mx: '', days: '7' };
    assert.equal((await auditor.post(page, form, '/account')).status, 404);
    const alice = await signInByAddress(running, 'alice@example.com');
    assert.equal((await alice.get(page)).status, 404);
  });
});

describe('the policy file where the portal lies below a path', () => {
  test('is at the root of its host all the same', async () => {
    const running = await startProgram({ env: { PUBLIC_URL: 'http://localhost:3000/portal' } });
    try {
      const policies = bindOwnPolicies({ ...running.store, orgDomains: ['example.com'] });
      const value = { mode: 'testing', mx: ['mx1.example.com'], maxAgeSeconds: 86_400 };
      await policies.save({ domain: 'example.com', value, basedOn: 0, audit: () => Promise.resolve() });
      const url = new URL(running.url).origin;
      assert.equal((await ask(url, 'mta-sts.example.com', PATH)).status, 200);
      assert.equal((await ask(url, 'mta-sts.example.com', `/portal${PATH}`)).status, 404);
    } finally {
      await running.stop();
    }
  });
});

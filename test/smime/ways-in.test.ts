// The ways to the inventory: the administrators' pages, the API and the command line, and who may take them.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertProblem, makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import type { Visitor } from '../support/browser.ts';
import { sealpost } from '../support/command.ts';
import { makeMailAuthority, makeMailCertificate, openssl } from '../support/mail-certificates.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const PAGE = '/admin/certificates';

describe('the ways to the inventory of certificates', () => {
  const authority = makeMailAuthority();
  const bob = makeMailCertificate({ authority, key: 'P-256' });
  let running: Running;
  let api: ApiClient;
  let admin: Visitor;

  before(async () => {
    running = await startProgram();
    api = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    admin = await signInByAddress(running, 'admin@example.com');
  });
  after(() => running.stop());

  const upload = (content: Buffer | string, password = '') =>
    admin.postMultipart(PAGE, { password }, [{ name: 'file.pem', content: Buffer.from(content) }], PAGE);

  test('an administrator imports, reads what speaks against it, approves, changes, refuses and removes', async () => {
    assert.match((await admin.get(PAGE)).text, /There is none here yet/);
    const imported = await upload(bob.certPem);
    const own = imported.location?.split('?')[0] ?? '';
    assert.equal(imported.status, 303);
    assert.match(own, /^\/admin\/certificates\/[0-9a-z]{26}$/);
    const page = await admin.get(own);
    assert.match(page.text, /bob@recipient\.example/);
    assert.match(page.text, /Import and approve the authority first/);
    const early = await admin.post(`${own}/approve`, {}, own);
    assert.equal(early.status, 409);
    assert.match(early.text, /It cannot be approved/);

    const trusted = (await upload(authority.certPem)).location?.split('?')[0] ?? '';
    for (const one of [trusted, own]) assert.equal((await admin.post(`${one}/approve`, {}, one)).status, 303);
    assert.match((await admin.get(own)).text, /In use/);
    assert.match((await admin.get(`${PAGE}?role=recipient`)).text, /In use/);
    assert.doesNotMatch((await admin.get(`${PAGE}?role=authority`)).text, /bob@recipient/);

    assert.equal((await admin.post(`${own}/settings`, { cipher: 'gcm' }, own)).status, 303);
    assert.match((await admin.get(own)).text, /AES-256-GCM, ECDH/);
    assert.equal((await admin.post(`${own}/settings`, { cipher: 'rot13' }, own)).status, 422);
    assert.equal((await admin.post(`${own}/refuse`, {}, own)).status, 303);
    assert.match((await admin.get(own)).text, /Refused/);
    assert.equal((await admin.post(`${own}/remove`, {}, own)).status, 303);
    assert.equal((await admin.get(own)).status, 404);
  });

  test('a file that cannot be read is said to be, on the page', async () => {
    for (const [content, words] of [
      ['hello', /no file of certificates/],
      ['', /Choose a file/],
    ] as const) {
      const answer = await upload(content);
      assert.equal(answer.status, 422);
      assert.match(answer.text, words);
    }
  });

  test('to nobody else the pages exist', async () => {
    const alice = await signInByAddress(running, 'alice@example.com');
    for (const path of [PAGE, `${PAGE}/01kb0000000000000000000000`]) assert.equal((await alice.get(path)).status, 404);
    const forged = await admin.send(
      'POST',
      `${PAGE}/01kb0000000000000000000000/approve`,
      new URLSearchParams({ csrf: 'x' }),
    );
    assert.equal(forged.status, 403);
  });

  test('the API does the same, and gives no private key away', async () => {
    const house = makeMailCertificate({ authority, address: 'secure@example.com', key: 'P-256' });
    const pair = ['-in', house.certFile, '-inkey', house.keyFile, '-passout', 'pass:secret'];
    const content = openssl('pkcs12', '-export', ...pair).toString('base64');
    assertProblem(await api.sendJson('/certificates', { content, password: 'wrong' }), 422, 'request/malformed');
    assertProblem(await api.sendJson('/certificates', { content, colour: 'red' }), 422, 'request/malformed');
    const made = await api.sendJson('/certificates', { content, password: 'secret' });
    assert.equal(made.status, 201, made.text);
    const { certificates } = (await api.get('/certificates?role=own')).json;
    assert.ok(Array.isArray(certificates) && certificates.length === 1);
    const [{ id, state, faults, hasPrivateKey }] = certificates;
    assert.deepEqual([state, faults, hasPrivateKey], ['offered', [], true]);
    const put = (body: unknown) => api.sendJson(`/certificates/${String(id)}`, body, {}, 'PUT');
    assertProblem(await put({ state: 'offered' }), 422, 'request/malformed');
    const approved = await put({ state: 'approved', cipher: 'gcm' });
    assert.deepEqual([approved.status, approved.json['state'], approved.json['cipher']], [200, 'approved', 'gcm']);
    const all = JSON.stringify(await api.get('/certificates').then(({ json }) => json));
    assert.doesNotMatch(all, /PRIVATE/);
    assert.ok(!all.includes(house.keyDer.toString('base64').slice(40, 80)));
    assert.equal((await api.call('DELETE', `/certificates/${String(id)}`)).status, 204);
    assertProblem(await api.get(`/certificates/${String(id)}`), 404, 'request/not-found');
    const sender = await makeClient(running, { scopes: ['messages:send'] });
    assertProblem(await sender.get('/certificates'), 403, 'request/forbidden');
  });

  test('the command line as well', async () => {
    const run = (...args: string[]) => sealpost({ DATA_DIR: running.dataDir }, 'certificate', ...args);
    const file = join(running.dataDir, 'carol.pem');
    await writeFile(file, makeMailCertificate({ authority, address: 'carol@recipient.example', key: 'P-256' }).certPem);
    const imported = await run('import', file, '--approve');
    assert.match(imported.out, /^[0-9a-z]{26}  recipient  approved  until \d{4}-\d\d-\d\d  carol@recipient\.example$/m);
    const id = imported.out.slice(0, 26);
    assert.match((await run('set', id, '--cipher', 'gcm')).out, /^Encrypted with +AES-256-GCM, ECDH$/m);
    assert.match((await run('list')).out, new RegExp(`^${id} `, 'm'));
    const unread = await run('import', join(running.dataDir, 'none'));
    assert.deepEqual([unread.code, unread.err.trim()], [1, 'The file is not there, or not for this user.']);
  });
});

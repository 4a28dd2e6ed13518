// Owns the proof of which relay counts as the organisation's own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOwnRelay } from '../../server/mail/own-host.ts';

const noMx = (): Promise<string[]> => Promise.resolve([]);
const noDns = (): Promise<string[]> => Promise.reject(new Error('SERVFAIL'));

test('this machine, the domain, its hosts and its MX are its own', async () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:127.0.0.1', 'a.localhost']) {
    assert.ok(await isOwnRelay(host, 'example.com', noDns), host);
  }
  for (const host of ['example.com', 'Mail.Example.com', 'mail.example.com.', 'a.b.example.com']) {
    assert.ok(await isOwnRelay(host, 'example.com', noDns), host);
  }
  const mx = (domain: string): Promise<string[]> =>
    Promise.resolve(domain === 'example.com' ? ['MX1.Hosted.Example.', 'mx2.hosted.example'] : []);
  assert.ok(await isOwnRelay('mx1.hosted.example', 'example.com', mx));
  assert.ok(await isOwnRelay('mx2.hosted.example', 'Example.com', mx));
});

test('every other relay is a stranger', async () => {
  const mx = (): Promise<string[]> => Promise.resolve(['mx1.hosted.example', '', '.']);
  for (const host of [
    '',
    'badexample.com',
    'example.com.evil.example',
    'hosted.example',
    'a.mx1.hosted.example',
    '128.0.0.1',
    '10.0.0.1',
    '::2',
    'localhost.evil.example',
    'com',
  ]) {
    assert.ok(!(await isOwnRelay(host, 'example.com', mx)), host);
  }
  assert.ok(!(await isOwnRelay('', '', noMx)));
  assert.ok(!(await isOwnRelay('.', 'example.com', mx)));
});

test('when DNS fails the relay is a stranger', async () => {
  assert.ok(!(await isOwnRelay('mx1.hosted.example', 'example.com', noDns)));
});

test('this machine is told by address, not by how a name begins', async () => {
  for (const host of ['127.evil.example', '127.0.0.1.evil.example', '::', '0.0.0.0', ''])
    assert.ok(!(await isOwnRelay(host, 'example.com', noMx)), host);
});

// The requests to an issuer themselves: where they never go, and what is never taken for an answer.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IssuerWeather, issuerFetch } from '../../server/signin/issuer-fetch.ts';

describe('a request to an issuer', () => {
  const asked: string[] = [];
  const reach: typeof fetch = (input, init) => {
    asked.push(`${String(input)} ${init?.redirect ?? ''}`);
    return Promise.resolve(new Response('{}'));
  };

  for (const url of ['http://issuer.example/', 'http://127.0.0.1:1/', 'ftp://issuer.example/', 'file:///etc/passwd']) {
    test(`never goes to ${url}`, async () => {
      asked.length = 0;
      await assert.rejects(issuerFetch(false, reach)(url, {}), IssuerWeather);
      assert.deepEqual(asked, []);
    });
  }

  test('in tests goes to this machine in clear, and to no other', async () => {
    asked.length = 0;
    assert.equal((await issuerFetch(true, reach)('http://localhost:1/', {})).status, 200);
    await assert.rejects(issuerFetch(true, reach)('http://issuer.example/', {}), IssuerWeather);
    assert.deepEqual(asked, ['http://localhost:1/ manual']);
  });

  test('that fails below HTTP is weather, with what it met', async () => {
    const broken = issuerFetch(false, () => Promise.reject(new TypeError('fetch failed')));
    await assert.rejects(broken('https://issuer.example/', {}), (error) => {
      return error instanceof IssuerWeather && error.cause instanceof TypeError;
    });
  });
});

// A server that has too much to do says when to come back.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import express from 'express';
import { apiProblems } from '../../server/api/problems.ts';
import { AppError } from '../../server/core/errors.ts';
import type { RefusalCode } from '../../server/core/errors.ts';
import { createLog } from '../../server/core/log.ts';
import { setRetryAfter } from '../../server/http/problems.ts';

async function retryAfter(code: RefusalCode, seconds?: number): Promise<(string | null)[]> {
  const error = new AppError(code, 'Not now.', seconds === undefined ? {} : { retryAfterSeconds: seconds });
  const app = express();
  app.get('/page', (_req, res) => {
    setRetryAfter(res, error);
    res.end();
  });
  app.get('/api', () => {
    throw error;
  });
  app.use(apiProblems(createLog({ level: 'silent', pretty: false })));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  try {
    const answers = ['page', 'api'].map((path) => fetch(`http://127.0.0.1:${address.port}/${path}`));
    return (await Promise.all(answers)).map(({ headers }) => headers.get('retry-after'));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('503 carries Retry-After, one that is known goes before the usual one, and other refusals have none', async () => {
  assert.deepEqual(await retryAfter('server/busy'), ['30', '30']);
  assert.deepEqual(await retryAfter('server/busy', 7), ['7', '7']);
  assert.deepEqual(await retryAfter('request/too-many', 60), ['60', '60']);
  assert.deepEqual(await retryAfter('request/conflict'), [null, null]);
});

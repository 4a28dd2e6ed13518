// What each public and each closed route answers to somebody without a cookie or a key.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import request from 'supertest';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const ID = '0'.repeat(26);
const TOKEN = 'A'.repeat(22);

const pages: readonly (readonly [path: string, status: number, location?: string])[] = [
  ['/', 200],
  ['/sign-in', 200],
  ['/robots.txt', 200],
  ['/try/mailbox', 200],
  ['/sign-in/verify', 303, '/sign-in'],
  [`/m/${TOKEN}`, 404],
  [`/m/${TOKEN}/verify`, 404],
  ['/m/too-short', 404],
  ['/messages', 303, '/sign-in'],
  [`/messages/${ID}`, 303, '/sign-in'],
  [`/messages/${ID}/body`, 303, '/sign-in'],
  [`/messages/${ID}/attachments/1`, 303, '/sign-in'],
  [`/messages/${ID}/links/0`, 303, '/sign-in'],
  ['/sent', 303, '/sign-in'],
  [`/sent/${ID}`, 303, '/sign-in'],
  [`/sent/${ID}/destroy`, 303, '/sign-in'],
  ['/admin/brands', 303, '/sign-in'],
  ['/admin', 303, '/sign-in'],
  ['/nothing', 404],
  ['/static/', 404],
  ['/static/../package.json', 404],
];

describe('without a cookie', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
  });
  after(() => running.stop());

  for (const [path, status, location] of pages) {
    test(`GET ${path} answers ${status}${location === undefined ? '' : ` to ${location}`}`, async () => {
      const answer = await request(running.program.app).get(path).redirects(0).expect(status);
      assert.equal(answer.headers['location'], location);
    });
  }

  test('probes get their answers', async () => {
    await request(running.program.app).get('/healthz').expect(200, 'ok\n');
    const ready = await request(running.program.app).get('/readyz').expect(200).expect('Content-Type', /json/);
    assert.deepEqual(ready.body, { database: 'ok', keyring: 'ok', blobs: 'ok', policy: 'ok', queueAgeSeconds: 0 });
  });

  for (const path of ['/api/v1/messages', `/api/v1/messages/${ID}`, `/api/v1/messages/${ID}/events`]) {
    test(`GET ${path} asks for a key, as a problem`, async () => {
      const answer = await request(running.program.app)
        .get(path)
        .expect(401)
        .expect('Content-Type', /^application\/problem\+json/)
        .expect('WWW-Authenticate', 'Bearer');
      assert.equal(JSON.parse(answer.text).code, 'request/unauthenticated');
    });
  }

  test('the description of the API is for everybody', async () => {
    const { body } = await request(running.program.app).get('/api/v1/openapi.json').expect(200);
    assert.equal(body.openapi, '3.1.0');
  });
});

// The API's own description: it can be read by anyone, and it names every call there is and no other.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor } from '../support/browser.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { ApiClient, makeClient } from './api-client.ts';
import type { ApiAnswer } from './api-client.ts';
import { ALICE, BOB } from './mails.ts';

type Json = Readonly<Record<string, unknown>>;

describe('the description of the API', () => {
  let running: Running;
  let answer: ApiAnswer;

  before(async () => {
    running = await startProgram();
    answer = await new ApiClient(running.url, undefined).get('/openapi.json');
  });
  after(() => running.stop());

  test('is OpenAPI 3.1 for anyone who asks, and says where the API is', () => {
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(answer.json['openapi'], '3.1.0');
    assert.deepEqual(answer.json['servers'], [{ url: `${running.url}/api/v1` }]);
  });

  test('names every route the router has, and no other', () => {
    const described = Object.entries(objectOf(answer.json['paths'])).flatMap(([path, item]) =>
      Object.keys(objectOf(item)).map((method) => `${method} ${path}`),
    );
    const routes = routesOf(running.program.app.router)
      .map((route) => route.replace('/v1/', '/').replace(/:(\w+)/g, '{$1}'))
      .filter((route) => route !== 'get /openapi.json');
    assert.ok(routes.length >= 7);
    assert.deepEqual(described.sort(), [...new Set(routes)].sort());
  });

  test('refers only to schemas it holds', () => {
    const names = Object.keys(objectOf(objectOf(answer.json['components'])['schemas']));
    const refs = [...answer.text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1] ?? '');
    assert.ok(refs.length > 5);
    for (const ref of refs) assert.ok(names.includes(ref), ref);
  });

  test('asks of nothing to be two closed objects at once, which would fit no message', () => {
    for (const [name, schema] of Object.entries(objectOf(objectOf(answer.json['components'])['schemas']))) {
      const parts = objectOf(schema)['allOf'];
      const text = JSON.stringify(parts ?? []);
      assert.doesNotMatch(text, /"additionalProperties":false/, name);
    }
    const ask = objectOf(objectOf(objectOf(answer.json['components'])['schemas'])['SimulateAsk']);
    assert.ok('policy' in objectOf(ask['properties']) && 'subject' in objectOf(ask['properties']));
  });

  test('is a page for people as well, with every call and every shape, which asks nobody else', async () => {
    const page = await new Visitor(running.url).get('/api-docs');
    assert.equal(page.status, 200);
    for (const [path, item] of Object.entries(objectOf(answer.json['paths']))) {
      for (const method of Object.keys(objectOf(item))) {
        assert.ok(page.text.includes(`<strong>${method.toUpperCase()}</strong> ${path}</code>`), `${method} ${path}`);
      }
    }
    const shapes = Object.keys(objectOf(objectOf(answer.json['components'])['schemas']));
    for (const name of shapes) assert.ok(page.text.includes(`id="shape-${name}"`), name);
    for (const [, target] of page.text.matchAll(/href="#(shape-\w+)"/g)) {
      assert.ok(page.text.includes(`id="${target}"`), target);
    }
    const asked = [...page.text.matchAll(/(?:src|href)="([^"#][^"]*)"/g)].map(([, url]) => url ?? '');
    assert.ok(asked.length > 3);
    assert.deepEqual(
      asked.filter((url) => !url.startsWith('/')),
      [],
    );
  });

  test('says of every call which scope it wants, and that a key is needed', () => {
    for (const [path, item] of Object.entries(objectOf(answer.json['paths']))) {
      for (const [method, call] of Object.entries(objectOf(item))) {
        assert.match(
          String(objectOf(call)['summary']),
          /Scope (?:messages:(?:send|read|revoke)|admin:(?:read|write))\./,
          `${method} ${path}`,
        );
        assert.deepEqual(objectOf(call)['security'], [{ key: [] }]);
      }
    }
  });

  test('has just the fields that an answer has', async () => {
    const api = await makeClient(running);
    const { json } = await api.sendJson('/messages', { from: ALICE, to: [BOB] });
    const schemas = objectOf(objectOf(answer.json['components'])['schemas']);
    const fields = Object.keys(objectOf(objectOf(schemas['Message'])['properties']));
    assert.deepEqual(Object.keys(json).sort(), fields.sort());
  });
});

/** `method path` of each of the API's routes, in whatever router they stand. Express 5 keeps them in its stacks. */
function routesOf(router: unknown): string[] {
  const found: string[] = [];
  for (const layer of arrayOf(objectOf(router)['stack']).map(objectOf)) {
    const { route, handle } = layer;
    if (isObject(route) && String(route['path']).startsWith('/v1/')) {
      found.push(...Object.keys(objectOf(route['methods'])).map((method) => `${method} ${String(route['path'])}`));
    }
    if (isObject(handle) && 'stack' in handle) found.push(...routesOf(handle));
  }
  return found;
}

function isObject(value: unknown): value is Json {
  return (typeof value === 'object' || typeof value === 'function') && value !== null;
}

function objectOf(value: unknown): Json {
  assert.ok(isObject(value));
  return value;
}

function arrayOf(value: unknown): readonly unknown[] {
  assert.ok(Array.isArray(value));
  return value;
}

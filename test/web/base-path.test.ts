// A portal that shares its host: PUBLIC_URL carries a path, and everything stands below it.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { codeFor, mailTo } from '../support/mailbox.ts';
import { behindProxy } from '../support/production.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { submit } from '../support/submit.ts';

const BASE = '/secure/portal';
const ADMIN = 'admin@example.com';

describe('a portal under a path', () => {
  let running: Running;
  let visitor: Visitor;
  let id: string;

  before(async () => {
    running = await startProgram({ env: { PUBLIC_URL: `http://localhost:4711${BASE}/` } });
    const raw = [
      `From: ${ADMIN}`,
      `To: ${ADMIN}`,
      'Subject: Under a path',
      'Message-ID: <path@example.com>',
      'MIME-Version: 1.0',
      'Content-Type: text/html',
      '',
      '<p>Hello <a href="https://example.org/page">there</a></p>',
      '',
    ].join('\r\n');
    id = (await submit(running.smtpPort, { from: ADMIN, to: [ADMIN], raw })).split(' ')[2] ?? '';
    visitor = new Visitor(behindProxy(running));
  });
  after(() => running.stop());

  test('is named whole in the notice, and leads by its link to the message', async () => {
    const [notice] = await mailTo(running, ADMIN);
    const [, link = ''] = /http:\/\/localhost:4711(\/secure\/portal\/m\/[\w-]{22})\s/.exec(notice?.text ?? '') ?? [];
    assert.ok(link, notice?.text);
    await visitor.post(`${link}/passcode`, {}, link);
    const asked = await visitor.get(`${link}/verify`);
    assert.equal(asked.status, 200);
    const wrong = await visitor.post(`${link}/verify`, { code: '00000000' }, `${link}/verify`);
    assert.equal(wrong.status, 422);
    const right = await visitor.post(`${link}/verify`, { code: await codeFor(running, ADMIN) }, `${link}/verify`);
    assert.equal(right.location, `${BASE}/messages/${id}`);
    assert.equal((await visitor.get(link)).location, `${BASE}/messages/${id}`);
  });

  test('leads from page to page without leaving the path, and finds all that its pages name', async () => {
    const seen = new Set<string>();
    const toVisit = [`${BASE}/`];
    for (let path = toVisit.pop(); path !== undefined; path = toVisit.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const answer = await visitor.get(path);
      assert.ok([200, 303].includes(answer.status), `${path} ${answer.status}`);
      for (const found of [...references(answer), ...(answer.location === null ? [] : [answer.location])]) {
        assert.ok(found === BASE || found.startsWith(`${BASE}/`), `${path} names ${found}`);
        if (!isForm(answer, found)) toVisit.push(found);
      }
    }
    for (const part of [
      '/messages',
      `/messages/${id}`,
      `/messages/${id}/body`,
      `/sent/${id}`,
      '/admin/brands/default',
      '/static/portal.css',
      '/brand/default/0/style.css',
      '/try/mailbox',
    ]) {
      assert.ok(
        [...seen].some((path) => path.split('?')[0] === `${BASE}${part}`),
        `${part} was found`,
      );
    }
  });

  test('keeps its redirects and forms below the path', async () => {
    const stranger = new Visitor(behindProxy(running));
    assert.equal((await stranger.get(`${BASE}/messages/${id}`)).location, `${BASE}/sign-in`);
    const theme = await visitor.post(`${BASE}/theme`, { theme: 'dark', back: `${BASE}/messages` }, `${BASE}/messages`);
    assert.equal(theme.location, `${BASE}/messages`);
    assert.equal(
      (await visitor.post(`${BASE}/theme`, { theme: 'auto', back: '//evil.example' }, `${BASE}/`)).location,
      `${BASE}/`,
    );
    const revoked = await visitor.post(`${BASE}/sent/${id}/revoke`, {}, `${BASE}/sent/${id}`);
    assert.match(revoked.location ?? '', new RegExp(`^${BASE}/sent/${id}`));
    assert.equal((await visitor.post(`${BASE}/sign-out`, {}, `${BASE}/sent`)).location, `${BASE}/sign-in`);
  });

  test('takes who signs in where they wanted to go', async () => {
    const admin = new Visitor(behindProxy(running));
    await admin.get(`${BASE}/sent/${id}`);
    await admin.post(`${BASE}/sign-in/passcode`, { address: ADMIN }, `${BASE}/sign-in`);
    const code = await codeFor(running, ADMIN);
    const answer = await admin.post(`${BASE}/sign-in/verify`, { code }, `${BASE}/sign-in/verify`);
    assert.equal(answer.location, `${BASE}/sent/${id}`);
  });

  test('is nowhere else', async () => {
    const stranger = new Visitor(behindProxy(running));
    for (const path of [
      '/',
      '/sign-in',
      '/messages',
      '/static/portal.css',
      '/api/v1/openapi.json',
      '/secure',
      '/secure/portalx',
      `${BASE}/portal`,
    ]) {
      const answer = await stranger.get(path);
      assert.equal(answer.status, 404, path);
      assert.match(answer.text, new RegExp(`href="${BASE}/sign-in"`));
    }
    assert.equal((await stranger.get('/healthz')).status, 200, 'probes ask the program itself, not the portal');
    assert.equal((await stranger.get(`${BASE}/api/v1/openapi.json`)).status, 200);
  });
});

function references({ text }: Answer): string[] {
  return [...text.matchAll(/ (?:href|src|action)="(\/[^"]*)"/g)].map(([, path = '']) =>
    path.replace(/#.*$/, '').replaceAll('&amp;', '&'),
  );
}

function isForm({ text }: Answer, path: string): boolean {
  return text.includes(` action="${path}"`);
}

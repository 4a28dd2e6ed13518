// The same vectors in a real browser, without any sandbox or policy around them: first as they are, to see that the
// harness notices, then cleaned.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { createHtmlCleaner } from '../../server/mail/safe-html.ts';
import { chromiumMissing, startChromium } from '../support/chromium.ts';
import { fetchVectors } from './fetch-vectors.ts';
import { scriptVectors } from './script-vectors.ts';

const skip = chromiumMissing() ?? false;

const cleaner = createHtmlCleaner();
const documents = new Map<string, string>();
const hits = new Set<string>();
const server = createServer((request, response) => {
  const path = request.url ?? '';
  const document = documents.get(path);
  const hit = /^\/hit\/(\w+)/.exec(path);
  if (hit?.[1] !== undefined) hits.add(hit[1]);
  response.setHeader('content-type', document === undefined ? 'text/plain' : 'text/html; charset=utf-8');
  response.end(document ?? '');
});
let browser: Browser | undefined;

before(async () => {
  if (skip !== false) return;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await startChromium();
});
after(async () => {
  await browser?.close();
  await cleaner.close();
  server.close();
});

test('in a browser every vector is inert once cleaned, and many are not before', { skip }, async () => {
  const { port } = server.address() as AddressInfo; // listens on TCP since `before`
  const vectors = [...fetchVectors, ...scriptVectors];
  const rawFired = await open(
    'raw',
    vectors.map((vector, n) => aimed(vector.html, port, `raw${n}`)),
  );
  const cleaned: string[] = [];
  for (const [n, vector] of vectors.entries()) {
    cleaned.push(
      (await cleaner.clean({ html: aimed(vector.html, port, `clean${n}`), images: new Map(), linkPrefix: '/out/' }))
        .html,
    );
  }
  const cleanFired = await open('clean', cleaned);
  assert.deepEqual(cleanFired, [], 'nothing fires once cleaned');
  assert.ok(
    rawFired.filter((n) => n < fetchVectors.length).length >= 40,
    `the harness sees fetches: ${rawFired.length}`,
  );
  assert.ok(
    rawFired.filter((n) => n >= fetchVectors.length).length >= 20,
    `the harness sees scripts: ${rawFired.length}`,
  );
});

function aimed(html: string, port: number, mark: string): string {
  const url = `http://127.0.0.1:${port}/hit/${mark}`;
  return html
    .replaceAll('HIT', url)
    .replaceAll('HOST/hit', `127.0.0.1:${port}/hit/${mark}`)
    .replaceAll('HOST\\hit', `127.0.0.1:${port}\\hit\\${mark}`)
    .replaceAll('FIRE', `fetch('${url}')`.replaceAll("'", '`'));
}

/** Opens each document in a frame of its own; the numbers of those that fetched what was aimed at. */
async function open(kind: string, htmls: readonly string[]): Promise<number[]> {
  assert.ok(browser);
  const { port } = server.address() as AddressInfo; // as above
  for (const [n, html] of htmls.entries()) documents.set(`/${kind}/${n}`, `<!doctype html>${html}`);
  for (let from = 0; from < htmls.length; from += FRAMES) {
    const frames = Array.from(
      { length: Math.min(FRAMES, htmls.length - from) },
      (_, i) => `<iframe src="/${kind}/${from + i}"></iframe>`,
    );
    documents.set(`/${kind}/frames`, `<!doctype html>${frames.join('')}`);
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/${kind}/frames`, { waitUntil: 'networkidle' });
    await page.close();
  }
  return [...hits].filter((hit) => hit.startsWith(kind)).map((hit) => Number(hit.slice(kind.length)));
}

const FRAMES = 30;

// Mail that means harm, shown by the real program in a real browser: every known way to run a script or to fetch
// something, each as a mail of its own in a frame of its own. The same HTML in a bare page is the control.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { bodyDocumentPolicy } from '../../server/http/security-headers.ts';
import { createHtmlCleaner } from '../../server/mail/safe-html.ts';
import { chromiumMissing } from '../support/chromium.ts';
import { plainMail } from '../support/submit.ts';
import { fetchVectors } from '../mail-in/fetch-vectors.ts';
import { scriptVectors } from '../mail-in/script-vectors.ts';
import { BOB, mailFrame, openDesk, opensTab, readByNotice, send } from './desk.ts';
import type { Desk, Person } from './desk.ts';

const missing = chromiumMissing();
if (missing !== undefined) console.warn(missing);

const cleaner = createHtmlCleaner();
const vectors = [...fetchVectors, ...scriptVectors];
const FRAMES_AT_ONCE = 40;
/** The page's own frame once more, with another message in it. */
const SHOW_IN_ITS_FRAME = `(id) => new Promise((resolve) => {
  const frame = document.querySelector('.message-frame').cloneNode();
  frame.onload = resolve;
  frame.src = '/messages/' + id + '/body';
  document.body.append(frame);
})`;

describe('hostile mail in a browser', { skip: missing ?? false }, () => {
  let desk: Desk;
  let bob: Person;
  let page: Page;
  let trap: Trap;

  before(async () => {
    trap = await openTrap();
    desk = await openDesk();
    bob = await desk.person();
    await send(desk, plainMail({ body: '<p>Harmless</p>' }).replace('text/plain', 'text/html'));
    page = await readByNotice(desk, bob, BOB);
  });
  after(async () => {
    await desk.stop();
    await cleaner.close();
    trap.server.close();
  });

  test('the harness sees what fires in a bare page', async () => {
    const victim = await desk.person();
    for (const [n, vector] of vectors.entries())
      trap.documents.set(`/bare/${n}`, `<!doctype html>${trap.aim(vector.html, n)}`);
    const frames = vectors.map((_, n) => `<iframe src="/bare/${n}"></iframe>`);
    trap.documents.set('/bare', `<!doctype html>${frames.join('')}`);
    await victim.page.goto(`${trap.url}/bare`, { waitUntil: 'networkidle' });
    await rest(victim);
    const fired = (from: number, to: number): number => [...trap.hits].filter((n) => n >= from && n < to).length;
    assert.ok(fired(0, fetchVectors.length) >= 40, `fetches: ${fired(0, fetchVectors.length)}`);
    assert.ok(
      fired(fetchVectors.length, vectors.length) >= 20,
      `scripts: ${fired(fetchVectors.length, vectors.length)}`,
    );
    assert.ok(victim.faults.filter((fault) => fault.startsWith('dialog')).length >= 20);
    assert.ok(victim.faults.some((fault) => fault.startsWith(`asked ${trap.url}/hit/`)));
  });

  test('once cleaned none of them does anything even in a bare page', async () => {
    trap.hits.clear();
    const victim = await desk.person();
    for (const [n, vector] of vectors.entries()) {
      const { html } = await cleaner.clean({ html: trap.aim(vector.html, n), images: new Map(), linkPrefix: '/out/' });
      trap.documents.set(`/cleaned/${n}`, `<!doctype html>${html}`);
    }
    const frames = vectors.map((_, n) => `<iframe src="/cleaned/${n}"></iframe>`);
    trap.documents.set('/cleaned', `<!doctype html>${frames.join('')}`);
    await victim.page.goto(`${trap.url}/cleaned`, { waitUntil: 'networkidle' });
    await rest(victim);
    assert.deepEqual([...trap.hits], []);
    assert.deepEqual(
      victim.faults.filter((fault) => fault.startsWith('dialog')),
      [],
    );
  });

  test('the walls of the frame hold even where nothing was cleaned', async () => {
    trap.hits.clear();
    const victim = await desk.person();
    for (const [n, vector] of vectors.entries())
      trap.documents.set(`/walled/${n}`, `<!doctype html>${trap.aim(vector.html, n)}`);
    const sandbox = await page.locator('.message-frame').getAttribute('sandbox');
    const frames = vectors.map((_, n) => `<iframe src="/walled/${n}" sandbox="${sandbox}"></iframe>`);
    trap.documents.set('/walls', `<!doctype html>${frames.join('')}`);
    await victim.page.goto(`${trap.url}/walls`, { waitUntil: 'load' });
    await rest(victim);
    assert.deepEqual([...trap.hits], []);
    assert.deepEqual(
      victim.faults.filter((fault) => fault.startsWith('dialog')),
      [],
    );
  });

  test('in the portal none of them does anything', async () => {
    trap.hits.clear();
    const ids: string[] = [];
    for (const [n, vector] of vectors.entries()) {
      const body = `<p>Mail ${n}</p>${trap.aim(vector.html, n)}`;
      ids.push(await send(desk, plainMail({ body }).replace('text/plain', 'text/html')));
    }
    // A few at a time: what a browser does for one frame grows with the frames that are there.
    const openings = new Set<string | undefined>();
    for (let from = 0; from < ids.length; from += FRAMES_AT_ONCE) {
      const some = ids.slice(from, from + FRAMES_AT_ONCE);
      await page.goto(`${desk.url}/messages/${some[0]}`);
      await mailFrame(page).getByText(`Mail ${from}`, { exact: true }).waitFor();
      await page.evaluate(`Promise.all(${JSON.stringify(some)}.map(${SHOW_IN_ITS_FRAME}))`);
      const shown = await Promise.all(page.frames().map((frame) => frame.evaluate('document.body.innerText')));
      for (const text of shown) openings.add(String(text).trim().split('\n', 1)[0]);
      await page.waitForLoadState('networkidle');
    }
    assert.deepEqual(
      vectors.map((_, n) => n).filter((n) => !openings.has(`Mail ${n}`)),
      [],
      'all are shown',
    );
    assert.deepEqual(bob.faults, []);
    assert.deepEqual([...trap.hits], []);
  });

  test('what a mail lays over everything lies over nothing of the page', async () => {
    const cover =
      '<div style="position:fixed;inset:-900px;z-index:2147483647;background:#e00;width:9000px;height:9000px">Cover</div>';
    const id = await send(
      desk,
      plainMail({ body: `<p>Below</p>${cover.repeat(3)}` }).replace('text/plain', 'text/html'),
    );
    await page.bringToFront();
    await page.goto(`${desk.url}/messages/${id}`);
    const [frame, sheet] = [
      await page.locator('.message-frame').boundingBox(),
      await page.locator('article').boundingBox(),
    ];
    assert.ok(frame && sheet && frame.x >= sheet.x && frame.x + frame.width <= sheet.x + sheet.width);
    assert.ok(frame.y > sheet.y && frame.y + frame.height < sheet.y + sheet.height);
    await page.getByRole('link', { name: 'Reply', exact: true }).click(); // fails when something covers it
    await page.getByLabel('Your reply').click();
    await page.getByRole('button', { name: 'Sign out' }).click({ trial: true });
  });

  test('a link leaves only by way of a page that says where it goes, in a tab of its own', async () => {
    const body = `<a href="${trap.url}/elsewhere" target="_top">www.bank.example</a>`;
    const id = await send(desk, plainMail({ body }).replace('text/plain', 'text/html'));
    await page.goto(`${desk.url}/messages/${id}`);
    const leave = await opensTab(bob, mailFrame(page).getByRole('link'));
    await leave.getByRole('heading', { name: 'This link leads to another site' }).waitFor();
    assert.match(await leave.locator('main').innerText(), /showed this link as www\.bank\.example/);
    assert.equal(page.url(), `${desk.url}/messages/${id}`);
    assert.equal(await leave.evaluate('window.opener'), null);
    assert.deepEqual(bob.faults, []);
    await leave.getByRole('link', { name: /all the same/ }).click();
    await leave.waitForURL(`${trap.url}/elsewhere`);
    assert.deepEqual(trap.referrers, [undefined], 'the other site does not learn of the message');
  });
});

/** Else what moves by itself on the page goes on being drawn behind the tests that follow. */
async function rest({ page }: Person): Promise<void> {
  await page.goto('about:blank');
}

interface Trap {
  readonly url: string;
  readonly server: Server;
  readonly documents: Map<string, string>;
  /** Numbers of the vectors that reached it. */
  readonly hits: Set<number>;
  /** What came along with requests for /elsewhere. */
  readonly referrers: (string | undefined)[];
  aim(html: string, n: number): string;
}

/** A server outside the portal, which notes who calls. */
async function openTrap(): Promise<Trap> {
  const documents = new Map<string, string>();
  const hits = new Set<number>();
  const referrers: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const hit = /^\/hit\/(\d+)/.exec(path)?.[1];
    if (hit !== undefined) hits.add(Number(hit));
    if (path === '/elsewhere') referrers.push(request.headers.referer);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (path.startsWith('/walled/')) response.setHeader('content-security-policy', bodyDocumentPolicy);
    response.end(documents.get(path) ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const host = `127.0.0.1:${address.port}`;
  return {
    url: `http://${host}`,
    server,
    documents,
    hits,
    referrers,
    // No blank and no quotation mark in what fires: some vectors stand in attributes without quotes.
    aim: (html, n) =>
      html
        .replaceAll('HIT', `http://${host}/hit/${n}`)
        .replaceAll('HOST/hit', `${host}/hit/${n}`)
        .replaceAll('HOST\\hit', `${host}\\hit\\${n}`)
        .replaceAll('FIRE', `alert(${n}),console.error(${n}),fetch(\`http://${host}/hit/${n}\`)`),
  };
}

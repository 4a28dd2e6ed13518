// What a session is to the browser and to the server: a cookie that says nothing, a row that ends.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { SignJWT, UnsecuredJWT, base64url, decodeJwt } from 'jose';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../server/core/clock.ts';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { codeFor, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { behindProxy, signInAt, startProduction, submitOne, takeCode } from '../support/production.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';

const BOB = 'bob@recipient.example';

describe('a session', () => {
  let running: Running;

  before(async () => {
    running = await startProgram();
    await submit(running.smtpPort, { from: 'alice@example.com', to: [BOB], raw: plainMail({}) });
  });
  after(() => running.stop());

  test('on plain http of this machine it is a cookie for this host alone that scripts cannot read', async () => {
    const cookie = sessionCookies(await signInAnswer(new Visitor(running.url)));
    assert.equal(cookie.length, 1);
    assert.match(cookie[0] ?? '', /^sealpost=[\w-]+\.[\w-]+\.[\w-]+; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  test('the cookie holds a token of 128 bits and nothing else; the row only its hash', async () => {
    const visitor = await signInByAddress(running, BOB);
    const value = visitor.cookie('sealpost') ?? '';
    const claims = decodeJwt(value);
    assert.deepEqual(Object.keys(claims).toSorted(), ['aud', 'sid']);
    const token = String(claims['sid']);
    assert.match(token, /^[\w-]{22}$/);
    const rows = await running.store.db.selectFrom('sessions').selectAll().execute();
    const hash = createHash('sha256').update(token).digest('base64url');
    assert.equal(rows.filter((row) => row.token_hash === hash).length, 1);
    assert.ok(!JSON.stringify(rows).includes(token));
  });

  test('each sign-in has a token of its own, and ends the one this browser had before', async () => {
    const visitor = await signInByAddress(running, BOB);
    const earlier = visitor.cookie('sealpost') ?? '';
    await signInAgain(visitor);
    const later = visitor.cookie('sealpost') ?? '';
    assert.notEqual(decodeJwt(later)['sid'], decodeJwt(earlier)['sid']);
    assert.equal(await isSignedIn(later), true);
    assert.equal(await isSignedIn(earlier), false);
  });

  test('whose sealed address was changed meanwhile opens nothing more, though it was opened a moment ago', async () => {
    const { db } = running.store;
    const value = (await signInByAddress(running, BOB)).cookie('sealpost') ?? '';
    await signInByAddress(running, 'mallory@example.com');
    assert.equal(await isSignedIn(value), true);
    const hash = createHash('sha256')
      .update(String(decodeJwt(value)['sid']))
      .digest('base64url');
    const row = await db.selectFrom('sessions').selectAll().where('token_hash', '=', hash).executeTakeFirstOrThrow();
    const others = await db.selectFrom('sessions').selectAll().where('token_hash', '!=', hash).execute();
    for (const other of others) {
      await db
        .updateTable('sessions')
        .set({ sealed_address: other.sealed_address })
        .where('token_hash', '=', hash)
        .execute();
      assert.equal((await answerTo(value)).status, 500);
    }
    await db
      .updateTable('sessions')
      .set({ sealed_address: row.sealed_address })
      .where('token_hash', '=', hash)
      .execute();
    assert.equal(await isSignedIn(value), true);
  });

  test('a cookie that somebody planted before does not become the session', async () => {
    const attacker = await signInByAddress(running, 'mallory@example.com');
    const planted = attacker.cookie('sealpost') ?? '';
    for (const value of [planted, 'made-up', 'a.b.c']) {
      const victim = new Visitor(running.url);
      victim.setCookie('sealpost', value);
      const answer = await signInAnswer(victim);
      assert.equal(sessionCookies(answer).length, 1);
      assert.notEqual(victim.cookie('sealpost'), value);
    }
    assert.equal(await isSignedIn(planted), false, 'the planted session is over');
  });

  test('it ends when nothing was asked for during the idle time', async () => {
    const value = (await signInByAddress(running, BOB)).cookie('sealpost') ?? '';
    running.clock.forward(30 * MINUTE_MS - SECOND_MS);
    assert.equal(await isSignedIn(value), true);
    running.clock.forward(30 * MINUTE_MS - SECOND_MS);
    assert.equal(await isSignedIn(value), true);
    running.clock.forward(30 * MINUTE_MS);
    assert.equal(await isSignedIn(value), false);
    assert.equal(await isSignedIn(value), false, 'asking does not wake it');
  });

  test('it ends after its hours however busy it is', async () => {
    const value = (await signInByAddress(running, BOB)).cookie('sealpost') ?? '';
    for (let passedMs = 0; passedMs + 20 * MINUTE_MS < 12 * HOUR_MS; passedMs += 20 * MINUTE_MS) {
      running.clock.forward(20 * MINUTE_MS);
      assert.equal(await isSignedIn(value), true);
    }
    running.clock.forward(20 * MINUTE_MS);
    assert.equal(await isSignedIn(value), false);
  });

  test('signing out ends it at the server, and the browser forgets what it kept', async () => {
    const visitor = await signInByAddress(running, BOB);
    const value = visitor.cookie('sealpost') ?? '';
    const answer = await visitor.post('/sign-out', {}, '/messages');
    assert.equal(answer.status, 303);
    assert.equal(answer.location, '/sign-in');
    assert.deepEqual(sessionCookies(answer), ['sealpost=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
    assert.equal(answer.headers.get('clear-site-data'), '"cache", "storage"');
    assert.equal(await isSignedIn(value), false, 'a copy of the cookie is worth nothing');
    assert.equal((await visitor.get('/messages')).location, '/sign-in');
  });

  test('signing out in one browser leaves another signed in', async () => {
    const [here, there] = [await signInByAddress(running, BOB), await signInByAddress(running, BOB)];
    await here.post('/sign-out', {}, '/messages');
    assert.equal(await isSignedIn(there.cookie('sealpost') ?? ''), true);
  });

  test('nothing but what was signed here, for this, is taken for it', async () => {
    const good = (await signInByAddress(running, BOB)).cookie('sealpost') ?? '';
    const [head = '', body = '', signature = ''] = good.split('.');
    const sid = String(decodeJwt(good)['sid']);
    const key = running.store.keyring.sessionKey();
    const sign = (claims: Record<string, unknown>, audience: string, alg = 'HS256', by = key): Promise<string> =>
      new SignJWT(claims).setProtectedHeader({ alg }).setAudience(audience).sign(by);
    const none = base64url.encode(JSON.stringify({ alg: 'none' }));

    assert.equal(await isSignedIn(await sign({ sid }, 'sealpost session')), true, 'as a check of this test itself');
    const forged = [
      await sign({ sid }, 'sealpost something else'),
      await sign({ sid }, 'sealpost session', 'HS256', new Uint8Array(32)),
      await sign({ sid }, 'sealpost session', 'HS384'),
      await sign({ sid }, 'sealpost session', 'HS512'),
      await sign({ sid: { toString: sid } }, 'sealpost session'),
      await sign({ sid: [sid] }, 'sealpost session'),
      await sign({}, 'sealpost session'),
      await sign({ sid: 'A'.repeat(22) }, 'sealpost session'),
      await new SignJWT({ sid }).setProtectedHeader({ alg: 'HS256' }).sign(key),
      new UnsecuredJWT({ sid }).setAudience('sealpost session').encode(),
      `${none}.${body}.`,
      `${none}.${body}.${signature}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      `${head}.${base64url.encode(JSON.stringify({ aud: 'sealpost session', sid: 'B'.repeat(22) }))}.${signature}`,
      `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      `${good}.x`,
      sid,
      '',
      '..',
      '%00',
      'x'.repeat(8_000),
    ];
    for (const value of forged) assert.equal(await isSignedIn(value), false, value.slice(0, 80));
    assert.equal(await isSignedIn(good), true);
  });

  test('it is the session of one address: what is not that address’s is not there', async () => {
    await submit(running.smtpPort, {
      from: 'alice@example.com',
      to: ['eve@recipient.example'],
      raw: plainMail({ subject: 'For Eve' }),
    });
    const bob = await signInByLink(running, BOB);
    const page = await bob.get('/messages');
    assert.match(page.text, /A confidential matter/);
    assert.doesNotMatch(page.text, /For Eve/);
  });

  async function signInAnswer(visitor: Visitor): Promise<Answer> {
    await visitor.post('/sign-in/passcode', { address: BOB }, '/');
    return visitor.post('/sign-in/verify', { code: await codeFor(running, BOB) }, '/sign-in/verify');
  }

  async function signInAgain(visitor: Visitor): Promise<void> {
    await visitor.post('/sign-in/passcode', { address: BOB }, '/messages');
    const answer = await visitor.post('/sign-in/verify', { code: await codeFor(running, BOB) }, '/sign-in/verify');
    assert.equal(answer.status, 303);
  }

  function answerTo(value: string): Promise<Answer> {
    const visitor = new Visitor(running.url);
    visitor.setCookie('sealpost', value);
    return visitor.get('/messages');
  }

  async function isSignedIn(value: string): Promise<boolean> {
    const { status, location } = await answerTo(value);
    assert.ok(status === 200 || (status === 303 && location === '/sign-in'), `${status}`);
    return status === 200;
  }
});

describe('a session behind https', () => {
  let running: Running;

  before(async () => {
    running = await startProduction();
  });
  after(() => running.stop());

  test('its cookie is bound to the host, the whole host, and to https', async () => {
    const { link } = await submitOne(running, BOB);
    const visitor = new Visitor(behindProxy(running));
    const first = await visitor.get(link);
    assert.match(
      first.headers.getSetCookie().join(),
      /^__Host-sealpost-browser=[\w-]{22}; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    await visitor.post(`${link}/passcode`, {}, link);
    const answer = await visitor.post(`${link}/verify`, { code: await takeCode(running, BOB) }, `${link}/verify`);
    assert.equal(answer.status, 303);
    assert.match(sessionCookies(answer).join(), /^__Host-sealpost=[\w.-]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  });

  test('under its plain name the same cookie counts for nothing', async () => {
    const visitor = await signInAt(running, 'alice@example.com');
    const value = visitor.cookie('__Host-sealpost') ?? '';
    const other = new Visitor(behindProxy(running));
    other.setCookie('sealpost', value);
    assert.equal((await other.get('/messages')).location, '/sign-in');
    assert.equal((await visitor.get('/messages')).status, 200);
  });

  test('signing out clears it under its own name', async () => {
    const visitor = await signInAt(running, 'alice@example.com');
    const answer = await visitor.post('/sign-out', {}, '/messages');
    assert.deepEqual(sessionCookies(answer), ['__Host-sealpost=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax']);
  });
});

function sessionCookies({ headers }: Answer): string[] {
  return headers.getSetCookie().filter((cookie) => /^(?:__Host-)?sealpost=/.test(cookie));
}

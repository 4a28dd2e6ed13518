// The same against a real issuer, oidc-provider: that the two understand each other, and that it, too, refuses what is
// not as it was begun.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { linkTo } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startIssuer } from '../support/oidc-provider.ts';
import type { RealIssuer } from '../support/oidc-provider.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const BOB = 'bob@recipient.example';

describe('a real issuer', () => {
  let issuer: RealIssuer;
  let running: Running;
  let id: string;
  let link: string;
  let redirectUri: string;

  before(async () => {
    const port = await freePort();
    redirectUri = `http://localhost:${port}/sign-in/oidc/google/callback`;
    issuer = await startIssuer(() => redirectUri);
    running = await startProgram({
      env: { HTTP_LISTEN: `127.0.0.1:${port}`, PUBLIC_URL: `http://localhost:${port}` },
      providers: [issuer.provider],
    });
    id = await send(running, { to: BOB, text: 'Secret.' });
    link = await linkTo(running, BOB);
  });
  after(async () => {
    await running.stop();
    await issuer.close();
  });

  async function leave(visitor: Visitor): Promise<string> {
    const answer = await visitor.post(`${link}/oidc/google`, {}, link);
    return answer.headers.get('refresh')?.slice('0; url='.length) ?? '';
  }

  async function comeBack(
    visitor: Visitor,
    url: string,
  ): Promise<{ status: number; location: string | null; text: string }> {
    const back = await issuer.visit(url, redirectUri);
    return visitor.get(back.slice(running.url.length));
  }

  test('lets a recipient in from the link to the message', async () => {
    const visitor = new Visitor(running.url);
    const { status, location } = await comeBack(visitor, await leave(visitor));
    assert.deepEqual([status, location], [303, `/messages/${id}`]);
    assert.match((await visitor.get(`/messages/${id}`)).text, /Secret\./);
  });

  test('is not believed when it says that the address is not verified', async () => {
    const visitor = new Visitor(running.url);
    issuer.account = { sub: 'bob', email: BOB, email_verified: false };
    const { status, text } = await comeBack(visitor, await leave(visitor));
    assert.equal(status, 422);
    assert.match(text, /did not confirm that this address is yours/);
    issuer.account = { sub: 'bob', email: BOB, email_verified: true };
  });

  test('gives nothing for a code whose verifier is another one’s', async () => {
    const [one, other] = [new Visitor(running.url), new Visitor(running.url)];
    const [ofOne, ofOther] = [await leave(one), await leave(other)];
    // The answer to the other's question comes back with the one's state: the code was bound to another challenge.
    const back = new URL(await issuer.visit(ofOther, redirectUri));
    back.searchParams.set('state', new URL(ofOne).searchParams.get('state') ?? '');
    const { status, text } = await one.get(`${back.pathname}${back.search}`);
    assert.equal(status, 422);
    assert.match(text, /does not prove who you are/);
    assert.equal(one.cookie('sealpost'), undefined);
  });

  test('gives nothing for a code that was used', async () => {
    const [one, other] = [new Visitor(running.url), new Visitor(running.url)];
    const back = new URL(await issuer.visit(await leave(one), redirectUri));
    assert.equal((await one.get(`${back.pathname}${back.search}`)).status, 303);
    back.searchParams.set('state', new URL(await leave(other)).searchParams.get('state') ?? '');
    assert.equal((await other.get(`${back.pathname}${back.search}`)).status, 422);
  });
});

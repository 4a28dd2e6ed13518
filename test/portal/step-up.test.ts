// A message that demands more than a mailed code: until it is proved nothing of the message is given, by no route; then
// all of it is.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HOUR_MS, MINUTE_MS } from '../../server/core/clock.ts';
import { loadMessage } from '../../server/messages/messages.store.ts';
import { openMessage } from '../../server/messages/open.ts';
import { makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import { readAuditOf } from '../signin/audit-entries.ts';
import { Authenticator, passkeyOptions } from '../support/authenticator.ts';
import { Visitor, ledTo } from '../support/browser.ts';
import { GOOGLE, SayingIssuer } from '../support/issuer.ts';
import { codeFor, linkTo, mailTo, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const ALICE = 'alice@example.com';
const BOB = 'bob@recipient.example';
const CAROL = 'carol@recipient.example';
const PHRASE = 'Correct Horse Battery';

describe('a message that demands more', () => {
  let running: Running;
  let google: SayingIssuer;
  let api: ApiClient;
  let key: Authenticator;

  before(async () => {
    google = await SayingIssuer.named('https://accounts.google.com', 'client-at-google');
    running = await startProgram({ env: GOOGLE, reach: google.reach });
    api = await makeClient(running);
    await send(running, { to: BOB, text: 'To come in for the first time.' });
    key = await makePasskey(await signInByLink(running, BOB));
  });
  after(() => running.stop());

  async function sealed(more: Record<string, unknown>, to: readonly string[] = [BOB]): Promise<string> {
    const attachments = [{ filename: 'a.txt', contentType: 'text/plain', content: 'U2VjcmV0IGZpbGU=' }];
    const body = {
      from: ALICE,
      to,
      subject: 'The sealed subject',
      text: 'The secret text https://a.example/',
      attachments,
      ...more,
    };
    const { status, json } = await api.sendJson('/messages', body);
    assert.equal(status, 201, JSON.stringify(json));
    return String(json['id']);
  }

  async function makePasskey(visitor: Visitor): Promise<Authenticator> {
    const made = new Authenticator(running.url);
    const page = '/account/passkeys';
    const asked = await passkeyOptions(visitor, `${page}/options`, page);
    assert.equal((await visitor.post(page, { answer: made.make(asked), name: 'Key' }, page)).status, 303);
    return made;
  }

  async function byPasskey(visitor: Visitor, path: string): Promise<number> {
    const asked = await passkeyOptions(visitor, '/sign-in/passkey/options', path);
    return (await visitor.post(`${path}/prove/passkey`, { answer: key.use(asked) }, path)).status;
  }

  async function askGoogle(
    visitor: Visitor,
    path: string,
    page: string,
    email: string,
  ): Promise<{ status: number; text: string }> {
    const left = await visitor.post(`${path}/oidc/google`, {}, page);
    const url = left.headers.get('refresh')?.slice('0; url='.length) ?? '';
    google.say(url, { claims: { email, email_verified: true, sub: email } });
    const state = new URL(url).searchParams.get('state') ?? '';
    return visitor.get(`/sign-in/oidc/google/callback?code=x&state=${state}`);
  }

  async function byGoogle(visitor: Visitor, path: string, email = BOB): Promise<{ status: number; text: string }> {
    return askGoogle(visitor, `${path}/prove`, path, email);
  }

  async function inByGoogle(email: string): Promise<Visitor> {
    const visitor = new Visitor(running.url);
    const link = await linkTo(running, email);
    await askGoogle(visitor, link, link, email);
    return visitor;
  }

  async function byCode(visitor: Visitor, path: string): Promise<number> {
    assert.equal((await visitor.post(`${path}/prove/passcode`, {}, path)).status, 303);
    const code = await codeFor(running, BOB);
    return (await visitor.post(`${path}/prove/verify`, { code }, `${path}/prove/verify`)).status;
  }

  /** Every road to the message, asked for. */
  async function givesNothing(visitor: Visitor, id: string): Promise<void> {
    const path = `/messages/${id}`;
    const csrf = await visitor.csrf('/messages');
    const form = (fields: Record<string, string>): RequestInit['body'] => new URLSearchParams({ csrf, ...fields });
    const upload = new FormData();
    for (const [name, value] of [
      ['csrf', csrf],
      ['text', 'Hello'],
    ] as const)
      upload.append(name, value);
    const before = await running.store.db.selectFrom('recipients').selectAll().where('message_id', '=', id).execute();
    for (const [method, more, body] of [
      ['GET', '', undefined],
      ['GET', '?done=replied', undefined],
      ['GET', '/body', undefined],
      ['GET', '/attachments/1', undefined],
      ['GET', '/links/t0', undefined],
      ['POST', '/reply', upload],
      ['POST', '/forward', form({ to: 'eve@third.example', text: '' })],
    ] as const) {
      const answer = await visitor.send(method, `${path}${more}`, body);
      assert.equal(answer.status, 403, `${method} ${more}`);
      assert.match(answer.text, /One more step before you can read/, `${method} ${more}`);
      assert.doesNotMatch(answer.text, /sealed subject|secret text|Secret file|a\.txt/, `${method} ${more}`);
    }
    assert.equal((await visitor.send('HEAD', `${path}/attachments/1`)).status, 403);
    const ranged = await visitor.get(`${path}/attachments/1`, { headers: { range: 'bytes=0-3' } });
    assert.equal(ranged.status, 403);
    const after = await running.store.db.selectFrom('recipients').selectAll().where('message_id', '=', id).execute();
    assert.deepEqual(after, before);
    const inbox = await visitor.get('/messages');
    assert.match(inbox.text, /Opens after one more step/);
  }

  async function opens(visitor: Visitor, id: string): Promise<void> {
    assert.match((await visitor.get(`/messages/${id}`)).text, /The secret text/);
    assert.equal((await visitor.bytes(`/messages/${id}/attachments/1`)).content.toString(), 'Secret file');
  }

  test('a passkey: opens by it, and by nothing else', async () => {
    const id = await sealed({ signIn: 'passkey' });
    const visitor = await signInByLink(running, BOB);
    await givesNothing(visitor, id);
    const page = (await visitor.get(`/messages/${id}`)).text;
    assert.match(page, /The sender asks for a passkey/);
    assert.match(page, /Make a passkey/);
    assert.doesNotMatch(page, /Sign in with Google/);
    assert.equal((await byGoogle(visitor, `/messages/${id}`)).status, 303);
    await givesNothing(visitor, id);
    assert.equal(await byPasskey(visitor, `/messages/${id}`), 303);
    await opens(visitor, id);
  });

  test('an account: opens by it, if it is the reader’s own', async () => {
    const id = await sealed({ signIn: 'federated' });
    const visitor = await signInByLink(running, BOB);
    await givesNothing(visitor, id);
    const foreign = await byGoogle(visitor, `/messages/${id}`, 'eve@third.example');
    assert.match(foreign.text, /another address than the one/);
    await givesNothing(visitor, id);
    assert.equal((await byGoogle(visitor, `/messages/${id}`)).status, 303);
    await opens(visitor, id);
    const { proved } = await running.store.db
      .selectFrom('sessions')
      .select('proved')
      .where('ended_at', 'is', null)
      .orderBy('created_at', 'desc')
      .executeTakeFirstOrThrow();
    assert.equal(proved, 'code google');
  });

  test('a code: asked of who came in by an account', async () => {
    const id = await sealed({ signIn: 'code' });
    const visitor = await inByGoogle(BOB);
    await givesNothing(visitor, id);
    assert.equal(await byCode(visitor, `/messages/${id}`), 303);
    await opens(visitor, id);
  });

  test('a code: when no other may be asked for, the last one can still be typed', async () => {
    const path = `/messages/${await sealed({ signIn: 'code' }, [CAROL])}`;
    const visitor = await inByGoogle(CAROL);
    let answer = await visitor.post(`${path}/prove/passcode`, {}, path);
    for (let asked = 1; asked < 10 && answer.status === 303; asked += 1)
      answer = await visitor.post(`${path}/prove/passcode`, {}, path);
    assert.equal(answer.status, 429);
    assert.ok(answer.text.includes(`action="${path}/prove/verify"`));
    assert.ok(answer.headers.has('retry-after'));
  });

  test('any two: the second may be any that was not the first', async () => {
    const id = await sealed({ signIn: 'two' });
    const visitor = await signInByLink(running, BOB);
    await givesNothing(visitor, id);
    const page = (await visitor.get(`/messages/${id}`)).text;
    assert.match(page, /a second proof/);
    assert.match(page, /Sign in with Google/);
    assert.doesNotMatch(page, /Send me a code/);
    // The same once more is no second.
    assert.equal(await byCode(visitor, `/messages/${id}`), 303);
    await givesNothing(visitor, id);
    assert.equal(await byPasskey(visitor, `/messages/${id}`), 303);
    await opens(visitor, id);
  });

  test('by header, with the same words, over SMTP', async () => {
    const id = await send(running, { to: BOB, text: 'The secret text', headers: ['X-Sealpost-Sign-In: Passkey'] });
    const { demands } = await running.store.db
      .selectFrom('messages')
      .select('demands')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    assert.equal(demands, 'passkey');
    assert.equal((await (await signInByLink(running, BOB)).get(`/messages/${id}`)).status, 403);
  });

  test('what was proved ends with its session, and does not make it longer', async () => {
    const id = await sealed({ signIn: 'two' });
    const visitor = await signInByLink(running, BOB);
    running.clock.forward(29 * MINUTE_MS);
    await visitor.get('/messages');
    const [before] = await running.store.db
      .selectFrom('sessions')
      .selectAll()
      .where('ended_at', 'is', null)
      .orderBy('created_at', 'desc')
      .execute();
    assert.equal(await byPasskey(visitor, `/messages/${id}`), 303);
    const [later] = await running.store.db
      .selectFrom('sessions')
      .selectAll()
      .where('ended_at', 'is', null)
      .orderBy('created_at', 'desc')
      .execute();
    assert.notEqual(later?.token_hash, before?.token_hash);
    assert.equal(later?.expires_at, before?.expires_at);
    const fresh = await signInByLink(running, BOB);
    await givesNothing(fresh, id);
  });

  test('what somebody else proved in the same browser is nothing to this reader', async () => {
    const id = await sealed({ signIn: 'two' }, [BOB, CAROL]);
    const visitor = await signInByLink(running, BOB);
    assert.equal(await byPasskey(visitor, `/messages/${id}`), 303);
    await signInByLink(running, CAROL, visitor);
    assert.equal((await visitor.get(`/messages/${id}`)).status, 403);
  });

  test('no demand at all: nothing is asked', async () => {
    await opens(await signInByLink(running, BOB), await sealed({}));
  });

  describe('an access phrase', () => {
    const give = (visitor: Visitor, id: string, phrase: string) =>
      visitor.post(`/messages/${id}/phrase`, { phrase }, `/messages/${id}`);

    test('is asked for after the code, and opens the message for that session', async () => {
      const id = await sealed({ accessPhrase: PHRASE });
      const visitor = await signInByLink(running, BOB);
      await givesNothing(visitor, id);
      assert.match((await visitor.get(`/messages/${id}`)).text, /The sender has set a phrase for this message/);
      const wrong = await give(visitor, id, 'Wrong Horse Battery');
      assert.equal(wrong.status, 422);
      assert.match(wrong.text, /That is not the phrase/);
      assert.match(wrong.text, /alice@example\.com/);
      const right = await give(visitor, id, '  Correct  Horse\u00a0Battery ');
      assert.deepEqual([right.status, right.location], [303, `/messages/${id}`]);
      await opens(visitor, id);
      const other = await signInByLink(running, BOB);
      await givesNothing(other, id);
    });

    test('is not another one, nor nearly', async () => {
      const id = await sealed({ accessPhrase: PHRASE });
      const visitor = await signInByLink(running, BOB);
      for (const phrase of ['correct horse battery', 'CorrectHorseBattery', 'Correct Horse Batter', `${PHRASE}.`]) {
        assert.equal((await give(visitor, id, phrase)).status, 422, phrase);
      }
      const other = await sealed({ accessPhrase: 'Another Phrase' });
      assert.equal((await give(visitor, other, PHRASE)).status, 422);
      assert.equal((await give(visitor, id, '')).status, 422);
      assert.equal((await give(visitor, id, PHRASE)).status, 303); // the empty one was no try
    });

    test('can be tried five times an hour, in however many sessions, at once or not', async () => {
      const id = await sealed({ accessPhrase: PHRASE }, [BOB, CAROL]);
      const visitors = [await signInByLink(running, BOB), await signInByLink(running, BOB)];
      const tries = Array.from({ length: 6 }, () => visitors).flat();
      const answers = await Promise.all(tries.map((by) => give(by, id, 'Wrong Horse')));
      assert.equal(answers.filter(({ status }) => status === 422).length, 5);
      assert.equal(answers.filter(({ status }) => status === 429).length, 7);
      const [visitor = new Visitor('')] = visitors;
      const late = await give(visitor, id, PHRASE);
      assert.equal(late.status, 429);
      assert.match(late.text, /tried too often. Wait 60 minutes, or ask \S*alice@example\.com/);
      assert.equal(late.headers.get('retry-after'), '3600');
      // One reader's tries are not another's.
      assert.equal((await give(await signInByLink(running, CAROL), id, PHRASE)).status, 303);
      running.clock.forward(HOUR_MS);
      assert.equal((await give(await signInByLink(running, BOB), id, PHRASE)).status, 303);
    });

    test('stays given when more is proved for another message', async () => {
      const id = await sealed({ accessPhrase: PHRASE });
      const other = await sealed({ signIn: 'passkey' });
      const visitor = await signInByLink(running, BOB);
      await give(visitor, id, PHRASE);
      assert.equal(await byPasskey(visitor, `/messages/${other}`), 303);
      await opens(visitor, id);
    });

    test('is nobody’s to give who is not a reader, or not signed in', async () => {
      const id = await sealed({ accessPhrase: PHRASE });
      await send(running, { to: CAROL, text: 'x' });
      const carol = await signInByLink(running, CAROL);
      const answer = await carol.post(`/messages/${id}/phrase`, { phrase: PHRASE }, '/messages');
      assert.equal(answer.status, 404);
      const nobody = new Visitor(running.url);
      assert.equal((await nobody.post(`/messages/${id}/phrase`, { phrase: PHRASE }, '/sign-in')).status, 401);
    });

    test('that is changed is asked for anew, also of who reads just now', async () => {
      const id = await sealed({ accessPhrase: PHRASE });
      const visitor = await signInByLink(running, BOB);
      await give(visitor, id, PHRASE);
      await opens(visitor, id);
      const { status, json } = await api.sendJson(`/messages/${id}`, { accessPhrase: 'Quite Another' }, {}, 'PATCH');
      assert.equal(status, 200, JSON.stringify(json));
      await givesNothing(visitor, id);
      assert.equal((await give(visitor, id, PHRASE)).status, 422);
      assert.equal((await give(visitor, id, 'Quite Another')).status, 303);
      await opens(visitor, id);
    });

    test('is set or changed by the sender on the page, and by nobody else', async () => {
      const id = await sealed({});
      const visitor = await signInByLink(running, BOB);
      await opens(visitor, id);
      const alice = new Visitor(running.url);
      await alice.post('/sign-in/passcode', { address: ALICE }, '/sign-in');
      await alice.post('/sign-in/verify', { code: await codeFor(running, ALICE) }, '/sign-in/verify');
      const page = `/sent/${id}`;
      assert.match((await alice.get(page)).text, /Set the phrase/);
      const short = await alice.post(`${page}/phrase`, { phrase: 'short' }, page);
      assert.equal(short.status, 422);
      assert.match(short.text, /8 to 200 characters/);
      const set = await alice.post(`${page}/phrase`, { phrase: PHRASE }, page);
      assert.equal(ledTo(set), `${page}?done=phrase`);
      assert.match((await alice.get(set.location ?? '')).text, /Tell it to your readers/);
      assert.match((await alice.get(page)).text, /Change the phrase/);
      await givesNothing(visitor, id);
      assert.equal((await give(visitor, id, PHRASE)).status, 303);
      assert.equal((await visitor.post(`${page}/phrase`, { phrase: PHRASE }, '/messages')).status, 404);
    });

    test('comes with another demand: first that, then the phrase', async () => {
      const id = await sealed({ accessPhrase: PHRASE, signIn: 'passkey' });
      const visitor = await signInByLink(running, BOB);
      assert.doesNotMatch((await visitor.get(`/messages/${id}`)).text, /name="phrase"/);
      assert.equal((await give(visitor, id, PHRASE)).location, `/messages/${id}`); // not yet: it counts for nothing
      assert.equal(await byPasskey(visitor, `/messages/${id}`), 303);
      assert.equal((await give(visitor, id, PHRASE)).status, 303);
      await opens(visitor, id);
    });

    test('and all that was demanded hold for the answers of its conversation', async () => {
      const id = await sealed({ accessPhrase: PHRASE }, [BOB, CAROL]);
      const bob = await signInByLink(running, BOB);
      await give(bob, id, PHRASE);
      const path = `/messages/${id}`;
      assert.equal(
        (await bob.postMultipart(`${path}/reply`, { text: 'My secret answer', all: '1' }, [], path)).status,
        303,
      );
      const answer = await running.store.db
        .selectFrom('messages')
        .selectAll()
        .where('kind', '=', 'reply')
        .orderBy('id', 'desc')
        .executeTakeFirstOrThrow();
      assert.equal(answer.demands, 'phrase');
      const carol = await signInByLink(running, CAROL);
      assert.equal((await carol.get(`/messages/${answer.id}`)).status, 403);
      assert.equal((await give(carol, id, PHRASE)).status, 303);
      assert.match((await carol.get(`/messages/${answer.id}`)).text, /My secret answer/);
    });

    test('does not stand on another message’s page of the same conversation', async () => {
      const first = await send(running, { to: BOB, text: 'Open text' });
      const row = await loadMessage(running.store.db, first);
      assert.ok(row);
      const { mailId = '' } = openMessage(running.store.vault, row).meta;
      const second = await send(running, {
        to: BOB,
        text: 'The secret text',
        headers: [`References: ${mailId}`, 'X-Sealpost-Sign-In: passkey'],
      });
      const visitor = await signInByLink(running, BOB);
      await visitor.get(`/messages/${first}`);
      const before = (await visitor.get(`/messages/${first}`)).text;
      assert.match(before, /This message opens after one more step, on its own page/);
      assert.doesNotMatch(before, /The secret text/);
      assert.equal(await byPasskey(visitor, `/messages/${second}`), 303);
      await visitor.get(`/messages/${second}`);
      assert.match((await visitor.get(`/messages/${first}`)).text, /The secret text/);
    });

    test('is never logged, mailed or stored, nor in the answer of a call', async () => {
      const phrase = 'Unmistakable Marzipan';
      const { text } = await api.sendJson('/messages', { from: ALICE, to: [BOB], text: 'x', accessPhrase: phrase });
      const id = (JSON.parse(text) as { id: string }).id; // a message
      const visitor = await signInByLink(running, BOB);
      await give(visitor, id, `${phrase} wrong`);
      await give(visitor, id, phrase);
      const mails = (await mailTo(running, BOB)).map(({ raw }) => raw).join('\n');
      for (const event of ['phrase-given', 'phrase-refused', 'message-accepted']) {
        assert.doesNotMatch(JSON.stringify(await readAuditOf(running, event)), /Marzipan/);
      }
      for (const [what, said] of [
        ['answer', text],
        ['mail', mails],
        ['log', running.logged()],
      ] as const) {
        assert.doesNotMatch(said, /Marzipan/i, what);
      }
      const { reasons } = JSON.parse(text) as { reasons: string[] }; // a message
      assert.ok(reasons.includes('accessPhrase: set'));
    });

    test('goes with the last message of its conversation', async () => {
      const id = await sealed({ accessPhrase: PHRASE });
      const row = await running.store.db
        .selectFrom('messages')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      const has = () =>
        running.store.db
          .selectFrom('phrases')
          .selectAll()
          .where('id', '=', row.phrase_id ?? '')
          .execute();
      assert.equal((await has()).length, 1);
      assert.equal((await api.sendJson(`/messages/${id}/revoke`, { destroy: true })).status, 200);
      assert.equal((await has()).length, 0);
    });
  });

  describe('is asked for', () => {
    for (const [what, more, code] of [
      ['an unknown sign-in', { signIn: 'retina' }, 'policy/unknown-value'],
      ['an empty one', { signIn: '' }, 'policy/unknown-value'],
      ['a phrase by its demand alone', { signIn: 'phrase' }, 'policy/unknown-value'],
      ['two words', { signIn: 'code passkey' }, 'policy/unknown-value'],
      ['a number', { signIn: 2 }, 'request/malformed'],
      ['a short phrase', { accessPhrase: 'seven 7' }, 'policy/unknown-value'],
      ['a phrase of blanks', { accessPhrase: ' '.repeat(20) }, 'policy/unknown-value'],
      ['an endless phrase', { accessPhrase: 'x'.repeat(201) }, 'policy/unknown-value'],
    ] as const) {
      test(`and refused with ${what}`, async () => {
        const { status, json } = await api.sendJson('/messages', { from: ALICE, to: [BOB], text: 'x', ...more });
        assert.deepEqual([status, json['code']], [422, code]);
        assert.doesNotMatch(JSON.stringify(json), /seven|xxx/);
      });
    }

    test('and told back, in order', async () => {
      const id = await sealed({ signIn: 'two', accessPhrase: PHRASE });
      assert.deepEqual((await api.get(`/messages/${id}`)).json['demands'], ['phrase', 'two']);
    });

    test('and a call that changes nothing, or by a short phrase, is refused', async () => {
      const id = await sealed({ accessPhrase: PHRASE });
      for (const body of [{}, { accessPhrase: 'short' }, { accessPhrase: null }, { phrase: PHRASE }]) {
        assert.equal((await api.sendJson(`/messages/${id}`, body, {}, 'PATCH')).status, 422, JSON.stringify(body));
      }
    });

    test('and what nobody could prove there is refused', async () => {
      const plain = await startProgram({ env: { PUBLIC_URL: 'http://127.0.0.1:3999' } });
      try {
        const client = await makeClient(plain);
        for (const [signIn, expected] of [
          ['federated', 422],
          ['passkey', 422],
          ['two', 422],
          ['code', 201],
        ] as const) {
          const { status, text } = await client.sendJson('/messages', { from: ALICE, to: [BOB], text: 'x', signIn });
          assert.equal(status, expected, text);
        }
      } finally {
        await plain.stop();
      }
    });
  });
});

// Passkeys: made after a visit, used instead of a code, and everything that is not one. The authenticator is the test's
// own, so that it can do what a good one never would.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { Authenticator } from '../support/authenticator.ts';
import type { Options, Twist } from '../support/authenticator.ts';
import { Visitor, ledTo } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { linkTo, mailTo, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { readAuditOf } from './audit-entries.ts';

const BOB = 'bob@recipient.example';
const EVE = 'eve@third.example';
const PAGE = '/account/passkeys';

describe('a passkey', () => {
  let running: Running;
  let id: string;
  let link: string;
  let bobs: Authenticator;
  let eves: Authenticator;

  before(async () => {
    running = await startProgram();
    id = await send(running, { to: `${BOB}, ${EVE}`, text: 'Secret.' });
    link = await linkTo(running, BOB);
    bobs = await made(BOB, 'Bob’s phone');
    eves = await made(EVE, 'Eve’s key');
  });
  after(() => running.stop());

  async function options(visitor: Visitor, path: string, from: string): Promise<Options> {
    const answer = await visitor.post(path, {}, from);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    return JSON.parse(answer.text) as Options; // what the page's script reads
  }

  async function make(visitor: Visitor, key: Authenticator, name: string, twist?: Twist): Promise<Answer> {
    const answer = key.make(await options(visitor, `${PAGE}/options`, PAGE), twist);
    return visitor.post(PAGE, { answer, name }, PAGE);
  }

  async function made(address: string, name: string): Promise<Authenticator> {
    const key = new Authenticator(running.url);
    const visitor = await signInByLink(running, address);
    const answer = await make(visitor, key, name);
    assert.deepEqual([answer.status, ledTo(answer)], [303, `${PAGE}?done=made`]);
    return key;
  }

  async function use(
    key: Authenticator,
    twist: Twist = {},
    { from = link, visitor = new Visitor(running.url) } = {},
  ): Promise<{ answer: Answer; visitor: Visitor }> {
    const answer = key.use(await options(visitor, '/sign-in/passkey/options', from), twist);
    return { answer: await visitor.post(`${from}/passkey`, { answer }, from), visitor };
  }

  async function refused(used: Promise<{ answer: Answer; visitor: Visitor }>, words: RegExp): Promise<void> {
    const { answer, visitor } = await used;
    assert.match(answer.text, words);
    assert.equal(answer.status, 422);
    assert.equal(visitor.cookie('sealpost'), undefined);
  }

  test('opens the message from its link, and is written down', async () => {
    const { answer, visitor } = await use(bobs);
    assert.deepEqual([answer.status, answer.location], [303, `/messages/${id}`]);
    assert.match((await visitor.get(`/messages/${id}`)).text, /Secret\./);
    const [entry] = await readAuditOf(running, 'signed-in');
    assert.deepEqual([entry?.['method'], entry?.['address']], ['passkey', BOB]);
  });

  test('opens the inbox of its address at the sign-in page', async () => {
    const { answer } = await use(bobs, {}, { from: '/sign-in' });
    assert.deepEqual([answer.status, answer.location], [303, '/messages']);
  });

  test('is asked for in words that tell nothing of anybody', async () => {
    const [one, two] = [
      await options(new Visitor(running.url), '/sign-in/passkey/options', link),
      await options(new Visitor(running.url), '/sign-in/passkey/options', '/sign-in'),
    ];
    assert.deepEqual({ ...one, challenge: '' }, { ...two, challenge: '' });
    assert.doesNotMatch(JSON.stringify(one), new RegExp(bobs.credentialId));
    assert.equal((one as { userVerification?: string }).userVerification, 'required');
  });

  const NOTHING = /This passkey does not open anything here/;

  for (const [what, twist] of [
    ['another origin', { origin: 'https://evil.example' }],
    ['the same host by another port', { origin: 'http://localhost:1' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['nobody verified', { unverified: true }],
    ['another key', { foreignKey: true }],
    ['an answer to something else', { type: 'webauthn.create' }],
    ['a frame of another site', { crossOrigin: true }],
    ['a user who is another', { userHandle: Buffer.from('somebody else').toString('base64url') }],
    ['a credential that nobody has', { credentialId: Buffer.alloc(32, 7).toString('base64url') }],
  ] as const) {
    test(`with ${what} opens nothing`, () => refused(use(bobs, twist), NOTHING));
  }

  test('leaves in the log what was wrong with it, in no words of the one who sent it', async () => {
    await use(bobs, { origin: 'https://evil.example' });
    assert.match(running.logged(), /Unexpected authentication response origin/);
    assert.doesNotMatch(running.logged(), /evil/);
  });

  test('of another person does not open this one’s message', () =>
    refused(use(eves), /This passkey is for another address/));

  test('cannot be claimed by another’s credential id', () =>
    refused(use(eves, { credentialId: bobs.credentialId }), NOTHING));

  test('that was copied gives itself away by its counter, and by nothing else', async () => {
    const counter = bobs.counter + 5;
    assert.equal((await use(bobs, { counter })).answer.status, 303);
    await refused(use(bobs, { counter }), NOTHING);
    await refused(use(bobs, { counter: counter - 1 }), NOTHING);
    assert.equal((await use(bobs, { counter: counter + 1 })).answer.status, 303);
  });

  test('that counts nothing works again and again', async () => {
    const key = await made(EVE, 'A key without a counter');
    const from = await linkTo(running, EVE);
    for (let times = 0; times < 3; times += 1) {
      assert.equal((await use(key, { counter: 0 }, { from })).answer.status, 303);
    }
  });

  test('answers once, in time, in the browser that was asked', async () => {
    const visitor = new Visitor(running.url);
    const late = /begun in another browser, too long ago, or is finished already/;
    const press = async (by: Visitor, answer: string): Promise<Answer> => by.post(`${link}/passkey`, { answer }, link);

    const replayed = bobs.use(await options(visitor, '/sign-in/passkey/options', link));
    assert.match((await press(new Visitor(running.url), replayed)).text, late);
    assert.equal((await press(visitor, replayed)).status, 303);
    const signedOut = new Visitor(running.url);
    signedOut.setCookie('sealpost-browser', visitor.cookie('sealpost-browser') ?? '');
    assert.match((await press(signedOut, replayed)).text, late);

    const tooLate = bobs.use(await options(signedOut, '/sign-in/passkey/options', link));
    running.clock.forward(10 * MINUTE_MS);
    assert.match((await press(signedOut, tooLate)).text, late);
    const invented = bobs.use({ challenge: Buffer.alloc(32, 1).toString('base64url') });
    assert.match((await press(signedOut, invented)).text, late);
    const forMaking = await signInByLink(running, EVE);
    const other = bobs.use(await options(forMaking, `${PAGE}/options`, PAGE));
    assert.match((await press(forMaking, other)).text, late);
  });

  test('that answers many times at once is in once', async () => {
    const visitor = new Visitor(running.url);
    const answer = bobs.use(await options(visitor, '/sign-in/passkey/options', link));
    const csrf = await visitor.csrf(link);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        new Visitor(running.url).send('POST', `${link}/passkey`, new URLSearchParams({ csrf, answer }), {
          headers: { cookie: `sealpost-browser=${visitor.cookie('sealpost-browser') ?? ''}` },
        }),
      ),
    );
    assert.equal(answers.filter(({ status }) => status === 303).length, 1);
  });

  for (const answer of ['', '{}', 'null', '[]', 'x', '{"id":1}', `{"id":"${'A'.repeat(9_000)}"}`]) {
    test(`is not ${answer.slice(0, 20) || 'nothing'}`, async () => {
      const visitor = new Visitor(running.url);
      await refused(
        visitor.post(`${link}/passkey`, { answer }, link).then((it) => ({ answer: it, visitor })),
        NOTHING,
      );
    });
  }

  describe('is made', () => {
    test('only by who is signed in', async () => {
      const visitor = new Visitor(running.url);
      assert.equal((await visitor.get(PAGE)).location, '/sign-in');
      const csrf = await visitor.csrf('/sign-in');
      for (const path of [`${PAGE}/options`, PAGE, `${PAGE}/rename`, `${PAGE}/remove`]) {
        const body = new URLSearchParams({ csrf, answer: '{}', name: 'x', passkey: 'x' });
        assert.equal((await visitor.send('POST', path, body)).status, 401, path);
      }
    });

    for (const [what, twist] of [
      ['another origin', { origin: 'https://evil.example' }],
      ['another relying party', { rpId: 'evil.example' }],
      ['nobody verified', { unverified: true }],
      ['an answer to something else', { type: 'webauthn.get' }],
      ['another challenge', { challenge: Buffer.alloc(32, 9).toString('base64url') }],
    ] as const) {
      test(`not with ${what}`, async () => {
        const visitor = await signInByLink(running, BOB);
        const answer = await make(visitor, new Authenticator(running.url), 'x', twist);
        assert.equal(answer.status, 422);
        assert.match(answer.text, /The passkey could not be made/);
      });
    }

    test('not once more, and not over another’s', async () => {
      for (const who of [BOB, EVE]) {
        const visitor = await signInByLink(running, who);
        const answer = await make(visitor, new Authenticator(running.url), 'x', { credentialId: bobs.credentialId });
        assert.match(answer.text, /This passkey is there already/);
      }
      assert.equal((await use(bobs)).answer.status, 303);
    });

    test('not by what was begun for somebody else in the same browser', async () => {
      const visitor = await signInByLink(running, BOB);
      const begun = await options(visitor, `${PAGE}/options`, PAGE);
      await signInByLink(running, EVE, visitor);
      const answer = new Authenticator(running.url).make(begun);
      assert.equal((await visitor.post(PAGE, { answer, name: 'x' }, PAGE)).status, 422);
    });

    test('not without a name, nor with an endless one', async () => {
      const visitor = await signInByLink(running, BOB);
      for (const name of ['', '   ', 'x'.repeat(61)]) {
        const answer = await make(visitor, new Authenticator(running.url), name);
        assert.match(answer.text, /Give the passkey a name/);
      }
    });

    test('twenty times and not more', async () => {
      const zoe = 'zoe@third.example';
      await send(running, { to: zoe, text: 'x' });
      const visitor = await signInByLink(running, zoe);
      for (let n = 0; n < 20; n += 1) {
        assert.equal((await make(visitor, new Authenticator(running.url), `Key ${n}`)).status, 303);
      }
      const answer = await make(visitor, new Authenticator(running.url), 'One more');
      assert.match(answer.text, /as many as there can be/);
    });
  });

  describe('is looked after', () => {
    const rowsOf = (page: string): string[] =>
      [...page.matchAll(/name="passkey" value="([^"]+)"/g)].map(([, row = '']) => row);

    test('on a page of one’s own: named, used, renamed, removed', async () => {
      const ann = 'ann@third.example';
      await send(running, { to: ann, text: 'x' });
      const key = await made(ann, 'My <phone>');
      const visitor = await signInByLink(running, ann);
      const page = (await visitor.get(PAGE)).text;
      assert.match(page, /My &lt;phone&gt;/);
      assert.match(page, /Not used yet/);
      const [row = ''] = rowsOf(page);
      assert.equal((await visitor.post(`${PAGE}/rename`, { passkey: row, name: 'Old phone' }, PAGE)).status, 303);
      const from = await linkTo(running, ann);
      assert.equal((await use(key, {}, { from })).answer.status, 303);
      const later = (await visitor.get(PAGE)).text;
      assert.match(later, /Old phone/);
      assert.match(later, /Last used/);
      assert.equal((await visitor.post(`${PAGE}/remove`, { passkey: row }, PAGE)).status, 303);
      assert.match((await visitor.get(PAGE)).text, /You have no passkey yet/);
      await refused(use(key, {}, { from }), NOTHING);
    });

    test('and the mailbox is told each time, in its reader’s language, with nothing that was typed', async () => {
      const kim = 'kim@third.example';
      await send(running, { to: kim, text: 'x' });
      const told = async () =>
        (await mailTo(running, kim)).filter(({ text }) => text.includes(`${running.url}${PAGE}`));
      await made(kim, 'marzipan phone');
      const [added, ...none] = await told();
      assert.ok(added && none.length === 0);
      assert.match(added.raw, /^Subject: Example Ltd: a passkey was added\r$/m);
      assert.match(added.text, /It was added on \w+, \d+ \w+ \d{4}, \d\d:\d\d UTC for kim@third\.example\./);
      assert.match(added.raw, /^Auto-Submitted: auto-generated\r$/m);
      assert.doesNotMatch(added.raw, /marzipan|\/m\//);

      const visitor = await signInByLink(running, kim);
      await visitor.post('/language', { language: 'de', back: PAGE }, PAGE);
      const [row = ''] = rowsOf((await visitor.get(PAGE)).text);
      assert.equal((await visitor.post(`${PAGE}/rename`, { passkey: row, name: 'Other' }, PAGE)).status, 303);
      assert.equal((await told()).length, 1);
      assert.equal((await visitor.post(`${PAGE}/remove`, { passkey: row }, PAGE)).status, 303);
      // A second time there is none to remove.
      assert.equal((await visitor.post(`${PAGE}/remove`, { passkey: row }, PAGE)).status, 404);
      const [removed, ...before] = await told();
      assert.equal(before.length, 1);
      assert.match(removed?.text ?? '', /Er öffnet hier nichts mehr\./);
      const entries = (await readAuditOf(running, 'passkey-told')).filter(({ address }) => address === kim);
      assert.deepEqual(entries.map(({ what }) => what).toSorted(), ['made', 'removed']);
      assert.match((await visitor.get('/account')).text, /Eine Mail über Ihre Passkeys wurde an Sie gesendet/);
    });

    test('by its owner alone', async () => {
      const [row = ''] = rowsOf((await (await signInByLink(running, BOB)).get(PAGE)).text);
      const eve = await signInByLink(running, EVE);
      for (const [act, fields] of [
        ['rename', { passkey: row, name: 'Mine' }],
        ['remove', { passkey: row }],
        ['remove', { passkey: 'x' }],
      ] as const) {
        assert.equal((await eve.post(`${PAGE}/${act}`, fields, PAGE)).status, 404);
      }
      assert.equal((await use(bobs)).answer.status, 303);
    });

    test('and lies in the database without a word that tells whose it is', async () => {
      const rows = JSON.stringify(
        (await running.store.db.selectFrom('passkeys').selectAll().execute()).map((one) => ({
          ...one,
          sealed: Buffer.from(one.sealed).toString('latin1'),
        })),
      );
      for (const word of [BOB, bobs.credentialId, 'phone']) assert.ok(!rows.includes(word), word);
    });
  });
});

describe('answers that are none', () => {
  test('fill no log: past a limit they are refused without a word in the audit', async (t) => {
    const running = await startProgram();
    t.after(() => running.stop());
    const visitor = new Visitor(running.url);
    const body = { csrf: await visitor.csrf('/sign-in'), answer: '' };
    const statuses: number[] = [];
    for (let n = 0; n < 105; n += 1) {
      const answer = await visitor.send('POST', '/sign-in/passkey', new URLSearchParams(body));
      statuses.push(answer.status);
    }
    assert.deepEqual(statuses.slice(99), [422, 429, 429, 429, 429, 429]);
    assert.equal((await readAuditOf(running, 'sign-in-refused')).length, 100);
    running.clock.forward(15 * MINUTE_MS);
    assert.equal((await visitor.send('POST', '/sign-in/passkey', new URLSearchParams(body))).status, 422);
  });
});

describe('where no passkey can work', () => {
  test('none is offered, and the page says so', async () => {
    const running = await startProgram({ env: { PUBLIC_URL: 'http://127.0.0.1:3999' } });
    try {
      const visitor = new Visitor(running.url);
      assert.doesNotMatch((await visitor.get('/sign-in')).text, /passkey/);
      assert.equal((await visitor.post('/sign-in/passkey/options', {}, '/sign-in')).status, 404);
    } finally {
      await running.stop();
    }
  });
});

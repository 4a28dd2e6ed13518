// Coming in by an account with another issuer: what its word is good for, and all that it is not good for. The issuer
// here says what each test wants it to; what travels by the browser is what the program itself sends there.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { GOOGLE, MICROSOFT, STAFF, SayingIssuer } from '../support/issuer.ts';
import type { TokenAsk } from '../support/issuer.ts';
import { linkTo } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { readAuditOf } from './audit-entries.ts';

const BOB = 'bob@recipient.example';
const TENANT = '11112222-3333-4444-8555-666677778888';
const PERSONAL = '9188040d-6c67-4c5b-b112-36a304b66dad';
const microsoft = (tid: string): Record<string, unknown> => ({
  tid,
  iss: `https://login.microsoftonline.com/${tid}/v2.0`,
});
const verified = (email: string): Record<string, unknown> => ({ email, email_verified: true });

describe('an account with another issuer', () => {
  let running: Running;
  let google: SayingIssuer;
  let entra: SayingIssuer;
  let staff: SayingIssuer;
  let id: string;
  let link: string;

  before(async () => {
    google = await SayingIssuer.named('https://accounts.google.com', 'client-at-google');
    entra = await SayingIssuer.named('https://login.microsoftonline.com/{tenantid}/v2.0', 'client-at-microsoft');
    staff = await SayingIssuer.named('https://login.example.com', 'client-at-home');
    const hosts = new Map([
      ['accounts.google.com', google],
      ['login.microsoftonline.com', entra],
      ['login.example.com', staff],
    ]);
    running = await startProgram({
      env: { ...GOOGLE, ...MICROSOFT, ...STAFF },
      reach: (input, init) => {
        const issuer = hosts.get(new URL(String(input)).host);
        if (issuer === undefined) throw new Error('nobody is there');
        return issuer.reach(input, init);
      },
    });
    id = await send(running, { to: BOB, text: 'Secret.' });
    link = await linkTo(running, BOB);
  });
  after(() => running.stop());

  /** Presses the button at `from`. @returns where the browser is sent. */
  async function leave(visitor: Visitor, from: string, issuer: string): Promise<URL> {
    const answer = await visitor.post(`${from}/oidc/${issuer}`, {}, from);
    assert.equal(answer.status, 200);
    const url = /^0; url=(.*)$/.exec(answer.headers.get('refresh') ?? '')?.[1] ?? '';
    assert.match(answer.text, /You sign in at/);
    return new URL(url);
  }

  function callback(url: URL, more: Record<string, string> = {}): string {
    const redirect = new URL(url.searchParams.get('redirect_uri') ?? '');
    const query = new URLSearchParams({ code: 'a-code', state: url.searchParams.get('state') ?? '', ...more });
    return `${redirect.pathname}?${query.toString()}`;
  }

  async function comeIn(
    issuer: 'google' | 'microsoft' | 'staff',
    ask: TokenAsk,
    { from = link, visitor = new Visitor(running.url) } = {},
  ): Promise<{ answer: Answer; visitor: Visitor; url: URL }> {
    const url = await leave(visitor, from, issuer);
    ({ google, microsoft: entra, staff })[issuer].say(url.href, ask);
    return { answer: await visitor.get(callback(url)), visitor, url };
  }

  async function refused(come: Promise<{ answer: Answer; visitor: Visitor }>, words: RegExp): Promise<void> {
    const { answer, visitor } = await come;
    assert.match(answer.text, words);
    assert.equal(answer.status, 422);
    assert.equal(visitor.cookie('sealpost'), undefined);
    assert.match(answer.text, /Use the code instead/);
  }

  describe('lets in', () => {
    test('whom the issuer confirms to have the address of the message', async () => {
      const { answer, visitor, url } = await comeIn('google', { claims: verified('Bob@Recipient.example') });
      assert.deepEqual([answer.status, answer.location], [303, `/messages/${id}`]);
      assert.match((await visitor.get(`/messages/${id}`)).text, /Secret\./);
      const asked = Object.fromEntries(url.searchParams);
      assert.equal(asked['response_type'], 'code');
      assert.equal(asked['code_challenge_method'], 'S256');
      assert.equal(asked['redirect_uri'], `${running.url}/sign-in/oidc/google/callback`);
      assert.equal(asked['scope'], 'openid email');
      const request = google.requests.at(-1);
      assert.equal(request?.redirectUri, asked['redirect_uri']);
      assert.match(request?.verifier ?? '', /^[\w-]{43,}$/);
      const [entry] = await readAuditOf(running, 'signed-in');
      assert.deepEqual([entry?.['method'], entry?.['address']], ['google', BOB]);
    });

    test('at the sign-in page, to the inbox of the confirmed address', async () => {
      const { answer } = await comeIn('google', { claims: verified(BOB) }, { from: '/sign-in' });
      assert.deepEqual([answer.status, answer.location], [303, '/messages']);
    });

    for (const [n, [what, claims]] of [
      ['a personal account', { ...microsoft(PERSONAL), email: 'ann0@third.example' }],
      [
        'an address in a domain that the tenant owns',
        { ...microsoft(TENANT), email: 'ann1@third.example', xms_edov: true },
      ],
      ['the same, as some tokens write it', { ...microsoft(TENANT), email: 'ann2@third.example', xms_edov: '1' }],
      [
        'the tenant’s own list',
        { ...microsoft(TENANT), email: 'x@y.example', verified_primary_email: ['ann3@third.example'] },
      ],
    ].entries() as ArrayIterator<[number, [string, Record<string, unknown>]]>) {
      test(`by Microsoft: ${what}`, async () => {
        const ann = `ann${n}@third.example`;
        const hers = await send(running, { to: ann, text: 'Hers.' });
        const { answer } = await comeIn(
          'microsoft',
          { claims: { ...claims, sub: ann } },
          { from: await linkTo(running, ann) },
        );
        assert.deepEqual([answer.status, answer.location], [303, `/messages/${hers}`]);
      });
    }

    test('people of the organisation by its own issuer', async () => {
      const claims = verified('alice@example.com');
      const { answer } = await comeIn('staff', { claims }, { from: '/sign-in' });
      assert.deepEqual([answer.status, answer.location], [303, '/sent']);
    });
  });

  describe('does not let in', () => {
    for (const [what, ask] of [
      ['an address that is not said to be verified', { claims: { email: BOB } }],
      ['one that is said not to be', { claims: { email: BOB, email_verified: false } }],
      ['one that is said so in other words', { claims: { email: BOB, email_verified: 'true' } }],
      ['no address at all', { claims: { email_verified: true } }],
      ['something that is no address', { claims: verified('bob') }],
      ['two addresses in one', { claims: verified('bob@recipient.example, eve@third.example') }],
    ] as const) {
      test(`by ${what}`, () => refused(comeIn('google', ask), /Google did not confirm that this address is yours/));
    }

    for (const [what, claims] of [
      ['an unconfirmed address of some tenant', { ...microsoft(TENANT), email: BOB }],
      ['one that says itself that it is verified', { ...microsoft(TENANT), ...verified(BOB) }],
      ['a domain that the tenant does not own', { ...microsoft(TENANT), email: BOB, xms_edov: false }],
      ['a domain said in other words', { ...microsoft(TENANT), email: BOB, xms_edov: 'no' }],
    ] as const) {
      test(`by Microsoft: ${what}`, () =>
        refused(comeIn('microsoft', { claims }), /Microsoft did not confirm that this address is yours/));
    }

    for (const [what, claims] of [
      ['a tenant that is not its issuer’s', { ...microsoft(TENANT), tid: PERSONAL, email: BOB }],
      [
        'the personal tenant, by the issuer of another',
        { ...microsoft(PERSONAL), iss: microsoft(TENANT)['iss'], email: BOB },
      ],
      ['no tenant', { iss: microsoft(TENANT)['iss'], email: BOB, xms_edov: true }],
      ['a tenant that is a path', { ...microsoft('../x'), email: BOB, xms_edov: true }],
    ] as const) {
      test(`by Microsoft: ${what}`, () => refused(comeIn('microsoft', { claims }), /did not confirm|does not prove/));
    }

    for (const [what, ask] of [
      ['another issuer', { claims: { ...verified(BOB), iss: 'https://evil.example' } }],
      ['another audience', { claims: { ...verified(BOB), aud: 'another-client' } }],
      ['another nonce', { claims: { ...verified(BOB), nonce: 'another' } }],
      ['no nonce', { claims: { ...verified(BOB), nonce: undefined } }],
      ['a token that has run out', { claims: { ...verified(BOB), exp: 1_000 } }],
      ['a key that the issuer does not have', { claims: verified(BOB), foreignKey: true }],
      ['no signature', { claims: verified(BOB), unsigned: true }],
      ['no subject', { claims: { ...verified(BOB), sub: '' } }],
      ['no token', { instead: () => Response.json({ access_token: 'x', token_type: 'bearer' }) }],
      ['a refused code', { instead: () => Response.json({ error: 'invalid_grant' }, { status: 400 }) }],
      ['something that is no JSON', { instead: () => new Response('<html>') }],
    ] as const) {
      test(`with ${what}`, () => refused(comeIn('google', ask), /What came back from Google does not prove/));
    }

    test('whose account has another address than the message', () =>
      refused(
        comeIn('google', { claims: verified('eve@third.example') }),
        /another address than the one this message/,
      ));

    test('another subject of the same issuer with the same address', () =>
      refused(comeIn('google', { claims: { ...verified(BOB), sub: 'subject-2' } }), /Another account at Google/));

    test('people of the organisation by an issuer for outsiders', () =>
      refused(
        comeIn('google', { claims: { ...verified('alice@example.com'), sub: 'a' } }, { from: '/sign-in' }),
        /Google is for readers outside/,
      ));

    test('outsiders by the organisation’s own issuer', () =>
      refused(
        comeIn('staff', { claims: { ...verified(BOB), sub: 'b' } }, { from: '/sign-in' }),
        /for the organisation’s own people/,
      ));

    test('by an issuer that is not set', async () => {
      const answer = await new Visitor(running.url).post('/sign-in/oidc/github', {}, '/sign-in');
      assert.equal(answer.status, 404);
    });
  });

  describe('counts once, in time, in the browser that left', () => {
    const late = /begun in another browser, too long ago, or is finished already/;

    async function away(visitor = new Visitor(running.url)): Promise<{ visitor: Visitor; path: string; url: URL }> {
      const url = await leave(visitor, link, 'google');
      google.say(url.href, { claims: verified(BOB) });
      return { visitor, url, path: callback(url) };
    }

    test('not in another browser, and the right one may still come', async () => {
      const { visitor, path } = await away();
      const other = new Visitor(running.url);
      await other.get('/sign-in');
      assert.match((await other.get(path)).text, late);
      assert.equal(other.cookie('sealpost'), undefined);
      assert.equal((await visitor.get(path)).status, 303);
    });

    test('not a second time', async () => {
      const { visitor, path } = await away();
      assert.equal((await visitor.get(path)).status, 303);
      assert.match((await visitor.get(path)).text, late);
    });

    test('for one of many that come at once', async () => {
      const { visitor, path } = await away();
      const answers = await Promise.all(Array.from({ length: 12 }, () => visitor.get(path)));
      assert.equal(answers.filter(({ status }) => status === 303).length, 1);
    });

    test('not after ten minutes', async () => {
      const { visitor, path } = await away();
      running.clock.forward(10 * MINUTE_MS);
      assert.match((await visitor.get(path)).text, late);
    });

    test('not with another state, or none', async () => {
      const { visitor, url } = await away();
      for (const state of ['', 'another']) assert.match((await visitor.get(callback(url, { state }))).text, late);
      assert.match((await visitor.get('/sign-in/oidc/google/callback?state=a&state=b')).text, late);
    });

    test('not by asking for its head, and the right one may still come', async () => {
      const { visitor, path } = await away();
      assert.equal((await visitor.send('HEAD', path)).status, 422);
      assert.equal((await visitor.get(path)).status, 303);
    });

    test('not at the address of another issuer', async () => {
      const { visitor, path } = await away();
      assert.match((await visitor.get(path.replace('/google/', '/microsoft/'))).text, late);
    });

    test('and whoever turns back there is told so, and may begin again', async () => {
      const { visitor, url } = await away();
      const answer = await visitor.get(callback(url, { error: 'access_denied' }).replace('code=a-code&', ''));
      assert.equal(answer.status, 422);
      assert.match(answer.text, /You did not sign in at Google/);
      assert.match(answer.text, new RegExp(`href="${link}"`));
    });

    test('and a refusal is written down with its method', async () => {
      const [entry] = await readAuditOf(running, 'sign-in-refused');
      assert.equal(entry?.['method'], 'google');
      assert.doesNotMatch(running.logged(), /bob@|eve@/);
    });
  });

  describe('is asked about with care', () => {
    for (const [what, instead] of [
      ['an error of its own', () => new Response('', { status: 502 })],
      [
        'a way to somewhere else',
        () => new Response('', { status: 302, headers: { location: 'https://evil.example/' } }),
      ],
      ['a megabyte', () => new Response('x'.repeat(1_000_000))],
    ] as const) {
      test(`${what} is no answer`, async () => {
        const { answer } = await comeIn('google', { instead });
        assert.equal(answer.status, 503);
        assert.match(answer.text, /Google cannot be reached just now/);
        assert.deepEqual(
          google.asked.filter((url) => url.includes('evil')),
          [],
        );
      });
    }

    test('keeps its secrets out of the page, the log and the rows', async () => {
      const url = await leave(new Visitor(running.url), link, 'google');
      const rows = JSON.stringify(await running.store.db.selectFrom('ceremonies').selectAll().execute());
      for (const name of ['state', 'nonce']) {
        const value = url.searchParams.get(name) ?? '';
        assert.ok(value.length >= 22);
        assert.ok(!rows.includes(value) && !running.logged().includes(value), name);
      }
    });
  });
});

describe('an issuer that cannot be reached', () => {
  test('is said so on the page, with the code as the other way', async () => {
    const running = await startProgram({ env: GOOGLE, reach: () => Promise.reject(new TypeError('fetch failed')) });
    try {
      const answer = await new Visitor(running.url).post('/sign-in/oidc/google', {}, '/sign-in');
      assert.equal(answer.status, 503);
      assert.match(answer.text, /Google cannot be reached just now. Use the code/);
    } finally {
      await running.stop();
    }
  });

  test('whose documents name an address in clear is none', async () => {
    const issuer = await SayingIssuer.named('https://accounts.google.com', 'client-at-google');
    const running = await startProgram({
      env: GOOGLE,
      reach: async (input, init) => {
        const answer = await issuer.reach(input, init);
        return new Response(
          (await answer.text()).replace('https://accounts.google.com/token', 'http://127.0.0.1:1/token'),
        );
      },
    });
    try {
      const visitor = new Visitor(running.url);
      const left = await visitor.post('/sign-in/oidc/google', {}, '/sign-in');
      const url = new URL(left.headers.get('refresh')?.slice('0; url='.length) ?? '');
      const answer = await visitor.get(
        `/sign-in/oidc/google/callback?code=x&state=${url.searchParams.get('state') ?? ''}`,
      );
      assert.ok(answer.status === 422 || answer.status === 503);
      assert.deepEqual(
        issuer.asked.filter((one) => one.startsWith('http:')),
        [],
      );
    } finally {
      await running.stop();
    }
  });
});

describe('the pages', () => {
  test('offer what is set, and to each address what could let it in', async () => {
    const issuer = await SayingIssuer.named('https://accounts.google.com', 'client-at-google');
    const running = await startProgram({ env: { ...GOOGLE, ...STAFF }, reach: issuer.reach });
    try {
      await send(running, { to: `${BOB}, dora@example.com`, text: 'x' });
      const page = async (path: string): Promise<string> => (await new Visitor(running.url).get(path)).text;
      const [outside, inside, any] = [
        await page(await linkTo(running, BOB)),
        await page(await linkTo(running, 'dora@example.com')),
        await page('/sign-in'),
      ];
      assert.match(outside, /Sign in with Google/);
      assert.doesNotMatch(outside, /oidc\/staff/);
      assert.match(inside, /oidc\/staff/);
      assert.doesNotMatch(inside, /Google/);
      assert.match(any, /Google/);
      assert.match(any, /oidc\/staff/);
      assert.doesNotMatch(any, /Microsoft/);
    } finally {
      await running.stop();
    }
  });
});

// Somebody with a role who comes by the organisation's own issuer has proved more than a mailbox: no second step, and nothing
// more than their role. What the issuer does not confirm, and what others confirm, opens no console.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { GOOGLE, STAFF, SayingIssuer } from '../support/issuer.ts';
import type { TokenAsk } from '../support/issuer.ts';
import { behindProxy, signInAt, startProduction } from '../support/production.ts';
import type { Running } from '../support/program.ts';
import { setRoster } from '../support/staff.ts';

const ADMIN = 'admin@example.com';
const STEP = '/sign-in/second-step';
const confirmed = (email: string): TokenAsk => ({ claims: { email, email_verified: true } });

describe('somebody with a role who signs in by the organisation’s own issuer', () => {
  let running: Running;
  let home: SayingIssuer;
  let google: SayingIssuer;

  before(async () => {
    home = await SayingIssuer.named('https://login.example.com', 'client-at-home');
    google = await SayingIssuer.named('https://accounts.google.com', 'client-at-google');
    running = await startProduction({
      env: { ...STAFF, ...GOOGLE },
      reach: (input, init) => (new URL(String(input)).host === 'login.example.com' ? home : google).reach(input, init),
    });
    await setRoster(running, { staff: [{ address: 'audrey@example.com', role: 'auditor' }] });
  });
  after(() => running.stop());

  async function comeBy(
    issuer: 'staff' | 'google',
    ask: TokenAsk,
    { visitor = new Visitor(behindProxy(running)), from = '/sign-in' } = {},
  ): Promise<{ visitor: Visitor; answer: Answer }> {
    const away = await visitor.post(`/sign-in/oidc/${issuer}`, {}, from);
    const url = new URL(/^0; url=(.*)$/.exec(away.headers.get('refresh') ?? '')?.[1] ?? '');
    (issuer === 'staff' ? home : google).say(url.href, ask);
    const query = new URLSearchParams({ code: 'a-code', state: url.searchParams.get('state') ?? '' });
    return { visitor, answer: await visitor.get(`/sign-in/oidc/${issuer}/callback?${query.toString()}`) };
  }

  test('is in the console at once, with what their role may and no more', async () => {
    const { visitor, answer } = await comeBy('staff', confirmed(ADMIN));
    assert.equal(answer.status, 303);
    assert.equal((await visitor.get('/admin/people')).status, 200);

    const { visitor: auditor } = await comeBy('staff', confirmed('audrey@example.com'));
    assert.equal((await auditor.get('/admin/audit')).status, 200);
    assert.equal((await auditor.post('/admin/policy', { document: '{}' }, '/admin/audit')).status, 404);
  });

  test('who had only a mailed code before, is offered it as the second step', async () => {
    const visitor = await signInAt(running, ADMIN);
    assert.deepEqual(place(await visitor.get('/admin/people')), [303, STEP]);
    await comeBy('staff', confirmed(ADMIN), { visitor, from: STEP });
    assert.equal((await visitor.get('/admin/people')).status, 200);
  });

  test('has no role in the console that the roster does not give them', async () => {
    const { visitor } = await comeBy('staff', confirmed('alice@example.com'));
    assert.equal((await visitor.get('/sent')).status, 200);
    assert.equal((await visitor.get('/admin/people')).status, 404);
  });

  for (const [what, issuer, ask] of [
    ['an address that it does not confirm', 'staff', { claims: { email: ADMIN, email_verified: false } }],
    ['a token that another signed', 'staff', { ...confirmed(ADMIN), foreignKey: true }],
    ['an issuer for people outside', 'google', confirmed(ADMIN)],
  ] as const) {
    test(`is not in by ${what}`, async () => {
      const { visitor, answer } = await comeBy(issuer, ask);
      assert.equal(answer.status, 422);
      assert.notEqual((await visitor.get('/admin/people')).status, 200);
    });
  }
});

function place({ status, location }: Answer): readonly unknown[] {
  return [status, location];
}

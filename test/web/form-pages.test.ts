// What stands at the address of a form when it is not the form that comes: after a reload, from the history, or when the
// language is changed on the page that answered one.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Visitor, said } from '../support/browser.ts';
import { linkTo, signInByAddress } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';
import { inventory } from './inventory.ts';

const BOB = 'bob@recipient.example';
const CAROL = 'carol@partner.example';
const ALICE = 'alice@example.com';

describe('the address of a form', () => {
  let running: Running;
  let id: string;
  let link: string;

  before(async () => {
    running = await startProgram({ env: { WRITE_TO: ALICE } });
    id = (await submit(running.smtpPort, { from: ALICE, to: [BOB], raw: plainMail({}) })).split(' ')[2] ?? '';
    await submit(running.smtpPort, { from: ALICE, to: [CAROL], raw: plainMail({ to: CAROL }) });
    link = await linkTo(running, BOB);
  });
  after(() => running.stop());

  test('leads to the page with the form, wherever a reader or a sender sends one', async () => {
    const bob = await signInByAddress(running, BOB);
    const alice = await signInByAddress(running, ALICE);
    const forms = Object.keys(inventory).filter(
      (name) =>
        /^POST \/(?!api\/|admin\/|approvals\/|tls-reports$)/.test(name) &&
        !/\/options$|\/requests\/|\/issuer|\/second-step\//.test(name) &&
        inventory[name.replace('POST', 'GET')] === undefined,
    );
    assert.ok(forms.length > 20, forms.join());
    for (const form of forms) {
      const path = form
        .slice('POST '.length)
        .replace('/m/:token', link)
        .replace(':id', id)
        .replace(':issuer', 'google');
      const visitor = path.startsWith('/sent/') ? alice : bob;
      const led = await visitor.get(path);
      assert.equal(led.status, 303, path);
      assert.equal((await visitor.visit(path)).status, 200, path);
    }
  });

  test('leads to nothing that is not the visitor’s', async () => {
    const carol = await signInByAddress(running, CAROL);
    assert.equal((await carol.visit(`/messages/${id}/reply`)).status, 404);
    assert.equal((await carol.visit('/m/AAAAAAAAAAAAAAAAAAAAAA/passcode')).status, 404);
    assert.equal((await carol.get(`/messages/${id}/nothing`)).status, 404);
  });

  test('is not where a change of language leads after a form was refused', async () => {
    // Before another code is mailed to the same mailbox.
    const bob = await signInByAddress(running, BOB);
    const visitor = new Visitor(running.url);
    await visitor.post(`${link}/passcode`, {}, link);
    const wrong = await visitor.post(`${link}/verify`, { code: '1' }, `${link}/verify`);
    assert.equal(wrong.status, 422);
    assert.equal(backIn(wrong.text), `${link}/verify`);
    const empty = await bob.postMultipart(`/messages/${id}/reply`, { text: '' }, [], `/messages/${id}`);
    assert.equal(empty.status, 422);
    assert.equal(backIn(empty.text), `/messages/${id}`);
  });

  test('tells a browser that keeps no cookies what is amiss, and leads back', async () => {
    for (const [path, page] of [
      [`${link}/passcode`, link],
      ['/sign-in/passcode', '/sign-in'],
      ['/genuine', '/genuine'],
    ] as const) {
      const csrf = await new Visitor(running.url).csrf(page);
      const answer = await new Visitor(running.url).send('POST', path, new URLSearchParams({ csrf }));
      assert.equal(answer.status, 403, path);
      assert.match(said(answer), /keeps no cookies/, path);
      assert.ok(answer.text.includes(`href="${page}"`), path);
    }
    const keeping = new Visitor(running.url);
    await keeping.get(link);
    const forged = await keeping.send('POST', `${link}/passcode`, new URLSearchParams({ csrf: 'x' }));
    assert.equal(forged.status, 403);
    assert.doesNotMatch(said(forged), /cookies/);
  });

  test('of another host is repeated nowhere', async () => {
    const answer = await new Visitor(running.url).send('POST', `${running.url}//evil.example/`, new URLSearchParams(), {
      headers: { origin: 'https://evil.example' },
    });
    assert.equal(answer.status, 403);
    assert.doesNotMatch(answer.text, /evil/);
  });
});

function backIn(page: string): string | undefined {
  return /name="back" value="([^"]*)"/.exec(page)?.[1];
}

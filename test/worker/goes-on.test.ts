// The sender's own answer, from a mail program, to what somebody answered in the portal: it quotes what was sealed, so it is protected
// again, also where a rule lets mail past the portal.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { answerOne, newest } from '../support/answering.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { mimeMail, send } from '../support/mime.ts';
import { readable } from '../support/relay.ts';
import { submit } from '../support/submit.ts';
import { stage } from './partner.ts';
import type { Stage } from './partner.ts';

const BOB = 'bob@recipient.example';
const QUOTED = '> The secret answer, with an ümlaut.\r\n\r\nAgreed.';
const authority = makeAuthority();
setDefaultCACertificates([...getCACertificates('default'), authority.certPem]);
const good = makeCertificate({ authority, names: ['mx.partner.example'] });

describe('a mail that goes on from an answer in the portal', () => {
  let there: Stage;
  let answerId: string;

  before(async () => {
    there = await stage(good);
    await answerOne(there.running, there.relay);
    const { db } = there.running.store;
    const row = await db.selectFrom('messages').select('id').where('kind', '=', 'reply').executeTakeFirstOrThrow();
    answerId = `<${row.id}@example.com>`;
    const bypass = { host: 'mx.partner.example', port: there.partner.port };
    const rule = { id: 'past', name: 'Past', when: { recipient: { is: [BOB] } }, then: [{ bypass }] };
    await there.running.program.rulebook.save({ value: { format: 1, rules: [rule] }, basedOn: 0, actor: 'test' });
  });
  after(() => there.stop());

  const goOn = async (from: string, headers: readonly string[], messageId?: string): Promise<string> => {
    const raw = mimeMail({ from, to: BOB, subject: 'Re: The matter', text: QUOTED, headers });
    const own = messageId === undefined ? raw : raw.replace(/^Message-ID: .*$/m, `Message-ID: ${messageId}`);
    const answer = await submit(there.running.smtpPort, { from, to: [BOB], raw: own });
    assert.match(answer, /^250 /);
    await there.running.drain();
    return answer.split(' ')[2] ?? '';
  };
  const protectionOf = async (id: string): Promise<string> => {
    const { db } = there.running.store;
    const row = await db.selectFrom('messages').select(['protection']).where('id', '=', id).executeTakeFirstOrThrow();
    return row.protection;
  };

  test('goes by the portal for its sender, whatever the rule, and so does what goes on from that', async () => {
    const count = there.partner.mails.length;
    await goOn('alice@example.com', [`In-Reply-To: ${answerId}`], '<on-1@example.com>');
    assert.match(newest(there.relay, BOB).raw, /\/m\/[A-Za-z0-9_-]{22}/);
    await goOn('alice@example.com', [`References: <other@example.com> <on-1@example.com>`]);
    assert.equal(there.partner.mails.length, count);
    assert.doesNotMatch(readable(there.relay.seen() + there.partner.seen()), /The secret answer/);
  });

  test('a mail that refers to none of it goes where the rule says, as does one of somebody who is no party', async () => {
    const count = there.partner.mails.length;
    await goOn('alice@example.com', []);
    await goOn('alice@example.com', ['In-Reply-To: <unknown@example.com>']);
    await goOn('mallory@example.com', [`In-Reply-To: ${answerId}`]);
    assert.equal(there.partner.mails.length, count + 3);
  });

  test('keeps the stricter protection of what it answers, and may ask for more', async () => {
    const { running } = there;
    const strict = ['X-Sealpost-Protection: do-not-forward'];
    const first = await send(running, { to: BOB, text: 'x', headers: strict });
    assert.equal(await protectionOf(first), 'do-not-forward');
    const asked = await goOn('alice@example.com', [`In-Reply-To: ${answerId}`, ...strict]);
    assert.equal(await protectionOf(asked), 'do-not-forward');
    await running.store.db
      .updateTable('messages')
      .set({ protection: 'do-not-forward', rights: 'reply reply-all' })
      .where('kind', '=', 'reply')
      .execute();
    assert.equal(await protectionOf(await goOn('alice@example.com', [`In-Reply-To: ${answerId}`])), 'do-not-forward');
    const looser = ['X-Sealpost-Protection: encrypt-only', `In-Reply-To: ${answerId}`];
    assert.equal(await protectionOf(await goOn('alice@example.com', looser)), 'do-not-forward');
  });
});

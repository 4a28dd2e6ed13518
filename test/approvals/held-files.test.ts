// An approver looks at the files of what is held: as marked pictures, noted before they are shown, and only while it is theirs to
// decide. No way leads to a file's bytes.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { DAY_MS } from '../../server/core/clock.ts';
import { makeClient } from '../roads/api-client.ts';
import { readAuditOf } from '../signin/audit-entries.ts';
import type { Visitor } from '../support/browser.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import type { TestPart } from '../support/mime.ts';
import { patient, startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { pdf } from '../viewing/samples.ts';

const PAT = 'pat@example.com';
const QUINN = 'quinn@example.com';
const NEEDLE = 'A-needle-that-stands-in-every-file';
const parts: readonly TestPart[] = [
  { content: pdf([NEEDLE, 'The second page']), type: 'application/pdf', name: 'lease.pdf' },
  { content: `${NEEDLE}\nand a line`, type: 'text/plain', name: 'notes.txt' },
];

describe('the files of a message that is held', () => {
  let running: Running;
  let pat: Visitor;
  let path: string;
  let id: string;

  before(async () => {
    running = await startProgram({ viewing: patient, env: { SESSION_IDLE_MINUTES: '720' } });
    const admin = await makeClient(running, { scopes: ['admin:read', 'admin:write'] });
    const rules = [{ id: 'one', name: 'Four eyes', then: [{ hold: { approvers: [PAT, QUINN] } }] }];
    const saved = await admin.sendJson('/policy', { format: 1, rules }, { 'if-match': '"0"' }, 'PUT');
    assert.equal(saved.status, 200, saved.text);
  });
  after(() => running.stop());

  beforeEach(async () => {
    pat = await signInByAddress(running, PAT);
    await sendHeld();
  });

  async function sendHeld(headers: readonly string[] = ['X-Sealpost-Protection: do-not-forward']): Promise<void> {
    id = await send(running, { to: 'bob@recipient.example', text: 'See.', parts, headers });
    const hold = await running.store.db
      .selectFrom('holds')
      .select('id')
      .where('message_id', '=', id)
      .executeTakeFirstOrThrow();
    path = `/approvals/${hold.id}`;
  }

  async function noted(): Promise<string[]> {
    const rows = await running.store.db
      .selectFrom('audit')
      .select(['event'])
      .where('message_id', '=', id)
      .orderBy('seq')
      .execute();
    return rows.map(({ event }) => event).filter((event) => event.startsWith('held-'));
  }

  test('are pictures that bear who looks, and each look is in the log', async () => {
    assert.match((await pat.get(path)).text, /attachments\/1\?view/);
    assert.deepEqual(await noted(), ['held-message-read']);
    const page = await pat.get(`${path}/attachments/1?view=1&page=2`);
    assert.equal(page.status, 200);
    assert.match(page.text, /Page 2 of 2/);
    assert.match(page.text, /Each page bears your address and the time/);
    assert.match(page.text, new RegExp(`href="${path}">Back to the message`));
    assert.deepEqual(await noted(), ['held-message-read', 'held-attachment-viewed']);
    const image = await pat.bytes(`${path}/attachments/1/pages/2`);
    assert.deepEqual([image.status, image.headers.get('content-type')], [200, 'image/png']);
    assert.equal((await noted()).length, 2, 'its picture is the same look');
    const theirs = await (await signInByAddress(running, QUINN)).bytes(`${path}/attachments/1/pages/2`);
    assert.equal(theirs.status, 200);
    assert.ok(!theirs.content.equals(image.content), 'another approver gets another mark');
    assert.equal((await noted()).length, 3, 'and a picture alone is a look');
    // Who looked at which file, for which rule.
    const looks = await readAuditOf(running, 'held-attachment-viewed');
    assert.deepEqual(looks, [
      { actor: QUINN, rule: 'one', attachment: 1 },
      { actor: PAT, rule: 'one', attachment: 1 },
    ]);
  });

  test('are marked also where its readers could take them, and never handed out', async () => {
    await sendHeld([]);
    const page = await pat.get(`${path}/attachments/2?view=1`);
    assert.match(page.text, /Each page bears your address and the time/);
    assert.doesNotMatch(page.text, /Download/);
    // Its readers may copy from it, so a screen reader gets its text.
    assert.match(page.text, new RegExp(`Text of this page.*${NEEDLE}`, 's'));
    await sendHeld();
    for (const query of ['', '?view=0', '?view=1', '?download=1', '?view[]=1', '/pages/1', '/pages', '/raw']) {
      const answer = await pat.bytes(`${path}/attachments/1${query}`);
      const what = `${query} ${answer.status}`;
      assert.ok(!answer.content.includes(NEEDLE) && !answer.content.includes('%PDF-'), what);
      assert.doesNotMatch(answer.headers.get('content-disposition') ?? '', /attachment|filename/, what);
    }
    assert.equal((await pat.get(`${path}/attachments/1`)).status, 404);
    assert.equal((await pat.get(`${path}/attachments/3?view=1`)).status, 404);
  });

  test('are no page for its sender, another of the house, or whoever is not signed in', async () => {
    for (const who of ['alice@example.com', 'admin@example.com', 'ruth@example.com']) {
      const visitor = await signInByAddress(running, who);
      for (const way of ['/attachments/1?view=1', '/attachments/1/pages/1']) {
        assert.equal((await visitor.get(`${path}${way}`)).status, 404, `${who} ${way}`);
      }
    }
    await pat.post('/sign-out', {}, '/account');
    assert.notEqual((await pat.bytes(`${path}/attachments/1/pages/1`)).headers.get('content-type'), 'image/png');
    assert.deepEqual(await noted(), []);
  });

  test('are shown to nobody once it is answered, or over', async () => {
    const quinn = await signInByAddress(running, QUINN);
    const ways = ['/attachments/1?view=1', '/attachments/1/pages/1'];
    for (const answer of ['release', 'refuse']) {
      await sendHeld();
      assert.equal((await pat.get(`${path}${ways[0]}`)).status, 200);
      assert.equal((await quinn.post(path, { answer, word: '' }, path)).status, 303);
      for (const way of ways) {
        const gone = await pat.get(`${path}${way}`);
        assert.equal(gone.status, 410, `${answer} ${way}`);
        assert.match(gone.text, /Somebody has answered this already/);
      }
    }
    await sendHeld();
    running.clock.forward(40 * DAY_MS);
    const later = await signInByAddress(running, PAT);
    for (const way of ways) assert.equal((await later.get(`${path}${way}`)).status, 410, way);
    assert.deepEqual(await noted(), []);
  });
});

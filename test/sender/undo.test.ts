// What became of a message, told in one place, and taking the last change back there.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DAY_MS, isoTime } from '../../server/core/clock.ts';
import { Visitor, said } from '../support/browser.ts';
import type { Answer } from '../support/browser.ts';
import { linkTo, signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const BOTH = 'Bob <bob@recipient.example>, carol@elsewhere.example';

describe('a change to a sent message', () => {
  let running: Running;
  let alice: Visitor;
  let zoe: Visitor;

  before(async () => {
    running = await startProgram();
    alice = await signInByAddress(running, 'alice@example.com');
    zoe = await signInByAddress(running, 'zoe@example.com');
  });
  after(() => running.stop());

  async function change(id: string, act: string, fields: Record<string, string | string[]>): Promise<Answer> {
    const answer = await alice.post(`/sent/${id}/${act}`, fields, `/sent/${id}`);
    assert.equal(answer.status, 303, answer.text);
    return { ...(await alice.get(answer.location ?? '')), location: answer.location };
  }

  /** The form beside what was done, as a browser would send it; undefined where there is none. */
  function undoOf({ text }: Answer): { act: string; fields: Record<string, string[]> } | undefined {
    const note = /<div class="note" data-tone="good".*?<\/div>/s.exec(text)?.[0] ?? '';
    const act = /action="\/sent\/\w+\/(\w+)"/.exec(note)?.[1];
    const hidden = [...note.matchAll(/name="(recipient|expires)" value="([^"]+)"/g)];
    const fields = Object.groupBy(hidden, ([, name = '']) => name);
    if (act === undefined) return undefined;
    return {
      act,
      fields: Object.fromEntries(
        Object.entries(fields).map(([name, all]) => [name, all?.map(([, , one = '']) => one) ?? []]),
      ),
    };
  }

  const revoked = async (id: string): Promise<boolean[]> => {
    const rows = await running.store.db
      .selectFrom('recipients')
      .select('revoked_at')
      .where('message_id', '=', id)
      .orderBy('position')
      .execute();
    return rows.map((row) => row.revoked_at !== null);
  };

  test('of who may read is undone for those whom it changed, and for nobody else', async () => {
    const id = await send(running, { to: `${BOTH}, dan@third.example`, text: 'x' });
    await change(id, 'revoke', { recipient: '1' });
    const done = await change(id, 'revoke', {});
    const undo = undoOf(done);
    assert.deepEqual(undo, { act: 'restore', fields: { recipient: ['0', '2'] } });
    const undone = await change(id, 'restore', undo?.fields ?? {});
    assert.deepEqual(await revoked(id), [false, true, false]);
    assert.deepEqual(undoOf(undone), { act: 'revoke', fields: { recipient: ['0', '2'] } });
    assert.equal(undoOf(await change(id, 'revoke', { recipient: '1' })), undefined, 'nothing was changed');
  });

  test('of who may read is undone only for whom it changed itself, when two act at the same time', async () => {
    const again = await signInByAddress(running, 'alice@example.com');
    for (let round = 0; round < 5; round += 1) {
      const id = await send(running, { to: `${BOTH}, dan@third.example`, text: 'x' });
      const [mine, theirs] = [await alice.csrf(`/sent/${id}`), await again.csrf(`/sent/${id}`)];
      const act = (visitor: Visitor, body: [string, string][]): Promise<Answer> =>
        visitor.send('POST', `/sent/${id}/revoke`, new URLSearchParams(body));
      const answers = await Promise.all([
        act(again, [
          ['csrf', theirs],
          ['recipient', '1'],
        ]),
        act(alice, [['csrf', mine]]),
      ]);
      const places = answers.flatMap(({ location }) => /undo=restore-\d+((?:-\d+)+)/.exec(location ?? '')?.[1] ?? []);
      assert.deepEqual(places.join('').split('-').toSorted(), ['', '0', '1', '2'], 'each place is in one undo');
    }
  });

  test('of the last day is undone to the moment', async () => {
    const id = await send(running, { text: 'x', headers: ['X-Sealpost-Expires: 5d'] });
    const end = async (): Promise<string | null> =>
      (
        await running.store.db
          .selectFrom('messages')
          .select('expires_at')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
      ).expires_at;
    const before = await end();
    const done = await change(id, 'expiry', { expires: isoTime(running.clock.nowMs() + DAY_MS).slice(0, 10) });
    assert.notEqual(await end(), before);
    const undo = undoOf(done);
    assert.deepEqual(undo, { act: 'expiry', fields: { expires: [before] } });
    await change(id, 'expiry', undo?.fields ?? {});
    assert.equal(await end(), before);
  });

  test('is not offered to be undone by a link that somebody else made, or for what cannot be', async () => {
    const id = await send(running, { to: BOTH, text: 'x' });
    const other = await send(running, { to: BOTH, text: 'x' });
    const at = (await change(id, 'revoke', { recipient: '0' })).location ?? '';
    assert.notEqual(undoOf(await alice.get(at)), undefined);
    const ofOther = (await change(other, 'revoke', { recipient: '0' })).location ?? '';
    assert.notEqual(undoOf(await alice.get(ofOther)), undefined);
    const undo = new URL(at, running.url).searchParams.get('undo') ?? '';
    const forged = [
      undo.replace(/^(restore-\d+-0)/, '$1-1'),
      undo.replace('restore', 'revoke'),
      undo.replace(/\d+/, (after) => String(Number(after) + 1)),
      undo.replace(/\.[^.]+$/, `.${'A'.repeat(43)}`),
      'expiry-9999999999999',
      '',
    ];
    for (const one of forged) {
      assert.equal(undoOf(await alice.get(at.replace(/(?<=&undo=).*/, one))), undefined, one);
    }
    assert.equal(undoOf(await alice.get(ofOther.replace(/(?<=&undo=).*/, undo))), undefined, 'of another message');
    const again = await signInByAddress(running, 'alice@example.com');
    assert.equal(undoOf(await again.get(at)), undefined, 'of another session');
    assert.equal((await zoe.get(at)).status, 404);
    // Who asked for more time was answered by the change: that is not taken back.
    await running.store.db
      .updateTable('recipients')
      .set({ own_expires_at: isoTime(running.clock.nowMs() + DAY_MS) })
      .where('message_id', '=', other)
      .where('position', '=', 0)
      .execute();
    assert.equal(
      undoOf(await change(other, 'expiry', { expires: isoTime(running.clock.nowMs()).slice(0, 10) })),
      undefined,
    );
  });

  test('and all that happened before is told in words, with the evidence for each reader', async () => {
    const pdf = { name: 'figures.pdf', content: Buffer.from('%PDF-1.4') };
    const id = await send(running, { to: BOTH, subject: 'Told', text: 'x', parts: [pdf] });
    const link = await linkTo(running, 'bob@recipient.example');
    await new Visitor(running.url).get(link);
    const fetched = said(await alice.get(`/sent/${id}`));
    assert.match(fetched, /Link first fetched .* does not mean that it was read/);
    assert.match(fetched, /Link for Bob fetched before any sign-in/);
    assert.match(fetched, /Notified, not read yet/);
    assert.doesNotMatch(fetched, /First read|Read by/);

    const bob = await signInByLink(running, 'bob@recipient.example');
    await bob.get(`/messages/${id}`);
    await bob.bytes(`/messages/${id}/attachments/1`);
    await change(id, 'revoke', { recipient: '1' });
    const page = said(await alice.get(`/sent/${id}`));
    for (const words of [
      /<li>The mail server took it: /,
      /<li>Files taken: figures\.pdf/,
      /<li>Can read it until /,
      /<li>Cannot read it/,
      /Read by Bob/,
      /figures\.pdf taken by Bob/,
      /Notice for carol@elsewhere\.example handed to the mail server/,
      /Taken back<\/span>/,
    ]) {
      assert.match(page, words);
    }
    const timeline = page.slice(page.indexOf('id="timeline-heading"'));
    assert.ok(timeline.indexOf('Taken back') < timeline.indexOf('Read by Bob'), 'the newest first');
    assert.ok(timeline.indexOf('Read by Bob') < timeline.indexOf('Taken in'));
    // From where somebody read is no affair of the sender's.
    assert.deepEqual(timeline.match(/.{60}(?:127\.0\.0\.1|::1)/s), null);
    assert.equal((await zoe.get(`/sent/${id}`)).status, 404);
    await change(id, 'revoke', { destroy: '1' });
    assert.doesNotMatch((await alice.get(`/sent/${id}`)).text, /timeline-heading|Bob/);
  });
});

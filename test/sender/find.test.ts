// Searching what was sent: by recipient, words of the subject, days and state. No address and no word stands in a link, and
// nobody finds what somebody else sent.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY_MS, isoTime } from '../../server/core/clock.ts';
import { fill } from '../growth/fill.ts';
import type { Answer, Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

describeEngines('a search among what was sent', (engine) => {
  let running: Running;
  let alice: Visitor;
  let zoe: Visitor;
  const days: string[] = [];

  const today = (): string => isoTime(running.clock.nowMs()).slice(0, 10);

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    days.push(today());
    await send(running, { to: 'bob@recipient.example', subject: 'The figures of March', text: 'x' });
    running.clock.forward(1);
    await send(running, {
      to: 'bob@recipient.example, carol@elsewhere.example',
      subject: 'Ångström <b>data</b>',
      text: 'x',
    });
    await send(running, {
      from: 'zoe@example.com',
      to: 'bob@recipient.example',
      subject: 'Of Zoe, figures',
      text: 'x',
    });
    running.clock.forward(2 * DAY_MS);
    days.push(today());
    await send(running, { to: 'carol@elsewhere.example', subject: 'The FIGURES of April', text: 'x' });
    await running.drain();
    const bob = await signInByLink(running, 'bob@recipient.example');
    const listed = (await bob.get('/messages')).text;
    const id = /\/messages\/([0-9a-z]{26})"><bdi>The figures of March/.exec(listed)?.[1] ?? '';
    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
    alice = await signInByAddress(running, 'alice@example.com');
    zoe = await signInByAddress(running, 'zoe@example.com');
  });
  after(() => running.stop());

  async function find(fields: Record<string, string>, visitor = alice): Promise<Answer & { readonly at: string }> {
    const answer = await visitor.post('/sent/find', fields, '/sent');
    assert.equal(answer.status, 303, answer.text);
    const at = answer.location ?? '';
    return { ...(await visitor.get(at)), at };
  }
  const subjects = ({ text }: Answer): string[] =>
    [...text.matchAll(/<h2 class="row-subject"><a [^>]*><bdi>([^<]*)</g)].map(([, subject]) => subject ?? '');

  const MARCH = 'The figures of March';
  const APRIL = 'The FIGURES of April';
  const DATA = 'Ångström &lt;b&gt;data&lt;/b&gt;';

  test('finds by recipient, words, days and state, and by several at once', async () => {
    for (const [fields, expected] of [
      [{ to: 'bob@recipient.example' }, [DATA, MARCH]],
      [{ to: ' BOB@Recipient.Example ' }, [DATA, MARCH]],
      [{ to: 'carol@elsewhere.example' }, [APRIL, DATA]],
      [{ words: 'figures' }, [APRIL, MARCH]],
      [{ words: 'april  FIGURES' }, [APRIL]],
      [{ words: 'a\u030Angstro\u0308m' }, [DATA]],
      [{ from: days[1] ?? '' }, [APRIL]],
      [{ until: days[0] ?? '' }, [DATA, MARCH]],
      [{ state: 'opened' }, [MARCH]],
      [{ state: 'notified' }, [APRIL, DATA]],
      [{ to: 'bob@recipient.example', words: 'figures', state: 'opened', from: days[0] ?? '' }, [MARCH]],
      [{ to: 'nobody@recipient.example' }, []],
      [{ words: 'figures nothing' }, []],
      [{ state: 'held' }, []],
      [{}, [APRIL, DATA, MARCH]],
    ] as const) {
      assert.deepEqual(subjects(await find(fields)), expected, JSON.stringify(fields));
    }
  });

  test('keeps what was asked for on its page, and neither an address nor a word in its link', async () => {
    const found = await find({ to: 'bob@recipient.example', words: 'figures', state: 'opened' });
    assert.doesNotMatch(found.at, /bob|recipient|%40|figures|RmlndXJl|ZmlndXJl/i);
    assert.match(found.text, /name="to" value="bob@recipient\.example"/);
    assert.match(found.text, /name="words" value="figures"/);
    assert.match(found.text, /<option value="opened" selected>/);
    assert.match(found.text, /<details class="sheet fold" open>/);
    const none = await find({ to: 'nobody@recipient.example' });
    assert.match(none.text, /You sent no message that fits this search/);
    // The page does not know the address, and goes on with it all the same.
    const person = /name="person" value="([^"]{43})"/.exec(none.text)?.[1] ?? '';
    assert.match((await find({ person, words: 'x' })).at, new RegExp(`to=${person}`));
  });

  test('says what cannot be understood, and keeps what was typed', async () => {
    for (const fields of [
      { to: 'bob' },
      { to: 'bob@recipient.example, carol@elsewhere.example' },
      { from: '2026-02-31' },
      { until: 'yesterday' },
      { from: days[1] ?? '', until: days[0] ?? '' },
    ]) {
      const answer = await alice.post('/sent/find', { ...fields, words: 'kept "so"' }, '/sent');
      assert.equal(answer.status, 422, JSON.stringify(fields));
      assert.match(answer.text, /role="alert"/);
      assert.match(answer.text, /value="kept &quot;so&quot;"/);
      assert.deepEqual(subjects(answer), []);
    }
    assert.equal((await alice.post('/sent/find', { state: 'gone' }, '/sent')).status, 422);
  });

  test('shows nobody what somebody else sent, nor words that somebody else looked for', async () => {
    assert.deepEqual(subjects(await find({ to: 'bob@recipient.example' }, zoe)), ['Of Zoe, figures']);
    const { at } = await find({ words: 'figures' });
    assert.equal((await zoe.get(at)).status, 422);
    const [path = '', sealed = ''] = at.split('words=');
    for (const other of [`${sealed.slice(0, -2)}AA`, sealed.slice(0, -4), 'figures', '%22']) {
      assert.equal((await alice.get(`${path}words=${other}`)).status, 422, other);
    }
    for (const query of ['to=bob', 'state=gone', 'from=x', 'state=held&state=held', 'other=1', 'words=']) {
      assert.equal((await alice.get(`/sent?${query}`)).status, 422, query);
    }
    const forged = await alice.send('POST', '/sent/find', new URLSearchParams({ csrf: 'x'.repeat(43), words: 'x' }));
    assert.equal(forged.status, 403);
  });

  test('goes on page by page with what is asked for, and back', async () => {
    const more = async (): Promise<string[]> =>
      fill(running.store, {
        count: 65,
        from: () => {
          running.clock.forward(1);
          return 'dora@example.com';
        },
        to: (n) => (n % 2 === 0 ? 'even@recipient.example' : 'odd@recipient.example'),
      });
    await more();
    const dora = await signInByAddress(running, 'dora@example.com');
    const numbers = (answer: Answer): number[] => subjects(answer).map((one) => Number(one.replace('Matter ', '')));
    const link = ({ text }: Answer, rel: string): string =>
      new RegExp(`rel="${rel}" href="([^"]+)"`).exec(text.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'))?.[1] ??
      '';
    const first = await find({ to: 'even@recipient.example' }, dora);
    assert.deepEqual(
      numbers(first),
      Array.from({ length: 30 }, (_, n) => 64 - 2 * n),
    );
    assert.equal(link(first, 'prev'), '');
    const last = await dora.get(link(first, 'next'));
    assert.deepEqual(numbers(last), [4, 2, 0]);
    assert.equal(link(last, 'next'), '');
    const back = await dora.get(link(last, 'prev'));
    assert.deepEqual(numbers(back), numbers(first));
    assert.deepEqual(numbers(await dora.get(link(back, 'next'))), [4, 2, 0]);
    assert.deepEqual(numbers(await find({ words: 'matter 64' }, dora)), [64]);
  });

  test(
    'looks through a bounded number for one page, and says where it goes on',
    { skip: engine.name !== 'SQLite' },
    async () => {
      await fill(running.store, {
        count: 2_300,
        from: () => {
          running.clock.forward(1);
          return 'many@example.com';
        },
      });
      const many = await signInByAddress(running, 'many@example.com');
      const told = /Looked through 2,000 messages, as far as/;
      const rare = await find({ words: 'matter 17', state: 'opened' }, many);
      assert.match(rare.text, told);
      assert.match(rare.text, /Nothing found so far/);
      const on = /class="find-looked">.*?<a class="button" href="([^"]+)"/s.exec(rare.text)?.[1] ?? '';
      const rest = await many.get(on.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'));
      assert.match(rest.text, /You sent no message that fits this search/);
      assert.doesNotMatch(rest.text, told);
      // Subjects have to be opened, so that a page looks through fewer of them.
      const onlyWords = await find({ words: 'no such matter' }, many);
      assert.match(onlyWords.text, /Looked through 500 messages, as far as/);
      assert.match(onlyWords.text, /class="find-looked">.*?<a class="button" href="/s);
    },
  );
});

// Lists that go by cursor: there and back, while more comes in, and at a cost that does not grow with what they show.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Visitor } from '../support/browser.ts';
import { describeEngines } from '../support/engines.ts';
import { signInByAddress } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { assertProblem, makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import { fill } from './fill.ts';
import { askedFor, listen } from './statements.ts';

const MAILS = 65;
const PATHS = ['/sent', '/messages'] as const;

describeEngines('a long list', (engine) => {
  let running: Running;
  let api: ApiClient;
  let visitors: Record<(typeof PATHS)[number], Visitor>;

  before(async () => {
    running = await startProgram({ env: await engine.newDatabase() });
    // The clock stands still by itself, and lists go by time.
    const later = (who: string) => (): string => {
      running.clock.forward(1);
      return who;
    };
    await fill(running.store, { count: MAILS, from: later('alice@example.com'), to: () => 'bob@recipient.example' });
    visitors = {
      '/sent': await signInByAddress(running, 'alice@example.com'),
      '/messages': await signInByAddress(running, 'bob@recipient.example'),
    };
    api = await makeClient(running);
  });
  after(() => running.stop());

  function sendNumber(n: number): Promise<string> {
    running.clock.forward(1);
    return send(running, { subject: `Matter ${n}`, text: 'x' });
  }

  interface Page {
    readonly numbers: number[];
    readonly newer: string | undefined;
    readonly older: string | undefined;
  }

  async function pageAt(visitor: Visitor, path: string): Promise<Page> {
    const answer = await visitor.get(path);
    assert.equal(answer.status, 200, path);
    const text = answer.text.replaceAll('&#x3D;', '=');
    return {
      numbers: [...text.matchAll(/Matter (\d+)<\/bdi>/g)].map((match) => Number(match[1])),
      newer: /rel="prev" href="([^"]+)"/.exec(text)?.[1],
      older: /rel="next" href="([^"]+)"/.exec(text)?.[1],
    };
  }

  for (const path of PATHS) {
    test(`${path} goes on to its end and back by the same pages`, async () => {
      const there: Page[] = [];
      for (let next: string | undefined = path; next !== undefined; next = there.at(-1)?.older) {
        there.push(await pageAt(visitors[path], next));
      }
      assert.deepEqual(
        there.flatMap((page) => page.numbers),
        Array.from({ length: MAILS }, (_, n) => MAILS - 1 - n),
      );
      assert.deepEqual(
        there.map((page) => page.numbers.length),
        [30, 30, 5],
      );
      assert.equal(there[0]?.newer, undefined);
      const back: Page[] = [];
      for (let next = there.at(-1)?.newer; next !== undefined; next = back.at(-1)?.newer) {
        back.push(await pageAt(visitors[path], next));
      }
      assert.deepEqual(
        back.map((page) => page.numbers),
        there
          .slice(0, -1)
          .map((page) => page.numbers)
          .toReversed(),
      );
      assert.deepEqual(
        back.map((page) => page.older),
        there
          .slice(0, -1)
          .map((page) => page.older)
          .toReversed(),
      );
    });

    test(`${path} refuses a cursor that none of its links carries, and finds nothing beyond its ends`, async () => {
      for (const bad of ['x', '', '0'.repeat(25), '0'.repeat(27), 'U'.repeat(26), "' or 1=1", '%00']) {
        for (const side of ['before', 'after']) {
          const answer = await visitors[path].get(`${path}?${side}=${encodeURIComponent(bad)}`);
          assert.equal(answer.status, 422, `${side} ${bad}`);
          assert.match(answer.text, /The list has no such page/);
        }
      }
      const twice = `${'0'.repeat(26)}&before=${'1'.repeat(26)}`;
      assert.equal((await visitors[path].get(`${path}?before=${twice}`)).status, 422);
      const first = await pageAt(visitors[path], path);
      for (const end of [`before=${'0'.repeat(26)}`, `before=${'z'.repeat(26)}`, `after=${'z'.repeat(26)}`]) {
        assert.deepEqual((await pageAt(visitors[path], `${path}?${end}`)).numbers, first.numbers, end);
      }
    });

    test(`${path} asks for one row or for thirty with as many statements`, async () => {
      const count = async (at: string): Promise<number> => {
        const listening = listen();
        await visitors[path].get(at);
        listening.stop();
        return askedFor(listening);
      };
      const first = await pageAt(visitors[path], path);
      const last = await pageAt(visitors[path], (await pageAt(visitors[path], first.older ?? '')).older ?? '');
      assert.ok(first.numbers.length > last.numbers.length);
      const few = await count((await pageAt(visitors[path], first.older ?? '')).older ?? '');
      // What a visitor began stands on the first page of the inbox alone.
      const begun = path === '/messages' ? 1 : 0;
      assert.equal(await count(path), few + begun);
      // Who visits, in which brand, for which mailboxes they act, the messages and their recipients.
      assert.ok(few <= 5, `${few} statements`);
    });
  }

  test('the API goes through the same in pages of any length, each message once', async () => {
    for (const limit of [1, 20, 65, 200]) {
      const subjects: unknown[] = [];
      let cursor: unknown = '';
      for (let pages = 0; cursor !== null; pages += 1) {
        assert.ok(pages < MAILS);
        const query = `limit=${limit}${cursor === '' ? '' : `&cursor=${String(cursor)}`}`;
        const { json } = await api.get(`/messages?${query}`);
        const rows = json['messages'] as { subject: unknown }[];
        assert.ok(rows.length === limit || json['cursor'] === null);
        subjects.push(...rows.map((row) => row.subject));
        cursor = json['cursor'];
      }
      assert.deepEqual(
        subjects,
        Array.from({ length: MAILS }, (_, n) => `Matter ${MAILS - 1 - n}`),
      );
      if (limit === 1) continue;
      const listening = listen();
      await api.get(`/messages?limit=${limit}`);
      listening.stop();
      // Whose key it is, the messages, their recipients, what is held, and requests for more time.
      assert.equal(askedFor(listening), 5);
    }
  });

  test('a key bound to several senders sees theirs in one order, and a key bound to others nothing', async () => {
    const ids: string[] = [];
    for (const [n, from] of ['dora@example.com', 'erin@example.com', 'dora@example.com'].entries()) {
      running.clock.forward(1);
      ids.push(await send(running, { from, subject: `Of others ${n}`, text: 'x' }));
    }
    const theirs = await makeClient(running, { senders: ['erin@example.com', 'dora@example.com', 'zoe@example.com'] });
    const idsAt = async (query: string): Promise<string[]> => {
      const { json } = await theirs.get(`/messages?${query}`);
      return (json['messages'] as { id: string }[]).map((row) => row.id);
    };
    assert.deepEqual(await idsAt('limit=200'), ids.toReversed());
    assert.deepEqual(await idsAt('limit=2'), ids.toReversed().slice(0, 2));
    assert.deepEqual(await idsAt(`limit=2&cursor=${ids[1] ?? ''}`), ids.slice(0, 1));
    const nobodys = await makeClient(running, { senders: ['zoe@example.com'] });
    assert.deepEqual((await nobodys.get('/messages')).json, { messages: [], cursor: null });
  });

  test('the API refuses a page of no length, of too much, at no place, and what it does not know', async () => {
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=-1',
      'limit=1.5',
      'limit=all',
      'cursor=',
      'cursor=x',
      'page=2',
    ]) {
      assertProblem(await api.get(`/messages?${query}`), 422, 'request/malformed');
    }
  });

  test('what comes in meanwhile moves no page that is under way', async () => {
    for (const path of PATHS) {
      const first = await pageAt(visitors[path], path);
      const second = await pageAt(visitors[path], first.older ?? '');
      for (const n of [100, 101]) await sendNumber(n);
      assert.deepEqual(await pageAt(visitors[path], first.older ?? ''), second);
      // What is new stands before the page that one came from, and the way there does not skip it.
      const back = await pageAt(visitors[path], second.newer ?? '');
      assert.deepEqual(back.numbers, first.numbers);
      assert.deepEqual((await pageAt(visitors[path], back.newer ?? '')).numbers.slice(0, 2), [101, 100]);
    }
  });
});

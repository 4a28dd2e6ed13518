import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createHtmlCleaner } from '../../server/mail/safe-html.ts';
import { createMailParser } from '../../server/mail/parse.ts';
import { createWorkerPool } from '../../server/mail/worker-pool.ts';
import { WorkerLost } from '../../server/mail/worker-thread.ts';
import type { WorkerLine } from '../../server/mail/worker-thread.ts';
import { FROM, keep, lines, refusedAs, source } from './mails.ts';

const script = new URL('./misbehaving-worker.ts', import.meta.url);
const pool = createWorkerPool({ script, workers: 2, memoryMb: 32, waitingMax: 2 });
after(() => pool.close());

const ask = (message: string, budgetMs = 10_000) => pool.run(budgetMs, (line) => line.ask(message));
const lost = (reason: WorkerLost['reason']) => (error: unknown) =>
  error instanceof WorkerLost && error.reason === reason;

for (const [wish, reason] of [
  ['hang', 'time'],
  ['sulk', 'time'],
  ['fill', 'memory'],
  ['crash', 'crash'],
  ['exit', 'crash'],
] as const) {
  test(`a worker that would ${wish} is lost for its job alone`, async () => {
    const neighbour = ask('hello');
    await assert.rejects(ask(wish, wish === 'hang' || wish === 'sulk' ? 200 : 20_000), lost(reason));
    assert.equal(await neighbour, 'hello');
    assert.deepEqual(await Promise.all([ask('one'), ask('two')]), ['one', 'two'], 'both places are taken again');
  });
}

test('what a worker says when it crashes is not passed on', async () => {
  await assert.rejects(ask('crash'), (error: Error) => !`${error.message}${String(error.cause)}`.includes('secret'));
});

test('a job that rejects by itself costs its worker, and the next job gets a fresh one', async () => {
  const fault = new Error('the source broke');
  const broken = pool.run(1_000, async (line) => {
    void line.ask('sulk').catch(() => undefined);
    throw fault;
  });
  await assert.rejects(broken, fault);
  assert.equal(await ask('hello'), 'hello');
});

test('time counts only while an answer is due', async () => {
  const slow = pool.run(200, async (line) => {
    await new Promise((resolve) => setTimeout(resolve, 600));
    return line.ask('hello');
  });
  assert.equal(await slow, 'hello');
});

test('more work gets more time', async () => {
  const job = (moreMs: number) =>
    pool.run(100, async (line) => {
      line.allow(moreMs);
      const answer = line.ask('sulk');
      return Promise.race([answer, new Promise((resolve) => setTimeout(() => resolve('still there'), 400))]).finally(
        () => void answer.catch(() => undefined),
      );
    });
  await assert.rejects(job(0), lost('time'));
  assert.equal(await job(60_000), 'still there');
});

test('a worker that still owes an answer when its job ends does not get the next one', async () => {
  const single = createWorkerPool({ script, workers: 1, memoryMb: 32, waitingMax: 2 });
  await single.run(10_000, async (line) => void line.ask('sulk').catch(() => undefined));
  assert.equal(await single.run(10_000, (line) => line.ask('hello')), 'hello');
  await single.close();
});

test('jobs wait their turn, and one more than may wait is refused', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const order: number[] = [];
  const job = (n: number) => async (line: WorkerLine) => {
    order.push(n);
    await line.ask('hello');
    await held;
  };
  const running = [0, 1, 2, 3].map((n) => pool.run(10_000, job(n)));
  await assert.rejects(pool.run(10_000, job(4)), refusedAs('server/busy'));
  release();
  await Promise.all(running);
  assert.deepEqual(order.toSorted(), [0, 1, 2, 3]);
});

test('a script that does not load is a fault of the program and no refusal of a mail', async () => {
  const parser = createMailParser({ script: new URL('./broken-worker.ts', import.meta.url) });
  await assert.rejects(
    parser.parse(source(FROM), keep()),
    (error: Error) => error.name === 'Error' && !(error instanceof WorkerLost),
  );
  await parser.close();
});

test('a worker sees nothing of the environment', async () => {
  assert.equal(await ask('environment'), 0);
});

test('a closed pool takes nothing more, and what waited is told', async () => {
  const closing = createWorkerPool({ script, workers: 1, memoryMb: 32, waitingMax: 5 });
  let asked = (): void => undefined;
  const underWay = new Promise<void>((resolve) => (asked = resolve));
  const first = closing.run(60_000, (line) => {
    asked();
    return line.ask('sulk');
  });
  const second = closing.run(60_000, (line) => line.ask('hello'));
  const rejected = Promise.all([assert.rejects(first, /closed/), assert.rejects(second, /closed/)]);
  await underWay;
  await closing.close();
  await rejected;
  await assert.rejects(
    closing.run(1_000, (line) => line.ask('hello')),
    /closed/,
  );
});

for (const wish of ['hang', 'fill', 'crash', 'exit'] as const) {
  test(`a mail that makes its worker ${wish} is refused, and those that were read with it are not`, async () => {
    const parser = createMailParser({ script, workers: 2, timeoutMs: wish === 'hang' ? 200 : 20_000, memoryMb: 32 });
    const mail = source(lines(FROM, `Subject: ${wish}`, '', 'x'));
    const other = () => parser.parse(source(lines(FROM, 'Subject: stand in', '', 'x')), keep());
    const neighbour = other();
    await assert.rejects(parser.parse(mail, keep()), refusedAs('mail/unreadable'));
    assert.equal((await neighbour).subject, 'stand in');
    assert.equal((await other()).subject, 'stand in');
    await parser.close();
  });
}

test('HTML that makes its worker run out of memory is refused in words for its reader', async () => {
  const cleaner = createHtmlCleaner({ memoryMb: 16 });
  const html = '<b><i><p>'.repeat(300_000);
  await assert.rejects(cleaner.clean({ html, images: new Map(), linkPrefix: '/' }), refusedAs('mail/unreadable'));
  assert.equal((await cleaner.clean({ html: '<p>x</p>', images: new Map(), linkPrefix: '/' })).html, '<p>x</p>');
  await cleaner.close();
});

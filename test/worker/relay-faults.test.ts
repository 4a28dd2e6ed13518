// A relay that fails at every step of the dialogue, in each of its ways: the notice waits and leaves when the relay
// is well again, and only a relay that takes a mail and goes away without a word gets it twice.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { makeSink, missingSink } from '../support/smtp-sink.ts';
import type { Sink } from '../support/smtp-sink.ts';

/** And what stands in the job. Who is refused EHLO tries HELO. */
const STEPS: Readonly<Record<string, string>> = {
  CONNECT: 'GREETING',
  'EHLO,HELO': 'EHLO',
  MAIL: 'MAIL',
  RCPT: 'RCPT',
  DATA: 'DATA',
  '.': 'END',
};

describe('a notice for a relay', { skip: missingSink() ?? false }, () => {
  let sink: Sink;
  let running: Running;

  before(async () => {
    sink = await makeSink();
    running = await startProgram({
      env: {
        RELAY_URL: `smtp://127.0.0.1:${sink.port}`,
        RELAY_TLS: 'opportunistic',
        ORG_DOMAINS: 'example.com',
        ADMINS: 'admin@example.com',
        SMTP_REQUIRE_TLS: 'false',
        SMTP_CLIENTS: '127.0.0.0/8',
      },
    });
  });
  after(async () => {
    await running.stop();
    await sink.close();
  });

  async function notify(to: string): Promise<string> {
    const id = await send(running, { to });
    await running.drain();
    return id;
  }
  const jobOf = (id: string) =>
    running.store.db
      .selectFrom('outbox')
      .select(['state', 'attempts', 'last_error'])
      .where('message_id', '=', id)
      .executeTakeFirstOrThrow();

  const all = Object.keys(STEPS);
  const ways: readonly (readonly [way: string, flag: string, steps: readonly string[]])[] = [
    ['puts it off', '-r', all.filter((step) => step !== 'CONNECT')],
    ['goes away without a word', '-q', all.filter((step) => step !== '.')],
    ['goes away with a 421', '-Q', all],
    ['refuses it for good, which before MAIL nobody can know', '-f', ['EHLO,HELO']],
  ];
  for (const [n, [way, flag, steps]] of ways.entries()) {
    for (const step of steps) {
      test(`that ${way} at ${step} leaves when it is well again`, async () => {
        const to = `reader-${n}-${all.indexOf(step)}@recipient.example`;
        await sink.restart(flag, step);
        const id = await notify(to);
        const job = await jobOf(id);
        assert.equal(job.state, 'ready');
        assert.equal(job.last_error?.split(' ')[0], STEPS[step]);
        // It writes down as well what it refuses in the end.
        const refused = await sink.mailsTo(to);
        assert.equal(refused, step === '.' ? 1 : 0);

        await sink.restart();
        running.clock.forward(MINUTE_MS);
        await running.drain();
        assert.equal(await sink.mailsTo(to), refused + 1);
        assert.deepEqual(await jobOf(id), { state: 'done', attempts: 2, last_error: null });
      });
    }
  }

  test('that is down leaves when it is up', async () => {
    await sink.stop();
    const id = await notify('down@recipient.example');
    assert.equal((await jobOf(id)).last_error?.split(' ')[0], 'CONNECT');
    await sink.restart();
    running.clock.forward(MINUTE_MS);
    await running.drain();
    assert.equal(await sink.mailsTo('down@recipient.example'), 1);
  });

  test('that is slow leaves once', async () => {
    await sink.restart('-w', '2');
    const id = await notify('slow@recipient.example');
    assert.equal(await sink.mailsTo('slow@recipient.example'), 1);
    assert.equal((await jobOf(id)).attempts, 1);
  });

  test('that takes it and goes away before it says so leaves once more for each time, and no more', async () => {
    const to = 'taken@recipient.example';
    await sink.restart('-q', '.');
    const id = await notify(to);
    assert.equal((await jobOf(id)).last_error, 'END');
    await sink.restart();
    running.clock.forward(MINUTE_MS);
    await running.drain();
    running.clock.forward(60 * MINUTE_MS);
    await running.drain();
    console.log(`relay faults: ${await sink.mailsTo(to)} mails written down, ${(await jobOf(id)).attempts} tries`);
    assert.deepEqual(await jobOf(id), { state: 'done', attempts: 2, last_error: null });
    assert.ok((await sink.mailsTo(to)) <= 2);
  });
});

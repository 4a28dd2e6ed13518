// The figures at METRICS_LISTEN, taken from a running program: what is counted, and that nobody is named.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { freePort } from '../support/free-port.ts';
import { signInByLink } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { plainMail, submit } from '../support/submit.ts';

const ALICE = 'alice@example.com';
const BOB = 'bob@outside.test';

describe('the figures', () => {
  let running: Running;
  let at = '';

  before(async () => {
    const port = await freePort();
    at = `http://127.0.0.1:${port}`;
    running = await startProgram({ env: { METRICS_LISTEN: `127.0.0.1:${port}` } });
  });
  after(() => running.stop());

  const look = async (): Promise<string> => {
    const answer = await fetch(`${at}/metrics`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    return answer.text();
  };
  const valueOf = (text: string, series: string): number => {
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length + 1));
  };

  test('count what is handed in by what became of it', async () => {
    const mail = { from: ALICE, to: [BOB], raw: plainMail({ from: ALICE, to: BOB, subject: 'Figures' }) };
    assert.match(await submit(running.smtpPort, mail), /^250 /);
    const odd = { ...mail, raw: `X-Sealpost-Protection: none-such\r\n${mail.raw}` };
    assert.match(await submit(running.smtpPort, odd), /^554 /);
    const text = await look();
    assert.equal(valueOf(text, 'sealpost_submissions_total{road="smtp",outcome="accepted"}'), 1);
    assert.equal(valueOf(text, 'sealpost_submissions_total{road="smtp",outcome="refused"}'), 1);
  });

  test('tell requests by their pattern, and name no address, token, id or path', async () => {
    const reader = await signInByLink(running, BOB);
    await reader.get('/messages');
    await fetch(`${running.url}/nothing-here`);
    await fetch(`${running.url}/healthz`, { method: 'PROPFIND' });
    const text = await look();
    assert.ok(
      valueOf(text, 'sealpost_http_request_duration_seconds_count{method="GET",route="/m/:token",status="200"}') > 0,
    );
    assert.ok(
      valueOf(text, 'sealpost_http_request_duration_seconds_count{method="GET",route="none",status="404"}') > 0,
    );
    assert.match(text, /method="other"/);
    assert.doesNotMatch(text, /PROPFIND|nothing-here|alice|bob|outside\.test|Figures/);
    for (const [, path = ''] of text.matchAll(/route="([^"]*)"/g)) assert.doesNotMatch(path, /[A-Za-z0-9_-]{20}/);
  });

  test('say how long the oldest job has waited, and how the process fares', async () => {
    const text = await look();
    assert.ok(valueOf(text, 'sealpost_queue_age_seconds') >= 0);
    assert.ok(valueOf(text, 'process_resident_memory_bytes') > 1e6);
    assert.match(text, /^nodejs_eventloop_lag_seconds \d/m);
  });

  test('count what stands in the log', async () => {
    assert.match(await look(), /^sealpost_events_total\{event="[a-z.-]+",level="[a-z]+"\} \d+$/m);
  });

  test('stand at one path of their own listener: nowhere else, and nothing else there', async () => {
    assert.equal((await fetch(`${running.url}/metrics`)).status, 404);
    assert.equal((await fetch(`${at}/`)).status, 404);
    assert.equal((await fetch(`${at}/metrics/more`)).status, 404);
    assert.equal((await fetch(`${at}/metrics`, { method: 'POST' })).status, 405);
  });
});

describe('a listener that is taken', () => {
  test('keeps nobody from trying the program out', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    assert.ok(address !== null && typeof address === 'object');
    const running = await startProgram({ env: { METRICS_LISTEN: `127.0.0.1:${address.port}` } });
    try {
      assert.equal((await fetch(`${running.url}/healthz`)).status, 200);
      assert.match(running.logged(), /metrics\.not-listening/);
    } finally {
      await running.stop();
      other.close();
    }
  });
});

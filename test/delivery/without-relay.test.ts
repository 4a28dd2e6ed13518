// RELAY_URL=direct: what leaves goes to the servers of each recipient's own domain.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../server/core/clock.ts';
import { readFailedDelivery } from '../../server/mail/delivery-status.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns } from '../support/dns-server.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';

const authority = makeAuthority();
setDefaultCACertificates([...getCACertificates('default'), authority.certPem]);

function env(dns: TestDns, tls: string): Record<string, string> {
  return {
    RELAY_URL: 'direct',
    RELAY_TLS: tls,
    ORG_NAME: 'Example Ltd',
    ORG_DOMAINS: 'example.com',
    MAIL_FROM: 'Example Ltd <secure@example.com>',
    ADMINS: 'admin@example.com',
    SMTP_REQUIRE_TLS: 'false',
    SMTP_CLIENTS: '127.0.0.0/8',
    DNS_RESOLVER: `127.0.0.1:${dns.port}`,
    DELIVERY_NETWORKS: '127.0.0.0/8, ::1/128',
  };
}

describe('without a relay', () => {
  let dns: TestDns;
  let server: TestRelay;
  let running: Running;

  before(async () => {
    dns = await startDns();
    server = await startRelay(makeCertificate({ authority, names: ['mx.partner.example', 'mx2.partner.example'] }));
    running = await startProgram({ env: env(dns, 'verified'), ports: { smtp: server.port, https: 1 } });
    dns.names.set('mx.partner.example', { a: ['127.0.0.1'] });
    dns.names.set('example.com', { mx: [[10, 'mx.partner.example']] });
  });
  after(async () => {
    await running.stop();
    await Promise.all([server.close(), dns.close()]);
  });

  async function notify(domain: string, ...headers: string[]): Promise<string> {
    const id = await send(running, { to: `pat@${domain}`, text: 'Secret.', headers });
    await running.drain();
    return id;
  }
  const taken = (domain: string): number => server.mails.filter(({ to }) => to === `pat@${domain}`).length;
  const told = (): string[] => server.mails.filter(({ to }) => to === 'alice@example.com').map(({ raw }) => raw);

  test('a notice goes to the domain’s own server, verified', async () => {
    dns.names.set('partner.example', { mx: [[10, 'mx.partner.example']] });
    await notify('partner.example');
    assert.equal(taken('partner.example'), 1);
    assert.equal(server.mails.at(-1)?.tls, true);
    assert.match(server.mails.at(-1)?.raw ?? '', /\/m\/[A-Za-z0-9_-]{22}/);
  });

  test('the next server takes it when the first cannot be reached, by IPv6 or IPv4', async () => {
    dns.names.set('mx0.partner.example', { a: ['127.0.0.99'] });
    dns.names.set('mx1.partner.example', {});
    dns.names.set('mx2.partner.example', { aaaa: ['::1'], a: ['127.0.0.1'] });
    dns.names.set('second.example', {
      mx: [
        [30, 'mx2.partner.example'],
        [10, 'mx0.partner.example'],
        [20, 'mx1.partner.example'],
      ],
    });
    await notify('second.example');
    assert.equal(taken('second.example'), 1);
  });

  test('a domain without MX takes its own mail, one with a null MX none, and its sender hears of it', async () => {
    dns.names.set('null.example', { mx: [[0, '.']] });
    await notify('null.example');
    await running.drain();
    assert.equal(taken('null.example'), 0);
    assert.equal(told().filter((raw) => raw.includes('pat@null.example')).length, 1);
    await notify('missing.example');
    await running.drain();
    assert.equal(told().filter((raw) => raw.includes('pat@missing.example')).length, 1);
  });

  test('what the DNS does not say waits, for four days, and then its sender hears of it', async () => {
    dns.names.set('silent.example', { fails: 'broken' });
    await notify('silent.example');
    assert.equal(told().filter((raw) => raw.includes('pat@silent.example')).length, 0);
    dns.names.set('later.example', { fails: 'broken' });
    await notify('later.example');
    dns.names.set('later.example', { mx: [[10, 'mx.partner.example']] });
    running.clock.forward(2 * MINUTE_MS);
    await running.drain();
    assert.equal(taken('later.example'), 1);
    for (let hours = 0; hours < 5 * 24; hours += 6) {
      running.clock.forward(6 * HOUR_MS);
      await running.drain();
    }
    assert.equal(told().filter((raw) => raw.includes('pat@silent.example')).length, 1);
  });

  test('a server that does not prove its name is sent nothing', async () => {
    dns.names.set('mx.wrong.example', { a: ['127.0.0.1'] });
    dns.names.set('wrong.example', { mx: [[10, 'mx.wrong.example']] });
    const before = server.attempts.length;
    await notify('wrong.example');
    assert.deepEqual([taken('wrong.example'), server.attempts.length], [0, before]);
  });

  test('nothing goes where a stranger’s DNS leads into a private network', async () => {
    dns.names.set('mx.inside.example', { a: ['10.0.0.1', '192.168.1.1', '169.254.169.254'] });
    dns.names.set('inside.example', { mx: [[10, 'mx.inside.example']] });
    const plan = await running.program.delivery.route('inside.example');
    assert.deepEqual([plan.kind, plan.notes], ['delay', ['mx.inside.example: lies in a private network']]);
  });

  test('a refusal for now is tried again, one for good tells the sender', async () => {
    dns.names.set('grey.example', { mx: [[10, 'mx.partner.example']] });
    server.refusals.set('pat@grey.example', '451 4.7.1 later');
    await notify('grey.example');
    assert.equal(taken('grey.example'), 0);
    server.refusals.delete('pat@grey.example');
    running.clock.forward(2 * MINUTE_MS);
    await running.drain();
    assert.equal(taken('grey.example'), 1);
    dns.names.set('gone.example', { mx: [[10, 'mx.partner.example']] });
    server.refusals.set('pat@gone.example', '550 5.1.1 nobody');
    await notify('gone.example');
    await running.drain();
    const [failure] = told().filter((raw) => raw.includes('pat@gone.example'));
    assert.deepEqual(readFailedDelivery(failure ?? ''), { codes: '550 5.1.1' });
    assert.match(failure ?? '', /^Final-Recipient: rfc822; pat@gone\.example\r\nAction: failed\r\nStatus: 5\.1\.1\r$/m);
    assert.doesNotMatch(failure ?? '', /550 5\.1\.1 nobody|Secret/);
    running.clock.forward(DAY_MS);
  });
});

test('where the setting allows it, a server without evidence gets a notice over whatever TLS it has, or none', async () => {
  const dns = await startDns({
    'partner.example': { mx: [[10, 'mx.partner.example']] },
    'mx.partner.example': { a: ['127.0.0.1'] },
  });
  const server = await startRelay();
  const running = await startProgram({ env: env(dns, 'opportunistic'), ports: { smtp: server.port, https: 1 } });
  try {
    await send(running, { to: 'pat@partner.example', text: 'Secret.', headers: ['X-Sealpost-Deliver: best'] });
    await running.drain();
    assert.equal(server.mails.length, 1);
    // Only the notice: the mail itself asks for evidence whatever the setting says.
    assert.match(server.mails[0]?.raw ?? '', /\/m\/[A-Za-z0-9_-]{22}/);
    assert.doesNotMatch(server.seen(), /Secret\./);
  } finally {
    await running.stop();
    await Promise.all([server.close(), dns.close()]);
  }
});

test('a domain that is slow has its share of the worker’s places, and what finds none is no try', async () => {
  const dns = await startDns({
    'slow.example': { mx: [[10, 'mx.slow.example']] },
    'mx.slow.example': { a: ['127.0.0.1'] },
    'quick.example': { mx: [[10, 'mx.quick.example']] },
    'mx.quick.example': { a: ['127.0.0.1'] },
  });
  const server = await startRelay();
  const running = await startProgram({
    env: env(dns, 'opportunistic'),
    ports: { smtp: server.port, https: 1 },
    workerRuns: true,
  });
  const slow = Array.from({ length: 12 }, (_, n) => `pat${n}@slow.example`);
  const tries = () =>
    running.store.db
      .selectFrom('outbox')
      .select('attempts')
      .where('kind', '=', 'notice')
      .where('state', '=', 'ready')
      .execute();
  const gate = server.hold();
  try {
    await send(running, { to: slow.join(', ') });
    await gate.arrived;
    await eventually(async () => (await tries()).length === 8);
    assert.deepEqual(new Set((await tries()).map(({ attempts }) => attempts)), new Set([0]));
    await send(running, { to: 'pat@quick.example' });
    await eventually(() => server.attempts.includes('pat@quick.example'));
    assert.equal(server.attempts.filter((one) => one.endsWith('@slow.example')).length, 2);
    gate.release();
    await eventually(() => {
      running.clock.forward(3_000);
      return server.mails.length === 13;
    });
    assert.deepEqual(server.mails.map(({ to }) => to).toSorted(), [...slow, 'pat@quick.example'].toSorted());
  } finally {
    gate.release();
    await running.stop();
    await Promise.all([server.close(), dns.close()]);
  }
});

// Client certificates of peers at ingestion: what is pinned says nothing of its end, what is shown does. Administrators hear of it 90, 60
// and 30 days before and when it has come, once each, and that it is over when the peer shows one that lasts.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DAY_MS, MINUTE_MS } from '../../server/core/clock.ts';
import { readShown } from '../../server/crypto/server-certificate.ts';
import { sweepShown } from '../../server/delivery/inbound-seen.store.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import type { TestCertificate } from '../support/certificates.ts';
import { describeEngines } from '../support/engines.ts';
import { mailTo } from '../support/mailbox.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { connectSmtp } from '../support/smtp-dialog-peer.ts';
import { setRoster } from '../support/staff.ts';

const authority = makeAuthority();
const own = makeCertificate({ authority, names: ['mail.example.com'], lastsDays: 900 });
const old = makeCertificate({ authority, names: ['gateway.partner.example'], lastsDays: 100 });
const renewed = makeCertificate({ authority, names: ['gateway.partner.example'], lastsDays: 800 });
const stranger = makeCertificate({ authority, names: ['gateway.partner.example'], lastsDays: 20 });

const fingerprint = ({ certPem }: TestCertificate): string => readShown(certPem)?.fingerprint ?? '';

describeEngines('the client certificate of a peer at ingestion', (engine) => {
  let running: Running;

  before(async () => {
    const tls = { SMTP_CLIENTS: '10.0.0.0/8', SMTP_TLS_CERT_FILE: own.certFile, SMTP_TLS_KEY_FILE: own.keyFile };
    running = await startProgram({ env: { ...(await engine.newDatabase()), ...tls } });
    await setRoster(running, {
      staff: [
        { address: 'root@example.com', role: 'administrator' },
        { address: 'auditor@example.com', role: 'auditor' },
      ],
    });
  });
  after(() => running.stop());

  async function pin(...certificates: readonly TestCertificate[]): Promise<void> {
    const { connectors } = running.program.delivery;
    const { version, connectors: value } = await connectors.newest();
    const certificate = { by: 'certificate', fingerprints: certificates.map(fingerprint) };
    const inbound = certificates.length === 0 ? [] : [{ name: 'gateway', certificate }];
    await connectors.save({ value, inbound, basedOn: version, actor: 'test' });
  }

  async function show({ certPem: cert, keyPem: key }: TestCertificate): Promise<string> {
    const peer = await connectSmtp({ host: '127.0.0.1', port: running.smtpPort });
    await peer.reply();
    for (const line of ['EHLO gateway.example', 'STARTTLS']) await peer.command(line);
    await peer.upgrade({ ca: authority.certPem, servername: 'mail.example.com', cert, key });
    await peer.command('EHLO gateway.example');
    const answer = await peer.command('MAIL FROM:<alice@example.com>');
    peer.destroy();
    return answer;
  }

  /** Lets days pass, of which several machines see the end. */
  async function pass(days: number): Promise<void> {
    running.clock.forward(days * DAY_MS);
    await Promise.all(Array.from({ length: 3 }, () => running.program.watcher.look()));
    await running.drain();
  }
  const told = async (address: string, what: RegExp): Promise<number> =>
    (await mailTo(running, address)).filter(({ text }) => what.test(text)).length;
  const ends = /The client certificate by which gateway hands in mail ends on \d{4}-/;
  const ended = /The client certificate by which gateway hands in mail ended on \d{4}-/;

  test('is told of 90, 60 and 30 days before its end and when it has come, to administrators of settings and roster', async () => {
    await pin(old, renewed);
    assert.match(await show(old), /^250/);
    assert.match(await show(old), /^250/);
    assert.match(await show(stranger), /^530/);
    assert.equal((await running.store.db.selectFrom('inbound_seen').select('id').execute()).length, 1);
    const seen: number[] = [];
    for (const days of [5, 10, 20, 15, 25]) {
      await pass(days);
      seen.push(await told('root@example.com', ends));
    }
    // With 95, 85, 65, 50 and 25 days left.
    assert.deepEqual(seen, [0, 1, 1, 2, 3]);
    assert.equal(await told('admin@example.com', ends), 3);
    await pass(30);
    assert.equal(await told('root@example.com', ended), 1);
    assert.equal(await told('auditor@example.com', /client certificate/), 0);
    assert.match(await show(old), /^530/);
  });

  test('is over once the peer shows one that lasts, and what nobody pins any more is nobody’s', async () => {
    assert.match(await show(renewed), /^250/);
    await pass(1);
    running.clock.forward(61 * MINUTE_MS);
    await pass(0);
    assert.equal(await told('root@example.com', /An alert is over|It stood from/), 1);
    await pin();
    await pass(690);
    assert.equal(await told('root@example.com', ends), 3);
    const { db } = running.store;
    assert.equal(await sweepShown(db, '9999-01-01', 10), 2);
  });
});

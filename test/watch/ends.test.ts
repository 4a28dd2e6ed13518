// What comes to its end is found before it does, and is over when something has taken its place: certificates for S/MIME, those of
// our own servers, and the DKIM record that the DNS has.

import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { listStanding } from '../../server/alerts/alerts.store.ts';
import { DAY_MS, HOUR_MS } from '../../server/core/clock.ts';
import { validatingDns } from '../../server/delivery/validating-dns.ts';
import { listAdminsOf } from '../../server/compose-watch.ts';
import { silentLog } from '../../server/core/log.ts';
import { createPublicFetch } from '../../server/smime/fetch-public.ts';
import { tellOfEnds } from '../../server/worker/watch-certificates.ts';
import { findDkim } from '../../server/watch/find-dkim.ts';
import { approveFile, inventoryOf } from '../support/certificates-in.ts';
import { makeCertificate } from '../support/certificates.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns } from '../support/dns-server.ts';
import { describeEngines } from '../support/engines.ts';
import { makeMailAuthority, makeMailCertificate } from '../support/mail-certificates.ts';
import { mailTo } from '../support/mailbox.ts';
import { startProgram, testClock } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { setRoster } from '../support/staff.ts';

describeEngines('what ends', (engine) => {
  const authority = makeMailAuthority();
  const ours = makeCertificate({ names: ['sealpost.example.com'] });
  let running: Running;

  before(async () => {
    const tls = { SMTP_TLS_CERT_FILE: ours.certFile, SMTP_TLS_KEY_FILE: ours.keyFile };
    running = await startProgram({ env: { ...(await engine.newDatabase()), ...tls } });
    await approveFile(inventoryOf(running), authority.certPem);
  });
  after(() => running.stop());

  async function found(kind: string): Promise<string[]> {
    running.clock.forward(2 * HOUR_MS);
    await running.program.watcher.look();
    const standing = await listStanding(running.store.keyring, running.store.db);
    return standing.filter((one) => one.kind === kind).map(({ about, detail }) => `${about} ${detail ?? ''}`);
  }
  const make = (address: string, days: number) => makeMailCertificate({ key: 'P-256', address, days, authority });

  test('is a certificate for S/MIME within 30 days, until another is approved for its address', async () => {
    const inventory = inventoryOf(running);
    await approveFile(inventory, make('far@recipient.example', 90).certPem);
    const soon = await approveFile(inventory, make('bob@recipient.example', 20).certPem);
    const expected = `${soon.row.id} bob@recipient.example ends on ${soon.facts.notAfter.slice(0, 10)}`;
    assert.deepEqual(await found('certificate-ending'), [expected]);
    await approveFile(inventory, make('carol@recipient.example', 90).certPem);
    assert.deepEqual(await found('certificate-ending'), [expected], 'another’s takes no place');
    await approveFile(inventory, make('Bob@Recipient.example', 90).certPem);
    assert.deepEqual(await found('certificate-ending'), []);
  });

  test('is told of by mail to the administrators of settings and roster, and to no auditor', async () => {
    await setRoster(running, {
      staff: [
        { address: 'root@example.com', role: 'administrator' },
        { address: 'auditor@example.com', role: 'auditor' },
      ],
    });
    await approveFile(inventoryOf(running), make('dora@recipient.example', 50).certPem);
    const { config, store, clock } = running;
    const { db, vault } = store;
    const listAdmins = listAdminsOf({ config, store, clock, log: silentLog });
    await tellOfEnds({ db, vault, listAdmins, fetchPublic: createPublicFetch() }, 10);
    await running.drain();
    const told = async (to: string): Promise<number> =>
      (await mailTo(running, to)).filter(({ text }) => text.includes('dora@recipient.example')).length;
    assert.deepEqual(
      await Promise.all(['admin', 'root', 'auditor'].map((one) => told(`${one}@example.com`))),
      [1, 1, 0],
    );
  });

  test('is our own server’s certificate, and the one that a connector shows, within 14 days', async () => {
    const client = { certificate: ours.certPem, key: ours.keyPem };
    const value = [{ domain: 'partner.example', client }];
    await running.program.delivery.connectors.save({ value, basedOn: 0, actor: 'test' });
    const [first, second, ...others] = (await found('own-tls-ending')).toSorted();
    assert.match(first ?? '', /^our SMTP server \(SMTP_TLS_CERT_FILE\) ends on \d{4}-/);
    assert.match(second ?? '', /^the connector for partner\.example ends on \d{4}-/);
    assert.deepEqual(others, []);
    await running.program.delivery.connectors.save({ value: [], basedOn: 1, actor: 'test' });
    assert.equal((await found('own-tls-ending')).length, 1);
    running.clock.forward(30 * DAY_MS);
    assert.equal((await found('own-tls-ending')).length, 1, 'it has ended, and is still used');
  });
});

describe('the DKIM record of the key that signs', () => {
  // As short as one string of a TXT record.
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const other = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  const NAME = 's1._domainkey.example.com';
  const clock = testClock();
  let dns: TestDns;

  before(async () => {
    dns = await startDns();
  });
  after(() => dns.close());

  const asRecord = (key: KeyObject, type: 'spki' | 'pkcs1' = 'spki'): string =>
    `v=DKIM1; k=rsa; p=${key.export({ type, format: 'der' }).toString('base64')}`;
  const finder = () =>
    findDkim({
      clock,
      dns: validatingDns({ host: '127.0.0.1', port: dns.port }),
      dkim: {
        domain: 'example.com',
        selector: 's1',
        privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
    });
  const detail = async (txt: readonly string[]): Promise<(string | undefined)[]> => {
    dns.names.set(NAME, { txt });
    return (await finder().find()).map((one) => one.detail);
  };

  test('is in order where it is that of the key, however it is written', async () => {
    assert.deepEqual(await detail([asRecord(publicKey)]), []);
    assert.deepEqual(await detail([asRecord(publicKey, 'pkcs1')]), []);
    assert.deepEqual(
      await detail([`v = DKIM1;\tp = ${asRecord(publicKey).slice(18, 120)} ${asRecord(publicKey).slice(120)} ; t=s`]),
      [],
    );
  });

  test('is an alert where it is gone, withdrawn, or of another key', async () => {
    assert.deepEqual(await detail(['v=spf1 -all']), ['cannot be read']);
    assert.deepEqual(await detail([asRecord(publicKey), asRecord(other)]), ['stands there more than once']);
    assert.deepEqual(await detail([`${asRecord(publicKey)}; s=tlsrpt`]), [
      'limits the key to what our signatures are not',
    ]);
    assert.deepEqual(await detail(['v=DKIM1; p=']), ['says that the key is withdrawn']);
    assert.deepEqual(await detail([asRecord(other)]), ['is of another key']);
    dns.names.delete(NAME);
    const [gone] = await finder().find();
    assert.deepEqual([gone?.kind, gone?.about, gone?.detail], ['dkim-broken', NAME, 'is not there']);
  });

  test('says nothing where the DNS does not answer, and is not asked each minute', async () => {
    dns.names.set(NAME, { fails: 'broken' });
    await assert.rejects(async () => finder().find(), /DNS/);
    dns.names.set(NAME, { txt: [asRecord(publicKey)] });
    const one = finder();
    const before = dns.asked.length;
    for (let n = 0; n < 5; n += 1) assert.deepEqual(await one.find(), []);
    assert.equal(dns.asked.length, before + 1);
    dns.names.set(NAME, { txt: [] });
    clock.forward(HOUR_MS);
    assert.equal((await one.find()).length, 1);
  });
});

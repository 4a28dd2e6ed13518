// The road of an answer to a sender whose certificate is known: encrypted to it, whatever the connection; else no other than before.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { FILE, SECRET, answerOne, newest } from '../support/answering.ts';
import { administrator, approveFile, inventoryOf } from '../support/certificates-in.ts';
import { mailFolder, makeMailAuthority, makeMailCertificate, openssl } from '../support/mail-certificates.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { readable, relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';

const ALICE = 'alice@example.com';

describe('an answer to a sender whose certificate is approved', () => {
  const authority = makeMailAuthority();
  const alice = makeMailCertificate({ authority, address: ALICE });
  const house = makeMailCertificate({ authority, address: 'secure@example.com', key: 'P-256' });
  let relay: TestRelay;
  let running: Running;

  before(async () => {
    // In clear: what is encrypted may travel any road that the relay offers.
    relay = await startRelay();
    running = await startProgram({ env: relayEnv(relay, 'opportunistic') });
    const inventory = inventoryOf(running);
    await approveFile(inventory, authority.certPem);
    await approveFile(inventory, alice.certPem);
    await approveFile(inventory, house.certPem + house.keyPem);
    await answerOne(running, relay);
  });
  after(async () => {
    await running.stop();
    await relay.close();
  });

  test('opens with her key, is signed by the organisation, and holds text, subject and file', () => {
    const { raw } = newest(relay, ALICE);
    const dir = mailFolder();
    writeFileSync(join(dir, 'mail.eml'), raw);
    const args = ['-in', join(dir, 'mail.eml'), '-inkey', alice.keyFile, '-recip', alice.certFile];
    openssl('cms', '-decrypt', ...args, '-out', join(dir, 'signed.eml'));
    const checked = ['-in', join(dir, 'signed.eml'), '-CAfile', authority.certFile, '-signer', join(dir, 'who.pem')];
    const inner = openssl('cms', '-verify', ...checked).toString('latin1');
    assert.match(readable(inner), new RegExp(SECRET));
    assert.match(inner, /^Subject: Re: The matter\r$/m);
    assert.match(inner, /hp="cipher"/);
    assert.match(inner, /^HP-Outer: Subject: \[\.\.\.\]\r$/m);
    assert.ok(inner.replace(/\r\n/g, '').includes(FILE.toString('base64')));
    assert.match(
      openssl('x509', '-in', join(dir, 'who.pem'), '-noout', '-ext', 'subjectAltName').toString(),
      /secure@/,
    );
  });

  test('tells nobody on the way what it is about, and goes on with the thread', () => {
    const { raw, from } = newest(relay, ALICE);
    assert.match(raw, /^Subject: \[\.\.\.\]\r$/m);
    assert.match(raw, /^In-Reply-To: <test-\d+-\d+@example\.com>/m);
    assert.match(raw, /^Auto-Submitted: auto-generated\r$/m);
    assert.match(raw, /^Content-Type: application\/pkcs7-mime; smime-type=enveloped-data;/m);
    assert.match(from, /^secure\+b-[0-9a-z]{26}@example\.com$/);
    assert.doesNotMatch(readable(relay.seen()), new RegExp(`${SECRET}|The matter|plan\\.bin`));
  });

  test('is written down as the use of both certificates', async () => {
    const listed = await inventoryOf(running).list({ limit: 10 });
    const used = listed.filter(({ row }) => row.used_at !== null).map(({ facts }) => facts.addresses[0]);
    assert.deepEqual(used.toSorted(), [ALICE, 'secure@example.com']);
  });
});

describe('an answer to a sender is announced with a link, and no byte of it leaves,', () => {
  const authority = makeMailAuthority();
  let relay: TestRelay;
  let running: Running;

  afterEach(async () => {
    await running.stop();
    await relay.close();
  });

  const cases: readonly (readonly [string, (running: Running) => Promise<void>])[] = [
    [
      'while her certificate waits for approval',
      async (program) => {
        const inventory = inventoryOf(program);
        await approveFile(inventory, authority.certPem);
        const { certPem } = makeMailCertificate({ authority, address: ALICE });
        await inventory.takeIn({ bytes: Buffer.from(certPem) }, administrator);
      },
    ],
    [
      'when her certificate was refused after it had been approved',
      async (program) => {
        const inventory = inventoryOf(program);
        await approveFile(inventory, authority.certPem);
        const { row } = await approveFile(inventory, makeMailCertificate({ authority, address: ALICE }).certPem);
        await inventory.refuse(row.id, administrator);
      },
    ],
    [
      'when its authority is trusted no more',
      async (program) => {
        const inventory = inventoryOf(program);
        const { row } = await approveFile(inventory, authority.certPem);
        await approveFile(inventory, makeMailCertificate({ authority, address: ALICE }).certPem);
        await inventory.refuse(row.id, administrator);
      },
    ],
    [
      'when the certificate is for somebody else',
      async (program) => {
        const inventory = inventoryOf(program);
        await approveFile(inventory, authority.certPem);
        await approveFile(inventory, makeMailCertificate({ authority, address: 'mallory@example.com' }).certPem);
      },
    ],
  ];
  for (const [name, prepare] of cases) {
    test(name, async () => {
      relay = await startRelay();
      running = await startProgram({ env: relayEnv(relay, 'opportunistic') });
      await prepare(running);
      await answerOne(running, relay);
      assert.match(newest(relay, ALICE).raw, /\/m\/[A-Za-z0-9_-]{22}/);
      assert.doesNotMatch(readable(relay.seen()), new RegExp(`${SECRET}|plan\\.bin|pkcs7`));
    });
  }
});

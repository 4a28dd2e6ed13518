// The inventory of certificates: what it takes in, what it lets nobody approve, what an authority's word changes, and what time does.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { canonicalAddress, parseAddress } from '../../server/core/address.ts';
import type { Address } from '../../server/core/address.ts';
import { DAY_MS } from '../../server/core/clock.ts';
import { AppError } from '../../server/core/errors.ts';
import type { Inventory } from '../../server/certificates/inventory.ts';
import { createPublicFetch } from '../../server/smime/fetch-public.ts';
import { loadCertificateFor, loadSignerFor } from '../../server/smime/usable.ts';
import { askAuthorities, tellOfEnds } from '../../server/worker/watch-certificates.ts';
import { administrator, approveFile, inventoryOf } from '../support/certificates-in.ts';
import { describeEngines } from '../support/engines.ts';
import { makeMailAuthority, makeMailCertificate, openssl } from '../support/mail-certificates.ts';
import type { MailCertificate, WantedCertificate } from '../support/mail-certificates.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';
import { startRevocationPeer } from '../support/revocation-peer.ts';
import type { RevocationPeer } from '../support/revocation-peer.ts';

const root = makeMailAuthority('Root');
const authority = makeMailAuthority('Between', root);
const ADMIN = 'admin@example.com';

/** Keys of RSA take longer to make. */
const make = (wanted: WantedCertificate): MailCertificate => makeMailCertificate({ key: 'P-256', ...wanted });

function at(text: string): Address {
  const address = parseAddress(text);
  assert.ok(address);
  return address;
}

describeEngines('the inventory of certificates', (engine) => {
  let running: Running;
  let relay: TestRelay;
  let peer: RevocationPeer;
  let inventory: Inventory;

  before(async () => {
    relay = await startRelay();
    running = await startProgram({ env: { ...(await engine.newDatabase()), ...relayEnv(relay, 'opportunistic') } });
    peer = await startRevocationPeer(root);
    inventory = inventoryOf(running, peer.fetchPublic);
    await approveFile(inventory, root.certPem);
  });
  after(async () => {
    await running.stop();
    await peer.close();
    await relay.close();
  });

  const usable = (address: string) => {
    const { db, keyring } = running.store;
    return loadCertificateFor({ db, keyring, clock: running.clock }, at(address));
  };
  const taken = async (bytes: Buffer, password?: string) => {
    const { added } = await inventory.takeIn({ bytes, ...(password === undefined ? {} : { password }) }, administrator);
    return added.map(({ row, facts }) => `${row.role} ${facts.addresses.join()}`);
  };
  const refusal = (work: Promise<unknown>, code: string, words: RegExp): Promise<void> =>
    assert.rejects(work, (error) => error instanceof AppError && error.code === code && words.test(error.message));

  test('takes in every shape in which certificates are handed over, each once', async () => {
    const [pem, der, p12, ldif, p7] = ['pem', 'der', 'p12', 'ldif', 'p7'].map((name) =>
      make({ authority, address: `${name}@recipient.example` }),
    );
    assert.ok(pem && der && p12 && ldif && p7);
    const chain = ['-certfile', authority.certFile, '-passout', 'pass:Zoë'];
    const pair = ['-in', p12.certFile, '-inkey', p12.keyFile, ...chain];
    const base64 = ldif.der.toString('base64');
    const entry = `dn: cn=ldif\nuserCertificate;binary:: ${base64.slice(0, 70)}\n ${base64.slice(70)}\n`;
    const files: readonly (readonly [Buffer, string, string?])[] = [
      [Buffer.from(pem.certPem), 'recipient pem@recipient.example'],
      [der.der, 'recipient der@recipient.example'],
      [openssl('pkcs12', '-export', ...pair), 'own p12@recipient.example', 'Zoë'],
      [Buffer.from(entry), 'recipient ldif@recipient.example'],
      [openssl('crl2pkcs7', '-nocrl', '-certfile', p7.certFile), 'recipient p7@recipient.example'],
    ];
    for (const [bytes, wanted, password] of files) {
      assert.deepEqual(await taken(bytes, password), [wanted]);
      assert.deepEqual(await taken(bytes, password), [], 'it is there twice');
    }
    const unread = [Buffer.from('hello'), Buffer.alloc(0), der.der.subarray(0, 200), Buffer.from(pem.keyPem)];
    for (const bytes of unread) await refusal(taken(bytes), 'request/malformed', /can be read/);
    await refusal(taken(openssl('pkcs12', '-export', ...pair), 'Zoe'), 'request/malformed', /this password/);
    assert.deepEqual(await usable('pem@recipient.example'), undefined);
  });

  test('lets nobody approve what must not be used, and says why', async () => {
    const cases: readonly (readonly [WantedCertificate, RegExp])[] = [
      [{ authority: makeMailAuthority() }, /No way leads/],
      [{ authority, days: -1 }, /expired/],
      [{ authority, purpose: 'serverAuth' }, /not for mail|is not for mail|emailProtection/],
      [{ authority, keyUsage: 'digitalSignature' }, /does not allow encryption/],
      [{ authority, address: '' }, /names no mail address/],
    ];
    for (const [wanted, why] of cases) {
      const { certPem } = make({ address: 'no@recipient.example', ...wanted });
      const { added } = await inventory.takeIn({ bytes: Buffer.from(certPem) }, administrator);
      const [one] = added;
      assert.ok(one);
      await refusal(inventory.approve(one.row.id, administrator), 'request/conflict', why);
      assert.equal((await inventory.get(one.row.id)).row.state, 'offered');
    }
    assert.equal(await usable('no@recipient.example'), undefined);
    await refusal(inventory.approve('01kb0000000000000000000000', administrator), 'request/not-found', /no such/);
  });

  test('uses an approved one for its addresses alone, however they are spelt, until it is refused or removed', async () => {
    const { certPem } = make({ authority, address: 'Carol@recipient.example' });
    // Its authority comes along, and is no root.
    const { row } = await approveFile(inventory, certPem + authority.certPem);
    const found = await usable('carol@RECIPIENT.example');
    assert.equal(found?.id, row.id);
    assert.equal(canonicalAddress(at(found.facts.addresses[0] ?? '')), 'carol@recipient.example');
    assert.equal(await usable('carol2@recipient.example'), undefined);
    await inventory.set(row.id, { cipher: 'gcm', allowsPkcs1: true }, administrator);
    assert.deepEqual((await usable('carol@recipient.example'))?.algorithms, { cipher: 'gcm', allowsPkcs1: true });
    await inventory.refuse(row.id, administrator);
    assert.equal(await usable('carol@recipient.example'), undefined);
    await inventory.approve(row.id, administrator);
    await inventory.remove(row.id, administrator);
    assert.equal(await usable('carol@recipient.example'), undefined);
    await refusal(inventory.get(row.id), 'request/not-found', /no such/);
  });

  test('signs only with one of its own', async () => {
    const { db, keyring } = running.store;
    const deps = { db, keyring, clock: running.clock };
    const house = make({ authority, address: 'house@example.com' });
    await approveFile(inventory, house.certPem + authority.certPem);
    assert.equal(await loadSignerFor(deps, at('house@example.com')), undefined);
    await approveFile(inventory, house.certPem + authority.certPem + house.keyPem);
    const signer = await loadSignerFor(deps, at('house@example.com'));
    assert.deepEqual(signer?.privateKey, house.keyDer);
    assert.equal(signer.chain.length, 1);
    const sealed = JSON.stringify(await db.selectFrom('certificates').selectAll().execute());
    assert.doesNotMatch(sealed, /house@example|recipient\.example/);
  });

  for (const by of ['ocsp', 'crl'] as const) {
    test(`asks the authority by ${by}, and uses a certificate no more once it is revoked`, async () => {
      const address = `${by}@recipient.example`;
      const made = peer.certificate(address, by);
      const { row } = await approveFile(inventory, made.certPem);
      assert.equal(row.standing, 'good');
      assert.ok(await usable(address));
      peer.revoke(made);
      running.clock.forward(DAY_MS);
      const { db, vault } = running.store;
      await askAuthorities({ db, vault, listAdmins: () => Promise.resolve([]), fetchPublic: peer.fetchPublic }, 10);
      assert.equal(await usable(address), undefined);
      const now = await inventory.get(row.id);
      assert.deepEqual([now.row.standing, now.faults], ['revoked', ['revoked']]);
      const events = await db.selectFrom('audit').select('event').where('event', '=', 'certificate-revoked').execute();
      assert.ok(events.length > 0);
      await refusal(inventory.approve(row.id, administrator), 'request/conflict', /has revoked it/);
    });
  }

  test('believes no authority that cannot be reached, answers nonsense or lies in this house', async () => {
    const other = await startRevocationPeer(root);
    const made = other.certificate('silent@recipient.example', 'ocsp');
    const { added } = await inventory.takeIn({ bytes: Buffer.from(made.certPem) }, administrator);
    const [one] = added;
    assert.ok(one);
    const { id } = one.row;
    // As the program runs: what its certificate names is an address of this machine, and is not asked.
    await refusal(
      inventoryOf(running, createPublicFetch()).approve(id, administrator),
      'request/conflict',
      /has not said/,
    );
    assert.deepEqual(other.asked, []);
    const asking = inventoryOf(running, other.fetchPublic);
    for (const answer of [undefined, Buffer.from('nonsense'), Buffer.alloc(200_000)]) {
      other.answerWith(answer);
      await refusal(asking.approve(id, administrator), 'request/conflict', /has not said/);
    }
    await asking.set(id, { ignoresRevocation: true }, administrator);
    assert.equal((await asking.approve(id, administrator)).row.state, 'approved');
    await other.close();
  });

  test('tells administrators 90, 60 and 30 days before the end and when it has come, once each, and then uses it no more', async () => {
    const { db, vault } = running.store;
    const deps = { db, vault, listAdmins: () => Promise.resolve([at(ADMIN)]), fetchPublic: peer.fetchPublic };
    await approveFile(
      inventory,
      make({ authority, address: 'ends@recipient.example', days: 100 }).certPem + authority.certPem,
    );
    const mails = (): number =>
      relay.mails.filter(({ to, raw }) => to === ADMIN && raw.includes('ends@recipient')).length;
    const told: number[] = [];
    for (const days of [5, 10, 29, 31, 20, 10]) {
      running.clock.forward(days * DAY_MS);
      await Promise.all([tellOfEnds(deps, 500), tellOfEnds(deps, 500)]);
      await running.drain();
      told.push(mails());
    }
    // After 6, 16, 45, 76, 96 and 106 days, with what earlier tests let pass.
    assert.deepEqual(told, [0, 1, 2, 3, 3, 4]);
    assert.equal(await usable('ends@recipient.example'), undefined);
    const last = relay.mails.findLast(({ to, raw }) => to === ADMIN && raw.includes('ends@recipient'));
    assert.match(last?.raw ?? '', /^Subject: Example Ltd: a certificate has expired/m);
  });
});

describe('what certificates name', () => {
  const fetchPublic = createPublicFetch({ waitMs: 2_000 });
  for (const url of [
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://[fd00::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://0.0.0.0/',
    'ldap://ldap.example/',
    'file:///etc/passwd',
    'http://example.com:22/',
    'http://user:password@example.com/',
  ]) {
    test(`is not asked at ${url}`, async () => {
      await assert.rejects(fetchPublic(url, { bytesMax: 1_000 }), /open internet|web address/);
    });
  }
});

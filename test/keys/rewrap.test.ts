// Bringing everything under the current key, on both engines: all kinds of records, two at once, what is destroyed
// meanwhile, and what does not open.

import { strict as assert } from 'node:assert';
import { afterEach, beforeEach, it } from 'node:test';
import { raise } from '../../server/alerts/alerts.store.ts';
import { appendAudit } from '../../server/audit/audit.store.ts';
import { verifyAudit } from '../../server/audit/verify-audit.ts';
import { parseAddress } from '../../server/core/address.ts';
import { isoNow } from '../../server/core/clock.ts';
import type { Keyring } from '../../server/crypto/keyring.ts';
import { createSigner } from '../../server/crypto/signing-key.ts';
import { newId, newToken, randomBytes } from '../../server/crypto/random.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { saveTest, seedTests } from '../../server/delivery/connector-tests.store.ts';
import { judgeTest } from '../../server/delivery/judge-test.ts';
import { insertConnectors, loadConnectors } from '../../server/delivery/connectors.store.ts';
import { noteShown } from '../../server/delivery/inbound-seen.store.ts';
import { insertOwnSts } from '../../server/delivery/own-sts.store.ts';
import { keepReport } from '../../server/delivery/tls-reports.store.ts';
import { countResult } from '../../server/delivery/tls-results.store.ts';
import { keepStsPolicy, loadStsPolicy } from '../../server/delivery/sts-policies.store.ts';
import {
  loadRecord,
  messageKeyIds,
  messagesUnder,
  recordsOf,
  replaceRecord,
  replaceWrapped,
} from '../../server/keys/rewrap.store.ts';
import { fulfilWish, rewrapAll, wishRewrap } from '../../server/keys/rewrap.ts';
import { countUnderKeys, opensAnything } from '../../server/keys/under-key.ts';
import { sealWord } from '../../server/messages/requests.store.ts';
import { shredKeys } from '../../server/messages/shred.store.ts';
import { enqueue, jobRecords } from '../../server/outbox/outbox.store.ts';
import { saveWish } from '../../server/people/news.store.ts';
import { sealedColumns } from '../../server/sealed-columns.ts';
import { parseCertificate } from '../../server/crypto/certificate.ts';
import { insertCertificate } from '../../server/smime/certificates.store.ts';
import { createApiKey, loadApiKey } from '../../server/signin/api-keys.store.ts';
import { beginCeremony } from '../../server/signin/ceremonies.store.ts';
import { insertHold } from '../../server/messages/holds.store.ts';
import { keepLetter } from '../../server/messages/kept-letters.store.ts';
import { getBrand, insertBrandVersion } from '../../server/brands/brand.store.ts';
import { insertVersion } from '../../server/rulebook/policies.store.ts';
import { insertReplay } from '../../server/simulator/replays.store.ts';
import { emptyReport } from '../../server/policy/replay-report.ts';
import { insertTotp } from '../../server/signin/totps.store.ts';
import { emptyRoster } from '../../server/staff/roster.ts';
import { keepForm } from '../../server/staff/kept-forms.store.ts';
import { saveRoster } from '../../server/staff/staff.store.ts';
import { insertPasskey } from '../../server/signin/passkeys.store.ts';
import { sealAddress, sealReference } from '../../server/signin/challenge-seal.ts';
import { sealCodeMail } from '../../server/signin/code-mail.ts';
import { loadSession, startSession } from '../../server/signin/sessions.store.ts';
import { keepTryMail, listTryMail } from '../../server/try/try-mail.store.ts';
import { addWebhook } from '../../server/webhooks/webhooks.store.ts';
import { describeEngines } from '../support/engines.ts';
import { makeMailCertificate } from '../support/mail-certificates.ts';
import { tableNames } from '../support/tables.ts';
import { clock, setStage } from './stage.ts';
import type { Stage } from './stage.ts';

describeEngines('rewrapping', (engine) => {
  let stage: Stage;
  let old: Keyring;
  let keyring: Keyring;
  const deps = () => ({ db: stage.db, keyring, columns: sealedColumns, log: stage.log });

  beforeEach(async () => {
    stage = await setStage((await engine.newDatabase()).DATABASE_URL);
    old = await stage.load();
    await stage.add();
    keyring = await stage.load();
  });
  afterEach(() => stage.close());

  it('brings messages and every kind of record under the current key, and they open as before', async () => {
    const id = await addMessage();
    const session = { clock, sessionIdleMinutes: 30, sessionHours: 12 };
    const { token, key } = await inTransaction(stage.db, async (tx) => {
      await appendAudit({ keyring: old, clock }, tx, { event: 'signed-in', details: { actor: 'bob' } });
      await enqueue({ keyring: old, clock }, tx, { kind: 'passcode', payload: { code: '12345678' } });
      const made = await createApiKey({ keyring: old, clock }, tx, { name: 'crm', scopes: [], senders: [] });
      return {
        key: made.key,
        ...(await startSession({ keyring: old, ...session }, tx, { address: bob(), way: 'code' })),
      };
    });
    await keepTryMail({ db: stage.db, keyring: old, clock }, { from: 'a', to: 'b', raw: Buffer.from('mail') });
    await addChallenge();
    await addCeremonyAndPasskey();
    await addRequest(id);
    await addPolicyAndHold(id);
    await addStaff();
    await addCertificate();
    await addWhatVouches();
    await addNewsWish();
    await addHook();
    await addAlert();
    const under = await countUnderKeys(deps());
    assert.deepEqual(under.get(old.currentKeyId), { messages: 1, records: sealedColumns.length });
    assert.deepEqual(new Set(await columnsUnder(old.currentKeyId)), new Set(['messages.key_id', ...recordColumns()]));

    await rewrap();
    assert.deepEqual(await columnsUnder(old.currentKeyId), []);
    assert.deepEqual([...(await countUnderKeys(deps())).keys()], [keyring.currentKeyId]);
    assert.equal(await opensAnything(deps(), old.currentKeyId), false);
    const { key_id: keyId, wrapped_key: wrapped } = await row(id);
    assert.deepEqual(keyring.unwrapDataKey({ keyId, wrapped: wrapped ?? Buffer.alloc(0) }, id), dataKeys.get(id));
    assert.equal((await loadSession({ keyring, ...session }, stage.db, token))?.address, bob());
    assert.equal((await loadApiKey({ keyring, clock }, stage.db, key))?.name, 'crm');
    assert.equal((await listTryMail({ db: stage.db, keyring, clock }))[0]?.raw.toString(), 'mail');
    assert.equal((await loadConnectors(keyring, stage.db)).connectors[0]?.domain, 'a.example');
    assert.equal((await loadStsPolicy({ db: stage.db, keyring, clock }, 'a.example'))?.mode, 'enforce');
    const chain = { keyring, signer: createSigner(keyring), db: stage.db };
    assert.equal((await verifyAudit(chain)).holds, true);
  });

  it('is done once when two do it at once', async () => {
    for (let n = 0; n < 250; n += 1) await addMessage();
    const counts = await Promise.all([rewrap(), rewrap()]);
    assert.equal(
      counts.reduce((sum, { rewrapped }) => sum + rewrapped, 0),
      250,
    );
    assert.deepEqual(await messageKeyIds(stage.db), [keyring.currentKeyId]);
    for (const [id, dataKey] of dataKeys) {
      const { key_id: keyId, wrapped_key: wrapped } = await row(id);
      assert.deepEqual(keyring.unwrapDataKey({ keyId, wrapped: wrapped ?? Buffer.alloc(0) }, id), dataKey);
    }
  });

  it('leaves what was destroyed after it was read as it is', async () => {
    const id = await addMessage();
    const [read] = await messagesUnder(stage.db, old.currentKeyId, '', 10);
    assert.ok(read);
    await inTransaction(stage.db, (tx) => shredKeys(tx, [id], isoNow(clock)));
    const destroyed = await row(id);
    const fresh = keyring.wrapDataKey(dataKeys.get(id) ?? Buffer.alloc(0), id);
    assert.equal(await inTransaction(stage.db, (tx) => replaceWrapped(tx, read, fresh)), false);
    assert.deepEqual(await row(id), destroyed);
    await rewrap();
    assert.deepEqual(await row(id), destroyed);
    assert.deepEqual(await messageKeyIds(stage.db), [], 'and needs no key');
  });

  it('leaves what a record became after it was read as it is', async () => {
    await inTransaction(stage.db, (tx) => enqueue({ keyring: old, clock }, tx, { kind: 'passcode', payload: 'x' }));
    const [place] = await recordsOf(stage.db, jobRecords, '', 10);
    assert.ok(place);
    const read = await loadRecord(stage.db, jobRecords, place.key);
    assert.ok(read);
    const change = (to: Uint8Array) =>
      inTransaction(stage.db, (tx) => replaceRecord(tx, jobRecords, place.key, read, to));
    await stage.db.updateTable('outbox').set({ sealed: null }).execute();
    assert.equal(await change(Buffer.of(1)), false, 'done meanwhile, and its payload forgotten');
    await stage.db.updateTable('outbox').set({ sealed: read }).execute();
    assert.equal(await change(Buffer.of(1)), true);
    assert.equal(await change(Buffer.of(2)), false);
    assert.deepEqual(await loadRecord(stage.db, jobRecords, place.key), Buffer.of(1));
  });

  it('names what does not open, leaves it, and does all the rest', async () => {
    const [good, bad] = [await addMessage(), await addMessage()];
    const otherId = newId(clock);
    const wrapped = { wrapped_key: randomBytes(60) };
    await stage.db.updateTable('messages').set(wrapped).where('id', '=', bad).execute();
    await keepTryMail({ db: stage.db, keyring: old, clock }, { from: 'a', to: 'b', raw: Buffer.from('mail') });
    await stage.db.updateTable('try_mail').set({ id: otherId }).execute();
    const { rewrapped, broken } = await rewrap();
    assert.equal(rewrapped, 1);
    assert.deepEqual(new Set(broken), new Set([bad, `try-mail ${otherId}`]));
    assert.equal((await row(good)).key_id, keyring.currentKeyId);
    assert.equal((await row(bad)).key_id, old.currentKeyId);
    assert.equal(await opensAnything(deps(), old.currentKeyId), false, 'nothing keeps the old key');
    await addMessage();
    assert.equal(await opensAnything(deps(), old.currentKeyId), true);
  });

  it('is taken up by a server that is asked to, broken off when it stops, and ended by the next', async () => {
    for (let n = 0; n < 250; n += 1) await addMessage();
    await fulfilWish(deps(), new AbortController().signal);
    assert.deepEqual(await messageKeyIds(stage.db), [old.currentKeyId], 'nobody has asked');
    await wishRewrap(stage.db, keyring);
    await fulfilWish({ ...deps(), keyring: old }, new AbortController().signal);
    assert.deepEqual(await messageKeyIds(stage.db), [old.currentKeyId], 'the key has not come to that server');
    await fulfilWish(deps(), AbortSignal.abort());
    assert.equal((await messageKeyIds(stage.db)).length, 2, 'broken off in the middle');
    await fulfilWish(deps(), new AbortController().signal);
    assert.deepEqual(await messageKeyIds(stage.db), [keyring.currentKeyId]);
    const marks = await stage.db.selectFrom('marks').select('name').execute();
    assert.ok(
      marks.every(({ name }) => !name.includes('rewrap')),
      'and the wish is over',
    );
  });

  const dataKeys = new Map<string, Buffer>();
  beforeEach(() => dataKeys.clear());

  async function rewrap(): Promise<{ rewrapped: number; broken: string[] }> {
    const all = { rewrapped: 0, broken: [] as string[] };
    for await (const { rewrapped, broken } of rewrapAll(deps())) {
      all.rewrapped += rewrapped;
      all.broken.push(...broken);
    }
    return all;
  }

  /** A message under the old key: its row alone, for nothing else of it is touched. */
  async function addMessage(): Promise<string> {
    const id = newId(clock);
    const dataKey = old.newDataKey();
    const { keyId, wrapped } = old.wrapDataKey(dataKey, id);
    dataKeys.set(id, dataKey);
    await stage.db
      .insertInto('messages')
      .values({
        id,
        thread_id: id,
        kind: 'mail',
        sender_index: 'x',
        protection: 'encrypt-only',
        rights: '',
        brand: 'default',
        demands: '',
        phrase_id: null,
        created_at: isoNow(clock),
        size_bytes: 1,
        key_id: keyId,
        wrapped_key: wrapped,
        sealed_meta: Buffer.of(0),
        mail_id_index: null,
        repeat_index: null,
        repeat_digest: null,
        expires_at: null,
        policy_end: null,
        destroyed_at: null,
        reminded_at: null,
        reminder_days: null,
        retention_days: 14,
      })
      .execute();
    return id;
  }

  async function addChallenge(): Promise<void> {
    const [id, codeId, at] = [newId(clock), newId(clock), isoNow(clock)];
    const times = { created_at: at, expires_at: isoNow(clock, 600_000) };
    const challenge = { id, purpose: 'sign-in', address_index: 'x', browser_hash: newToken(), attempts: 0, ...times };
    await stage.db
      .insertInto('challenges')
      .values({ ...challenge, salt: randomBytes(16), sealed_address: sealAddress(old, id, bob()) })
      .execute();
    const code = { id: codeId, challenge_id: id, code_hash: randomBytes(32), used_at: null, ...times };
    const codeMail = sealCodeMail(old, codeId, { state: 'sent', at });
    await stage.db
      .insertInto('codes')
      .values({ ...code, sealed_reference: sealReference(old, codeId, 'ABCD'), sealed_mail: codeMail })
      .execute();
  }

  async function addRequest(messageId: string): Promise<void> {
    const [recipientId, id, at] = [newId(clock), newId(clock), isoNow(clock)];
    const nothing = { forwarded_by: null, notified_at: null, failed_at: null, failure: null, opened_at: null };
    const unread = { ...nothing, read_at: null, replied_at: null, revoked_at: null, own_expires_at: null };
    await stage.db
      .insertInto('recipients')
      .values({
        ...unread,
        id: recipientId,
        message_id: messageId,
        position: 0,
        address_index: 'x',
        role: 'to',
        road: 'notice',
        token_hash: recipientId,
        sealed: Buffer.of(0),
        reference_index: null,
        sealed_delivery: null,
        created_at: at,
      })
      .execute();
    await stage.db
      .insertInto('requests')
      .values({
        id,
        message_id: messageId,
        recipient_id: recipientId,
        state: 'refused',
        created_at: at,
        answered_at: at,
        expires_at: null,
        sealed_word: sealWord(old, id, 'No.'),
      })
      .execute();
  }

  async function addCertificate(): Promise<void> {
    const { der, keyDer: privateKey } = makeMailCertificate({ key: 'P-256' });
    const certificate = { role: 'own' as const, facts: parseCertificate(der), chain: [], origin: 'import' as const };
    await inTransaction(stage.db, (tx) =>
      insertCertificate({ keyring: old, clock }, tx, { ...certificate, privateKey }),
    );
  }

  async function addPolicyAndHold(messageId: string): Promise<void> {
    const version = { basedOn: 0, value: { format: 1 }, actor: 'admin', note: '', changed: [] };
    const hold = { id: newId(clock), messageId, ruleId: 'a', name: 'A', approvers: [bob()], createdAt: isoNow(clock) };
    const letter = { to: 'a', subject: 'b', text: 'c' };
    await inTransaction(stage.db, async (tx) => {
      const brand = await getBrand(tx, 'default', 'Example Ltd');
      await insertBrandVersion({ keyring: old, clock }, tx, brand, version);
      await insertVersion({ keyring: old, clock }, tx, version);
      await insertHold(old, tx, hold);
      const ask = { days: 1, policy: 1, from: isoNow(clock), to: isoNow(clock) };
      await insertReplay({ keyring: old, clock }, tx, newId(clock), emptyReport(ask));
      await keepLetter({ keyring: old, clock }, tx, { browserHash: newToken(), addressIndex: 'x' }, letter);
      const page = { browserHash: newToken(), addressIndex: 'x', at: '/admin/policy/new-rule' };
      await keepForm({ keyring: old, clock }, tx, page, new Map([['name', 'a']]));
    });
  }

  async function addNewsWish(): Promise<void> {
    const wish = { firstRead: true, digest: true, subjects: false };
    await inTransaction(stage.db, (tx) =>
      saveWish({ keyring: old, clock }, tx, 'x'.repeat(43), 'alice@example.com', wish),
    );
  }

  async function addHook(): Promise<void> {
    const card = { url: 'https://crm.example/hook', events: ['read'], secrets: [{ secret: newToken() }] };
    await inTransaction(stage.db, (tx) => addWebhook({ keyring: old, clock }, tx, card, 0));
  }

  async function addAlert(): Promise<void> {
    await inTransaction(stage.db, (tx) => raise(old, tx, { kind: 'health', about: 'blobs' }, isoNow(clock)));
  }

  async function addStaff(): Promise<void> {
    const deps = { keyring: old, clock };
    const secret = Buffer.alloc(20);
    await inTransaction(stage.db, async (tx) => {
      await saveRoster(deps, tx, { roster: emptyRoster, basedOn: 0 });
      await insertTotp(deps, tx, { address: bob(), addressIndex: 'x', secret, step: 1 });
    });
  }

  async function addWhatVouches(): Promise<void> {
    const connector = { domain: 'a.example', minTls: '1.2', certificate: { by: 'host-name' } } as const;
    const test = { domain: 'a.example', goes: false, outcome: 'It takes no mail.', notes: [], hosts: [] };
    await inTransaction(stage.db, async (tx) => {
      await insertConnectors({ keyring: old, clock }, tx, 0, { connectors: [connector], inbound: [] });
      await seedTests({ keyring: old, clock }, tx, { version: 1, connectors: [connector] });
      await saveTest({ keyring: old, clock }, tx, connector, judgeTest(undefined, { at: isoNow(clock), test }));
    });
    const own = { domain: 'example.com', mode: 'testing', mx: ['mx.example.com'], maxAgeSeconds: 86_400 } as const;
    await inTransaction(stage.db, (tx) => insertOwnSts({ keyring: old, clock }, tx, 0, [{ ...own, mx: [...own.mx] }]));
    const said = { organization: 'a', reportId: '1', day: '2026-11-27', domain: 'example.com', policyType: 'sts' };
    await inTransaction(stage.db, (tx) => keepReport(old, tx, { ...said, successful: 1, failed: 0, failures: [] }));
    const shown = { fingerprint: 'ab', pin: 'cd', from: '2026-01-01T00:00:00.000Z', until: '2027-01-01T00:00:00.000Z' };
    await noteShown(old, stage.db, 'partner', shown, '2026-11-27');
    const open = { type: 'no-policy-found' as const, strings: [], mx: [] };
    await countResult(old, stage.db, '2026-11-27', { domain: 'a.example', policy: open, host: '' });
    const policy = { id: '1', mode: 'enforce', maxAgeSeconds: 60, mx: ['mx.a.example'] } as const;
    await keepStsPolicy({ db: stage.db, keyring: old, clock }, 'a.example', policy);
  }

  async function addCeremonyAndPasskey(): Promise<void> {
    const begun = { handedOut: newToken(), kind: 'oidc google', browserHash: newToken(), network: '192.0.2.1' };
    await beginCeremony({ db: stage.db, keyring: old, clock }, { ...begun, details: {} });
    const credential = { id: newToken(), publicKey: new Uint8Array(8), counter: 0 };
    await inTransaction(stage.db, (tx) =>
      insertPasskey(old, tx, { credential, address: bob(), addressIndex: 'x', name: 'Key', now: isoNow(clock) }),
    );
  }

  function row(id: string) {
    return stage.db.selectFrom('messages').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  }

  /** Which columns of the whole database hold this key's id, or what starts as its records do. */
  async function columnsUnder(keyId: string): Promise<string[]> {
    const head = Buffer.from(`\u0001${keyId}`);
    const found: string[] = [];
    for (const table of tableNames()) {
      for (const each of await stage.db.selectFrom(table).selectAll().execute()) {
        for (const [column, value] of Object.entries(each)) {
          if (value === keyId || (value instanceof Uint8Array && head.equals(value.subarray(0, 9)))) {
            found.push(`${table}.${column}`);
          }
        }
      }
    }
    return found;
  }

  function recordColumns(): string[] {
    return sealedColumns.map(({ table, column }) => `${table}.${column}`);
  }
});

function bob() {
  const address = parseAddress('bob@recipient.example');
  assert.ok(address);
  return address;
}

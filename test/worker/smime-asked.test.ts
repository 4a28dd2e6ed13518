// S/MIME that is asked for by name and cannot be had: the simulator says for whom, and a mail too large to be encrypted is refused whole
// instead of going by another road.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { assertProblem, makeClient } from '../roads/api-client.ts';
import type { ApiClient } from '../roads/api-client.ts';
import { composedBytesMost } from '../../server/ingest/check-roads.ts';
import { limits } from '../../server/core/limits.ts';
import { approveFile, inventoryOf } from '../support/certificates-in.ts';
import { makeMailAuthority, makeMailCertificate } from '../support/mail-certificates.ts';
import { mimeMail } from '../support/mime.ts';
import { submit } from '../support/submit.ts';
import { stage } from './partner.ts';
import type { Stage } from './partner.ts';

const BOB = 'bob@recipient.example';
const CAROL = 'carol@third.example';
// Made first: the program's clock stands from its start on.
const authority = makeMailAuthority();
const bob = makeMailCertificate({ authority, address: BOB });

describe('S/MIME that is asked for', () => {
  let there: Stage;
  let api: ApiClient;
  before(async () => {
    there = await stage(undefined);
    const inventory = inventoryOf(there.running);
    for (const text of [authority.certPem, bob.certPem]) await approveFile(inventory, text);
    api = await makeClient(there.running, { scopes: ['admin:read', 'messages:send'] });
  });
  after(() => there.stop());

  const fields = { from: 'alice@example.com', subject: 'x', text: 'Hello', to: [BOB, CAROL] };
  async function simulated(change: object): Promise<{ outcome: unknown; text: string; certificates: unknown }> {
    const { status, json, text } = await api.sendJson('/simulate', { ...fields, ...change });
    assert.equal(status, 200, text);
    const { decision } = json;
    assert.ok(typeof decision === 'object' && decision !== null && 'recipients' in decision);
    assert.ok(Array.isArray(decision.recipients));
    const certificates = decision.recipients.map((one: { readonly certificate?: unknown }) => one.certificate);
    return { outcome: json['outcome'], text, certificates };
  }

  test('is said by the simulator to be refused, and for whom a certificate is missing', async () => {
    const { outcome, text, certificates } = await simulated({ deliver: 'smime' });
    assert.deepEqual([outcome, certificates], ['refused', ['known', 'missing']]);
    assert.match(text, /for 1 of 2 recipients no certificate that may be used is known here/);
    const real = await api.sendJson('/messages', { ...fields, deliver: 'smime' });
    assertProblem(real, 422, 'policy/refused');
    assert.deepEqual((await simulated({ deliver: 'smime', to: [BOB] })).outcome, 'granted');
  });

  test('is said to be there or not where it is one of several roads, and not spoken of where it is none', async () => {
    const best = await simulated({ deliver: 'best' });
    assert.deepEqual([best.outcome, best.certificates], ['granted', ['known', 'missing']]);
    const portal = await simulated({ deliver: 'portal' });
    assert.deepEqual([portal.outcome, portal.certificates], ['granted', [undefined, undefined]]);
  });

  const handIn = (bytes: number): Promise<string> => {
    const parts = [{ content: randomBytes(bytes), name: 'plan.bin' }];
    const headers = ['X-Sealpost-Deliver: smime'];
    const raw = mimeMail({
      from: 'alice@example.com',
      to: BOB,
      subject: 'Large',
      text: 'See the file.',
      headers,
      parts,
    });
    return submit(there.running.smtpPort, { from: 'alice@example.com', to: [BOB], raw });
  };
  const messages = async (): Promise<number> =>
    (await there.running.store.db.selectFrom('messages').select('id').execute()).length;

  test('is refused as a whole for a mail that is too large to be encrypted, and nothing is kept or sent', async () => {
    assert.match(await handIn(26_000_000), /^554 5\.7\.1 .*too large to be encrypted/);
    await there.running.drain();
    assert.deepEqual([await messages(), there.relay.mails.length], [0, 0]);
  });

  test('is measured by what the mail may become, not by what it is', () => {
    const part = { n: 1, filename: 'a', contentType: 'a/b', contentId: undefined, inline: false, size: 57 };
    const none = composedBytesMost({ text: undefined, html: undefined, parts: [] });
    // A line of 76 and its end for each 57 bytes.
    assert.equal(composedBytesMost({ text: undefined, html: undefined, parts: [part] }) - none, 78);
    assert.equal(composedBytesMost({ text: 'ü', html: 'é', parts: [] }) - none, 12);
    assert.ok(none < limits.smimeBytesMax);
  });
});

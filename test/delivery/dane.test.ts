// DANE from end to end: a zone that nsd serves and unbound validates, a partner's server, and the program between them.

import assert from 'node:assert/strict';
import { X509Certificate, createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { MINUTE_MS } from '../../server/core/clock.ts';
import { makeCertificate } from '../support/certificates.ts';
import { takeFaults } from '../support/counted.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { readable, relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';
import { signedDnsMissing, startSignedDns } from '../support/signed-dns.ts';
import type { SignedDns } from '../support/signed-dns.ts';

const missing = signedDnsMissing();
if (missing !== undefined) console.warn(missing);

const SECRET = 'The secret that DANE vouches for.';

interface Stage {
  readonly relay: TestRelay;
  readonly partner: TestRelay;
  readonly dns: SignedDns;
  readonly running: Running;
}

describe('a partner with DANE', { skip: missing ?? false }, () => {
  const there: { stage?: Stage } = {};

  before(async () => {
    // Whose name it is and who signed it is no matter: the TLSA record names its key.
    const certificate = makeCertificate({ names: ['nothing.example'], expiredDays: 3 });
    const key = new X509Certificate(certificate.certPem).publicKey.export({ type: 'spki', format: 'der' });
    const partner = await startRelay(certificate);
    const records = [
      '@ IN MX 10 mx',
      'mx IN A 127.0.0.1',
      `_${partner.port}._tcp.mx IN TLSA 3 1 1 ${createHash('sha256').update(key).digest('hex')}`,
    ];
    const relay = await startRelay();
    const dns = await startSignedDns([
      { name: 'signed.example', records, state: 'signed' },
      { name: 'bogus.example', records, state: 'bogus' },
      { name: 'open.example', records, state: 'unsigned' },
      { name: 'useless.example', records: records.map((line) => line.replace('3 1 1', '1 1 1')), state: 'signed' },
    ]);
    const running = await startProgram({
      env: {
        ...relayEnv(relay, 'opportunistic'),
        DNS_RESOLVER: `127.0.0.1:${dns.port}`,
        DELIVERY_NETWORKS: '127.0.0.0/8',
      },
      ports: { smtp: partner.port, https: 1 },
    });
    there.stage = { relay, partner, dns, running };
  });
  after(async () => {
    const { stage } = there;
    if (stage === undefined) return;
    await stage.running.stop();
    await Promise.all([stage.relay.close(), stage.partner.close(), stage.dns.stop()]);
  });

  async function sendTo(domain: string): Promise<Stage> {
    const { stage } = there;
    assert.ok(stage);
    await send(stage.running, { to: `pat@${domain}`, text: SECRET, headers: ['X-Sealpost-Deliver: best'] });
    await stage.running.drain();
    return stage;
  }

  const tos = (relay: TestRelay): string[] => relay.mails.map(({ to }) => to);

  test('gets the mail itself, where the zone is signed', async () => {
    const { partner, relay } = await sendTo('signed.example');
    assert.deepEqual(tos(partner), ['pat@signed.example']);
    assert.match(readable(partner.seen()), new RegExp(SECRET));
    assert.equal(partner.mails[0]?.tls, true);
    assert.deepEqual(tos(relay), []);
  });

  test('gets a notice, where nobody signed it', async () => {
    const { partner, relay } = await sendTo('open.example');
    assert.deepEqual(tos(relay), ['pat@open.example']);
    assert.deepEqual(tos(partner), ['pat@signed.example']);
  });

  test('gets nothing for now, where the zone was changed under its signatures, and a notice in the end', async () => {
    const { partner, relay, running } = await sendTo('bogus.example');
    assert.deepEqual(tos(partner), ['pat@signed.example']);
    assert.ok(!tos(relay).includes('pat@bogus.example'));
    for (let tries = 0; tries < 6; tries += 1) {
      running.clock.forward(61 * MINUTE_MS);
      await running.drain();
    }
    assert.ok(tos(relay).includes('pat@bogus.example'));
    assert.deepEqual(tos(partner), ['pat@signed.example']);
    assert.doesNotMatch(readable(relay.seen()), new RegExp(SECRET));
  });

  test('gets nothing where none of its records is for mail; what its DNS does wrong is told to each domain, and no more', async () => {
    const { partner, running } = await sendTo('useless.example');
    assert.deepEqual(tos(partner), ['pat@signed.example']);
    const faults = await takeFaults(running);
    assert.deepEqual(faults.get('useless.example'), ['tlsa tlsa-invalid mx.useless.example 1']);
    assert.match(faults.get('bogus.example')?.join() ?? '', /^tlsa dnssec-invalid - \d$/);
    assert.deepEqual([faults.get('signed.example'), faults.get('open.example')], [[], undefined]);
  });
});

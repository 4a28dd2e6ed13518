// DANE-TA (RFC 7672 section 3.1.2) from end to end: zones that nsd serves and unbound validates, a Postfix that shows a chain of its own
// authorities, and a wire between it and the program that is listened to. What somebody else signed does not go, in clear or otherwise.

import assert from 'node:assert/strict';
import { X509Certificate, createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';
import { send } from '../support/mime.ts';
import { postfixMissing, startPostfix } from '../support/postfix.ts';
import type { Postfix } from '../support/postfix.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { readable, relayEnv, startRelay } from '../support/relay.ts';
import type { TestRelay } from '../support/relay.ts';
import { signedDnsMissing, startSignedDns } from '../support/signed-dns.ts';
import type { SignedDns } from '../support/signed-dns.ts';
import { startWire } from '../support/wire.ts';
import type { Wire } from '../support/wire.ts';

const missing = postfixMissing() ?? signedDnsMissing();
if (missing !== undefined) console.warn(missing);

const SECRET = 'The secret that an authority vouches for';
const root = makeAuthority();
const below = makeAuthority(root);
// Of the same name as ours, and not ours.
const other = makeAuthority();
const otherBelow = makeAuthority(other);

const whole = (pem: string): string => createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
const key = (pem: string): string =>
  createHash('sha256')
    .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
const rootRecords = [`2 0 1 ${whole(root.certPem)}`];

interface Case {
  readonly name: string;
  readonly words: string;
  readonly tlsa: readonly string[];
  /** What the server shows after its own certificate. */
  readonly chain: string;
  readonly signer?: typeof root;
  readonly goes: boolean;
}

const cases: readonly Case[] = [
  { name: 'root', words: 'the root of its chain', tlsa: rootRecords, chain: below.certPem + root.certPem, goes: true },
  {
    name: 'below',
    words: 'the authority between, by its key, beside a record of somebody else',
    tlsa: [`2 1 1 ${key(other.certPem)}`, `2 1 1 ${key(below.certPem)}`],
    chain: below.certPem,
    goes: true,
  },
  {
    name: 'unshown',
    words: 'a root that it does not show',
    tlsa: rootRecords,
    chain: below.certPem,
    goes: false,
  },
  {
    name: 'stranger',
    words: 'another authority than signed it',
    tlsa: rootRecords,
    chain: otherBelow.certPem + other.certPem,
    signer: otherBelow,
    goes: false,
  },
  {
    name: 'forged',
    words: 'an authority that it shows and that did not sign it, though one of its name did',
    tlsa: rootRecords,
    chain: below.certPem + root.certPem,
    signer: otherBelow,
    goes: false,
  },
];

interface Peer {
  readonly dir: string;
  readonly postfix: Postfix;
  readonly wire: Wire;
}

describe('a partner’s Postfix whose TLSA record names', { skip: missing ?? false }, () => {
  const peers = new Map<string, Peer>();
  let relay: TestRelay;
  let dns: SignedDns;
  let running: Running;

  before(async () => {
    const smtp = await freePort();
    relay = await startRelay();
    for (const [n, { name, chain, signer = below }] of cases.entries()) {
      const dir = mkdtempSync(join(tmpdir(), 'sealpost-peer-'));
      const own = makeCertificate({ authority: signer, names: [`mx.${name}.example`] });
      const certFile = join(dir, 'chain.pem');
      writeFileSync(certFile, own.certPem + chain);
      const postfix = await startPostfix({ dir, tls: { certFile, keyFile: own.keyFile } });
      peers.set(name, {
        dir,
        postfix,
        wire: await startWire({ host: `127.0.0.${n + 41}`, port: smtp }, postfix.port),
      });
    }
    dns = await startSignedDns(
      cases.map(({ name, tlsa }, n) => ({
        name: `${name}.example`,
        records: [
          '@ IN MX 10 mx',
          `mx IN A 127.0.0.${n + 41}`,
          ...tlsa.map((record) => `_${smtp}._tcp.mx IN TLSA ${record}`),
        ],
        state: 'signed',
      })),
    );
    running = await startProgram({
      env: {
        ...relayEnv(relay, 'opportunistic'),
        DNS_RESOLVER: `127.0.0.1:${dns.port}`,
        DELIVERY_NETWORKS: '127.0.0.0/8',
      },
      ports: { smtp, https: 1 },
    });
  });
  after(async () => {
    await running.stop();
    await Promise.all([relay.close(), dns.stop()]);
    for (const { dir, postfix, wire } of peers.values()) {
      await wire.close();
      await postfix.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  for (const { name, words, goes } of cases) {
    test(`${words}: ${goes ? 'the mail arrives' : 'no byte leaves'}`, async () => {
      const peer = peers.get(name);
      assert.ok(peer !== undefined);
      const to = `pat@${name}.example`;
      await send(running, { to, text: SECRET, headers: ['X-Sealpost-Deliver: best'] });
      await running.drain();
      assert.match(peer.wire.sent(), /STARTTLS/);
      assert.doesNotMatch(peer.wire.sent(), /secret|pat@|MAIL FROM|RCPT|DATA/i);
      if (goes) assert.match((await peer.postfix.arrived(to))[0] ?? '', new RegExp(SECRET));
      else assert.deepEqual(await peer.postfix.mailbox(to), []);
      assert.doesNotMatch(readable(relay.seen()), new RegExp(SECRET));
    });
  }
});

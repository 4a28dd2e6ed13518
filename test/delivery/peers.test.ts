// Real mail servers, good and bad, each with every kind of evidence, on a wire that is listened to: a mail goes only where the
// evidence is met, and of one that does not go no byte is seen. The table in docs/direct-delivery.md is made of what was seen.

import assert from 'node:assert/strict';
import { X509Certificate, createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { format } from 'prettier';
import { parseAddress } from '../../server/core/address.ts';
import type { Address } from '../../server/core/address.ts';
import { makeAuthority, makeCertificate } from '../support/certificates.ts';
import type { TestCertificate } from '../support/certificates.ts';
import { startDns } from '../support/dns-server.ts';
import type { TestDns, TestName } from '../support/dns-server.ts';
import { freePort } from '../support/free-port.ts';
import { postfixMissing, startPostfix } from '../support/postfix.ts';
import type { Postfix } from '../support/postfix.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';
import { startWire } from '../support/wire.ts';
import type { Wire } from '../support/wire.ts';

const missing = postfixMissing();
if (missing !== undefined) console.warn(missing);

const SECRET = 'The quick brown secret';
const authority = makeAuthority();
setDefaultCACertificates([...getCACertificates('default'), authority.certPem]);

interface Peer {
  readonly name: string;
  readonly words: string;
  readonly certificate: TestCertificate | undefined;
}

const peers: readonly Peer[] = [
  {
    name: 'good',
    words: 'a good certificate',
    certificate: makeCertificate({ authority, names: ['mx.good.example'] }),
  },
  {
    name: 'expired',
    words: 'a certificate that ran out',
    certificate: makeCertificate({ authority, names: ['mx.expired.example'], expiredDays: 2 }),
  },
  {
    name: 'wrong',
    words: 'a certificate of another name',
    certificate: makeCertificate({ authority, names: ['mail.example.org'] }),
  },
  {
    name: 'own',
    words: 'a certificate nobody vouches for',
    certificate: makeCertificate({ names: ['mx.own.example'] }),
  },
  { name: 'none', words: 'no TLS', certificate: undefined },
];

interface Ways {
  readonly words: string;
  readonly connector?: (peer: Peer) => object;
  readonly tlsa?: (peer: Peer) => Buffer;
  /** Of its record; 3 where it says nothing. */
  readonly usage?: 2;
  readonly sts?: (peer: Peer) => string;
  readonly isStripped?: true;
  /** Which peers meet it. */
  readonly met: readonly string[];
}

const keyDigest = (pem: string | undefined): Buffer =>
  pem === undefined
    ? randomBytes(32)
    : createHash('sha256')
        .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
        .digest();
const pinOf = ({ certificate }: Peer): Buffer => keyDigest(certificate?.certPem);
const authorityOf = ({ certificate }: Peer): Buffer => keyDigest(certificate?.caPem);
const pinned = (pin: Buffer): object => ({ certificate: { by: 'key', pins: [pin.toString('base64')] } });
const policy = (host: string): string => `version: STSv1\nmode: enforce\nmx: ${host}\nmax_age: 86400\n`;
const withTls = ['good', 'expired', 'wrong', 'own'];

const ways: readonly Ways[] = [
  { words: 'Connector, name of the host', connector: () => ({}), met: ['good'] },
  {
    words: 'Connector, another name that is given',
    connector: () => ({ certificate: { by: 'names', names: ['mail.example.org'] } }),
    met: ['wrong'],
  },
  { words: 'Connector, its key', connector: (peer) => pinned(pinOf(peer)), met: withTls },
  { words: 'Connector, another key', connector: () => pinned(randomBytes(32)), met: [] },
  { words: 'DANE-EE, its key', tlsa: pinOf, met: withTls },
  { words: 'DANE-EE, another key', tlsa: () => randomBytes(32), met: [] },
  { words: 'DANE-TA, its authority', usage: 2, tlsa: authorityOf, met: ['good', 'own'] },
  { words: 'DANE-TA, another authority', usage: 2, tlsa: () => randomBytes(32), met: [] },
  { words: 'DANE-TA, its own key', usage: 2, tlsa: pinOf, met: [] },
  { words: 'MTA-STS in force', sts: ({ name }) => policy(`mx.${name}.example`), met: ['good'] },
  { words: 'MTA-STS in force, for another host', sts: () => policy('mx.elsewhere.example'), met: [] },
  {
    words: 'MTA-STS being tested',
    sts: ({ name }) => policy(`mx.${name}.example`).replace('enforce', 'testing'),
    met: [],
  },
  { words: 'Connector, with STARTTLS taken off on the way', connector: () => ({}), isStripped: true, met: [] },
  { words: 'DANE-EE, with STARTTLS taken off on the way', tlsa: pinOf, isStripped: true, met: [] },
  {
    words: 'DANE-TA, with STARTTLS taken off on the way',
    usage: 2,
    tlsa: authorityOf,
    isStripped: true,
    met: [],
  },
  { words: 'Nothing', met: [] },
];

interface There {
  readonly postfix: Postfix;
  readonly wire: Wire;
  readonly dir: string;
}

const running: {
  program?: Running;
  dns?: TestDns;
  web?: Server;
  smtp: number;
  readonly peers: Map<string, There>;
} = { smtp: 0, peers: new Map() };
let said = '';
const seen = new Map<string, boolean>();

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
}

describe('real mail servers', { skip: missing ?? false }, () => {
  before(async () => {
    const [smtp, https] = [await freePort(), await freePort()];
    const certificate = makeCertificate({
      authority,
      names: ['mta-sts.good.example', ...peers.map(({ name }) => `mta-sts.${name}.example`)],
    });
    const web = createServer({ cert: certificate.certPem, key: certificate.keyPem }, (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/plain' }).end(said);
    });
    await new Promise<void>((resolve) => web.listen(https, '127.0.0.1', resolve));
    running.web = web;
    running.smtp = smtp;
    running.dns = await startDns();
    running.program = await startProgram({
      env: {
        RELAY_URL: 'direct',
        ORG_NAME: 'Example Ltd',
        ORG_DOMAINS: 'example.com',
        MAIL_FROM: 'Example Ltd <secure@example.com>',
        ADMINS: 'admin@example.com',
        SMTP_REQUIRE_TLS: 'false',
        SMTP_CLIENTS: '127.0.0.0/8',
        DNS_RESOLVER: `127.0.0.1:${running.dns.port}`,
        DELIVERY_NETWORKS: '127.0.0.0/8',
      },
      ports: { smtp, https },
    });
    for (const [n, { name, certificate: own }] of peers.entries()) {
      const dir = mkdtempSync(join(tmpdir(), 'sealpost-peer-'));
      // RFC 7672 section 3.1.2: the authority that DANE-TA names has to be among what the server shows.
      const certFile = join(dir, 'chain.pem');
      if (own !== undefined) writeFileSync(certFile, `${own.certPem}${own.caPem}`);
      const tls = own === undefined ? {} : { tls: { certFile, keyFile: own.keyFile } };
      const postfix = await startPostfix({ dir, ...tls });
      const wire = await startWire({ host: `127.0.0.${n + 11}`, port: smtp }, postfix.port);
      running.peers.set(name, { postfix, wire, dir });
    }
  });
  after(async () => {
    await running.program?.stop();
    await running.dns?.close();
    running.web?.closeAllConnections();
    running.web?.close();
    for (const { postfix, wire, dir } of running.peers.values()) {
      await wire.close();
      await postfix.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  for (const [n, peer] of peers.entries()) {
    for (const [w, way] of ways.entries()) {
      const isMet = way.met.includes(peer.name);
      test(`with ${peer.words}; ${way.words}: ${isMet ? 'the mail arrives' : 'no byte leaves'}`, async () => {
        const { program, dns } = running;
        const there = running.peers.get(peer.name);
        assert.ok(program !== undefined && dns !== undefined && there !== undefined);
        const domain = `${peer.name}.example`;
        const { delivery } = program.program;
        describeIn(dns, peer, way, `127.0.0.${n + 11}`, w);
        said = way.sts?.(peer) ?? '';
        const { version } = await delivery.connectors.newest();
        const value = way.connector === undefined ? [] : [{ domain, ...way.connector(peer) }];
        await delivery.connectors.save({ value, basedOn: version, actor: 'test' });
        there.wire.forget();
        there.wire.strip(way.isStripped === true);

        const plan = await delivery.route(domain);
        const to = address(`reader-${w}@${domain}`);
        const raw = Buffer.from(`Subject: ${SECRET}\r\nTo: ${to}\r\n\r\n${SECRET}\r\n`);
        const isSent =
          plan.kind === 'route' &&
          (await delivery.courier.send(plan.hosts, { from: '', to, raw, requireVerifiedTls: true })).outcome.kind ===
            'sent';
        seen.set(`${peer.name} ${w}`, isSent);
        assert.equal(isSent, isMet);
        // In clear it is never seen, whether it went or not.
        assert.doesNotMatch(there.wire.sent(), /secret|reader-|MAIL FROM|RCPT|DATA/i);
        if (isMet) assert.match((await there.postfix.arrived(to))[0] ?? '', new RegExp(SECRET));
        else assert.deepEqual(await there.postfix.mailbox(to), []);
      });
    }
  }

  test('what was seen stands in docs/direct-delivery.md', async () => {
    const file = join(import.meta.dirname, '../../docs/direct-delivery.md');
    const text = readFileSync(file, 'utf8');
    const [head = '', rest = ''] = text.split('<!-- peers -->\n');
    const [, tail = ''] = rest.split('<!-- end of peers -->\n');
    const whole = `${head}<!-- peers -->\n\n${await table()}\n<!-- end of peers -->\n${tail}`;
    if (process.env['WRITE_DOCS'] === '1') writeFileSync(file, whole);
    assert.equal(readFileSync(file, 'utf8'), whole, 'run this test with WRITE_DOCS=1 to write what was seen');
  });
});

function describeIn(dns: TestDns, peer: Peer, way: Ways, ip: string, id: number): void {
  const domain = `${peer.name}.example`;
  const signed = way.tlsa === undefined ? {} : { secure: true };
  const names: Record<string, TestName | undefined> = {
    [domain]: { mx: [[10, `mx.${domain}`]], ...signed },
    [`mx.${domain}`]: { a: [ip], ...signed },
    [`_mta-sts.${domain}`]: way.sts === undefined ? undefined : { txt: [`v=STSv1; id=${id};`] },
    [`mta-sts.${domain}`]: { a: ['127.0.0.1'] },
  };
  dns.names.clear();
  for (const [name, entry] of Object.entries(names)) if (entry !== undefined) dns.names.set(name, entry);
  const { tlsa } = way;
  if (tlsa === undefined) return;
  dns.names.set(`_${running.smtp}._tcp.mx.${domain}`, { tlsa: [[way.usage ?? 3, 1, 1, tlsa(peer)]], secure: true });
}

function table(): Promise<string> {
  const head = ['What vouches', ...peers.map(({ words }) => words)];
  const rows = ways.map((way, w) => [
    way.words,
    ...peers.map(({ name }) => (seen.get(`${name} ${w}`) === true ? 'the mail arrives' : 'no byte leaves')),
  ]);
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return format(lines.join('\n'), { parser: 'markdown' });
}

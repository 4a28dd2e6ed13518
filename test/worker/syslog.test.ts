// The stream of the audit log to a syslog server: every entry in order, framed, over TLS whose certificate is checked, by one
// process at a time.

import assert from 'node:assert/strict';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Server } from 'node:tls';
import { loadAuditHead } from '../../server/audit/audit-head.store.ts';
import { appendAudit } from '../../server/audit/audit.store.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { createAuditStream } from '../../server/worker/stream-audit.ts';
import type { AuditStream } from '../../server/worker/stream-audit.ts';
import { createSyslogSink } from '../../server/worker/syslog-sink.ts';
import { makeCertificate } from '../support/certificates.ts';
import type { TestCertificate } from '../support/certificates.ts';
import { describeEngines } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const good = makeCertificate({ names: ['localhost'] });

/** A server that takes messages apart as RFC 6587 section 3.4.1 says. */
class Receiver {
  readonly messages: string[] = [];
  readonly sockets = new Set<Socket>();
  readonly #server: Server;
  #left = Buffer.alloc(0);

  constructor({ certPem, keyPem }: TestCertificate) {
    this.#server = createServer({ cert: certPem, key: keyPem }, (socket) => {
      this.sockets.add(socket);
      this.#left = Buffer.alloc(0);
      socket.on('error', () => undefined).on('data', (data: Buffer) => this.#take(data));
    });
    this.#server.on('tlsClientError', () => undefined);
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes connections, and nothing that comes by them. */
  deafen(): void {
    this.#server.removeAllListeners('secureConnection');
    this.#server.on('secureConnection', (socket) => {
      this.sockets.add(socket.on('error', () => undefined));
    });
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
  }

  seqs(): number[] {
    return this.messages.map((message) => Number(/"seq":(\d+)/.exec(message)?.[1]));
  }

  #take(data: Buffer): void {
    this.#left = Buffer.concat([this.#left, data]);
    for (;;) {
      const blank = this.#left.indexOf(' ');
      const length = Number(this.#left.toString('latin1', 0, Math.max(0, blank)));
      if (blank < 1 || this.#left.length < blank + 1 + length) return;
      this.messages.push(this.#left.toString('utf8', blank + 1, blank + 1 + length));
      this.#left = this.#left.subarray(blank + 1 + length);
    }
  }
}

describeEngines('the audit log in syslog', (engine) => {
  let running: Running;
  const made: AuditStream[] = [];

  before(async () => {
    setDefaultCACertificates([...getCACertificates('default'), good.caPem]);
    running = await startProgram({ env: await engine.newDatabase() });
  });
  after(() => running.stop());

  async function tell(count: number): Promise<void> {
    const { db, vault } = running.store;
    for (let n = 0; n < count; n += 1) {
      const details = { address: 'alice@example.com', words: 'two\nlines, 12 <3>1' };
      await inTransaction(db, (tx) => appendAudit(vault, tx, { event: 'sign-in-refused', details }));
    }
  }

  function stream(port: number): AuditStream {
    const { db, keyring } = running.store;
    const silent = (): void => {};
    const log = { debug: silent, info: silent, warn: silent, error: silent, child: () => log };
    const sink = createSyslogSink({ host: 'localhost', port, tls: true });
    const one = createAuditStream({
      db,
      keyring,
      clock: { nowMs: () => Date.now() },
      log,
      host: 'portal.example.com',
      sink,
    });
    made.push(one);
    one.start();
    return one;
  }

  test('arrives whole and in order, each entry a message of RFC 5424, from two processes once', async () => {
    const receiver = new Receiver(good);
    const port = await receiver.listen();
    await tell(3);
    const both = [stream(port), stream(port)];
    await tell(2);
    await eventually(() => receiver.messages.length >= 5);
    assert.deepEqual(receiver.seqs(), [1, 2, 3, 4, 5]);
    assert.match(
      receiver.messages[0] ?? '',
      /^<108>1 \d{4}-\d\d-\d\dT[\d:.]+Z portal\.example\.com sealpost - sign-in-refused - \uFEFF\{"seq":1,[^\n]*\}$/,
    );
    await Promise.all(both.map((one) => one.stop()));
    receiver.close();
  });

  test('goes on where it stood, after a stop and after a line that broke', async () => {
    const receiver = new Receiver(good);
    const port = await receiver.listen();
    await tell(1);
    const one = stream(port);
    await eventually(() => receiver.messages.length >= 1);
    assert.deepEqual(receiver.seqs(), [6]);
    for (const socket of receiver.sockets) socket.destroy();
    await tell(1);
    await eventually(() => receiver.messages.length >= 2);
    assert.deepEqual(receiver.seqs(), [6, 7]);
    await one.stop();
    receiver.close();
  });

  test('ends when it is told to, also while a server takes nothing more, and is whole afterwards', async () => {
    const deaf = new Receiver(good);
    const port = await deaf.listen();
    deaf.deafen();
    const { db, vault } = running.store;
    const words = 'x'.repeat(100_000);
    await inTransaction(db, async (tx) => {
      for (let n = 0; n < 150; n += 1) await appendAudit(vault, tx, { event: 'code-asked', details: { words, n } });
    });
    const stuck = stream(port);
    await eventually(() => deaf.sockets.size > 0);
    await stuck.stop();
    deaf.close();
    const last = (await loadAuditHead(db))?.seq ?? 0;
    const receiver = new Receiver(good);
    const one = stream(await receiver.listen());
    await eventually(() => receiver.seqs().at(-1) === last);
    assert.deepEqual(
      receiver.seqs(),
      Array.from({ length: 150 }, (_, n) => last - 149 + n),
    );
    await one.stop();
    receiver.close();
  });

  test('tells a server nothing whose certificate is another’s, nobody’s or over', async () => {
    await tell(1);
    const others = [
      makeCertificate({ names: ['logs.example.com'] }),
      makeCertificate({ names: ['localhost'] }),
      makeCertificate({ names: ['localhost'], expiredDays: 1 }),
    ];
    for (const certificate of others) {
      const receiver = new Receiver(certificate);
      const port = await receiver.listen();
      await assert.rejects(createSyslogSink({ host: 'localhost', port, tls: true }).write([Buffer.from('1 x')]));
      assert.deepEqual(receiver.messages, []);
      receiver.close();
    }
  });
});

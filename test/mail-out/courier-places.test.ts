// Owns the proof that of what goes to others' mail servers only so much goes to one domain and to one host at a time, counted by the
// servers themselves, and that the rest is sent away at once.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { createDirectCourier } from '../../server/mail/courier-direct.ts';
import type { DirectCourier, DirectHost, DirectOutcome } from '../../server/mail/courier-direct.ts';
import { Crowded } from '../../server/mail/courier-places.ts';
import { eventually } from '../support/eventually.ts';
import { RAW, SENDER, address } from './courier-bench.ts';

/** Counts the connections to its sinks, together, and takes mails only once it is opened. */
class Sinks {
  now = 0;
  most = 0;
  mails = 0;
  readonly #held: (() => void)[] = [];
  #isOpen = false;

  async host(t: TestContext, name: string): Promise<DirectHost> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      this.now += 1;
      this.most = Math.max(this.most, this.now);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        this.now -= 1;
      });
      this.#converse(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    // A TCP server that listens has one.
    return { host: name, port: (server.address() as AddressInfo).port, addresses: ['127.0.0.1'], demand: undefined };
  }

  open(): void {
    this.#isOpen = true;
    for (const release of this.#held.splice(0)) release();
  }

  shut(): void {
    this.#isOpen = false;
  }

  #converse(socket: Socket): void {
    let inContent = false;
    const say = (line: string): boolean => socket.writable && socket.write(`${line}\r\n`);
    say('220 sink ESMTP');
    socket.on('data', (bytes) => {
      for (const line of bytes.toString('latin1').split('\r\n').slice(0, -1)) {
        if (inContent && line !== '.') continue;
        if (line === '.') {
          inContent = false;
          const take = (): void => {
            this.mails += 1;
            say('250 2.0.0 taken');
          };
          if (this.#isOpen) take();
          else this.#held.push(take);
        } else if (line === 'DATA') {
          inContent = true;
          say('354 go on');
        } else if (line === 'QUIT') {
          socket.end('221 2.0.0 bye\r\n');
        } else say('250 2.0.0 ok');
      }
    });
  }

  get held(): number {
    return this.#held.length;
  }
}

function courier(t: TestContext): DirectCourier {
  const made = createDirectCourier({ name: 'portal.example.com', tls: 'opportunistic' });
  t.after(() => made.close());
  return made;
}

function to(domain: string, isUrgent = false) {
  return { from: SENDER, to: address(`pat@${domain}`), raw: RAW, isUrgent };
}

/** How many were sent, and how many sent away. */
async function tally(all: readonly Promise<DirectOutcome>[]): Promise<[sent: number, crowded: number]> {
  const settled = await Promise.allSettled(all);
  const sent = settled.filter((one) => one.status === 'fulfilled' && one.value.outcome.kind === 'sent').length;
  const crowded = settled.filter((one) => one.status === 'rejected' && one.reason instanceof Crowded).length;
  return [sent, crowded];
}

describe('one domain', () => {
  test('has two connections at a time to all of its hosts together, and as many mails wait', async (t) => {
    const sinks = new Sinks();
    const hosts = await Promise.all(
      ['mx1.slow.example', 'mx2.slow.example', 'mx3.slow.example'].map((one) => sinks.host(t, one)),
    );
    const direct = courier(t);
    const mails = Array.from({ length: 9 }, (_, n) => direct.send(hosts.slice(n % 3), to('slow.example')));
    const all = tally(mails);
    await eventually(() => sinks.held >= 2);
    sinks.open();
    assert.deepEqual(await all, [4, 5]);
    assert.deepEqual([sinks.most, sinks.mails], [2, 4]);
  });

  test('holds up no other', async (t) => {
    const [slow, quick] = [new Sinks(), new Sinks()];
    const slowHost = await slow.host(t, 'mx.slow.example');
    const quickHost = await quick.host(t, 'mx.quick.example');
    quick.open();
    const direct = courier(t);
    const all = tally(Array.from({ length: 20 }, () => direct.send([slowHost], to('slow.example'))));
    await eventually(() => slow.held >= 2);
    assert.equal((await direct.send([quickHost], to('quick.example'))).outcome.kind, 'sent');
    slow.open();
    assert.deepEqual(await all, [4, 16]);
  });

  test('keeps room for what somebody waits for', async (t) => {
    const sinks = new Sinks();
    const host = await sinks.host(t, 'mx.slow.example');
    const direct = courier(t);
    const notices = tally(Array.from({ length: 9 }, () => direct.send([host], to('slow.example'))));
    const codes = tally(Array.from({ length: 9 }, () => direct.send([host], to('slow.example', true))));
    await eventually(() => sinks.held >= 2);
    sinks.open();
    assert.deepEqual(
      [await notices, await codes],
      [
        [4, 5],
        [2, 7],
      ],
    );
    assert.equal(sinks.most, 2);
  });

  test('has connections that stand idle counted as well', async (t) => {
    const sinks = new Sinks();
    const hosts = await Promise.all(['mx1.idle.example', 'mx2.idle.example'].map((one) => sinks.host(t, one)));
    const direct = courier(t);
    for (const host of hosts) {
      sinks.shut();
      const both = tally([direct.send([host], to('idle.example')), direct.send([host], to('idle.example'))]);
      await eventually(() => sinks.held >= 2);
      sinks.open();
      assert.deepEqual(await both, [2, 0]);
    }
    assert.equal(sinks.most, 2);
  });
});

describe('one host', () => {
  test('has two connections at a time from all of its domains together, and as many mails wait', async (t) => {
    const sinks = new Sinks();
    const provider = await sinks.host(t, 'mx.provider.example');
    const direct = courier(t);
    const all = tally(Array.from({ length: 9 }, (_, n) => direct.send([provider], to(`domain${n}.example`))));
    await eventually(() => sinks.held >= 2);
    sinks.open();
    assert.deepEqual(await all, [4, 5]);
    assert.deepEqual([sinks.most, sinks.mails], [2, 4]);
  });

  test('has them also where its domains ask different things of it', async (t) => {
    const sinks = new Sinks();
    const provider = await sinks.host(t, 'mx.provider.example');
    const otherwise = { ...provider, addresses: undefined, host: 'localhost' };
    const also = { ...provider, host: 'localhost' };
    const direct = courier(t);
    for (const host of [otherwise, also, otherwise]) {
      sinks.shut();
      const both = tally([direct.send([host], to('one.example')), direct.send([host], to('two.example'))]);
      await eventually(() => sinks.held >= 2);
      sinks.open();
      assert.deepEqual(await both, [2, 0]);
    }
    assert.equal(sinks.most, 2);
  });

  test('goes on with connections that are there', async (t) => {
    const sinks = new Sinks();
    const provider = await sinks.host(t, 'mx.provider.example');
    sinks.open();
    const direct = courier(t);
    for (let n = 0; n < 6; n += 1) await direct.send([provider], to(`domain${n}.example`));
    assert.deepEqual([sinks.most, sinks.mails], [1, 6]);
  });
});

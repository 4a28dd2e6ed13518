import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { AppError } from '../../server/core/errors.ts';
import { limits } from '../../server/core/limits.ts';
import { MailCutOff } from '../../server/ingest/smtp-content.ts';
import type { SubmittedMail } from '../../server/ingest/smtp-intake.ts';
import {
  beginMail,
  greet,
  ID,
  MAIL,
  makeGate,
  PASSWORD,
  readAll,
  startListener,
  STRANGER,
  USER,
} from './smtp-harness.ts';

const END = '\r\n.\r\n';
const taken = { id: '01jd0000000000000000000001' };

describe('a mail that is handed on', () => {
  it('carries the checked envelope, the peer, and the bytes with their dots unstuffed', async () => {
    await using listener = await startListener({ authenticate: async () => true });
    const peer = await listener.connect(STRANGER);
    await greet(peer);
    await peer.command(`AUTH PLAIN ${Buffer.from(`\0${USER}\0${PASSWORD}`).toString('base64')}`);
    await beginMail(peer, ['Bob@Example.NET', 'carol@xn--exmple-cua.net', 'bob@example.net']);
    assert.match(await peer.command(`${MAIL}..\r\n...two\r\n.`), ID);
    const [mail] = listener.mails;
    assert.deepEqual(mail?.about.envelope, {
      from: 'anna@example.com',
      to: ['bob@example.net', 'carol@xn--exmple-cua.net'],
    });
    assert.deepEqual(mail?.about.peer, { ip: STRANGER, user: USER, tls: false });
    assert.equal(mail?.raw.toString(), `${MAIL}.\r\n..two\r\n`);
    peer.destroy();
  });

  it('is answered only when onMail has resolved', async () => {
    const stored = makeGate<void>();
    await using listener = await startListener({
      onMail: async ({ content }) => {
        await readAll(content);
        await stored.promise;
        return taken;
      },
    });
    const peer = await listener.connect();
    await greet(peer);
    await beginMail(peer);
    await peer.write(`${MAIL}.\r\nNOOP\r\n`);
    let answered = false;
    const reply = peer.reply().then((lines) => {
      answered = true;
      return lines;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(answered, false);
    stored.resolve();
    assert.deepEqual(await reply, [`250 2.0.0 ${taken.id}`]);
    peer.destroy();
  });

  it('is never answered 250 when onMail did not read it to its end', async () => {
    await using listener = await startListener({ onMail: async () => taken });
    const peer = await listener.connect();
    await greet(peer);
    await beginMail(peer);
    assert.match(await peer.command(`${MAIL}.`), /^451 4\.3\.0 /);
    assert.equal(listener.logged.at(-1)?.level, 'error');
    peer.destroy();
  });

  it('waits in the socket while onMail is not reading', async () => {
    const begin = makeGate<void>();
    let bytes = 0;
    await using listener = await startListener({
      messageBytesMax: 64 * 1024 * 1024,
      onMail: async ({ content }) => {
        await begin.promise;
        for await (const chunk of content) bytes += chunk.length;
        return taken;
      },
    });
    const peer = await listener.connect();
    await greet(peer);
    await beginMail(peer);
    const line = `${'x'.repeat(70)}\r\n`;
    const totalBytes = 32 * 1024 * 1024;
    let sent = 0;
    const sending = (async () => {
      for (; sent < totalBytes; sent += line.length * 10_000) await peer.write(line.repeat(10_000));
      await peer.write('.\r\n');
    })();
    for (let seen = -1; seen !== sent;) {
      seen = sent;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.ok(sent < totalBytes, 'the sender was held back');
    begin.resolve();
    await sending;
    assert.equal((await peer.reply()).at(-1), `250 2.0.0 ${taken.id}`);
    assert.equal(bytes, sent);
    peer.destroy();
  });
});

describe('a mail that is refused', () => {
  it('leaves the connection ready for the next one, whenever onMail threw', async () => {
    let calls = 0;
    await using listener = await startListener({
      onMail: async ({ content }) => {
        calls += 1;
        if (calls === 1) throw new AppError('policy/refused', 'Rule "no invoices" refuses the mail');
        for await (const _ of content) if (calls === 2) throw new AppError('mail/rights-protected', 'x');
        if (calls === 3) throw new AppError('mail/unreadable', 'x');
        return taken;
      },
    });
    const peer = await listener.connect();
    await greet(peer);
    const large = `${MAIL}${'y'.repeat(300_000)}`;
    const expected = [
      '554 5.7.1 Rule "no invoices" refuses the mail',
      '550 5.6.1 ',
      '554 5.6.0 ',
      `250 2.0.0 ${taken.id}`,
    ];
    for (const answer of expected) {
      await beginMail(peer);
      assert.ok((await peer.command(`${large}\r\n.`)).startsWith(answer), answer);
    }
    peer.destroy();
  });

  it('is answered only after its last byte', async () => {
    await using listener = await startListener({ onMail: () => Promise.reject(new AppError('mail/loop', 'x')) });
    const peer = await listener.connect();
    await greet(peer);
    await beginMail(peer);
    await peer.write(MAIL);
    let answered = false;
    const reply = peer.reply().then((lines) => {
      answered = true;
      return lines;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(answered, false);
    await peer.write('.\r\n');
    assert.match((await reply).join(), /^554 5\.4\.6 /);
    peer.destroy();
  });

  it('shows nothing of an unforeseen error to the peer, and all of it to the log', async () => {
    await using listener = await startListener({
      onMail: async ({ content }) => {
        await readAll(content);
        throw Object.assign(new Error('disk full at /srv/data'), { responseCode: 550 });
      },
    });
    const peer = await listener.connect();
    await greet(peer);
    await beginMail(peer);
    assert.equal(await peer.command(`${MAIL}.`), '451 4.3.0 The mail could not be taken in just now, try again later');
    const { event, err } = listener.logged.at(-1) ?? {};
    assert.equal(event, 'smtp.mail-failed');
    assert.match(String(err), /disk full/);
    peer.destroy();
  });
});

describe('the size limit', () => {
  it('lets a mail of exactly the limit in, and not one byte more', async () => {
    await using listener = await startListener({ messageBytesMax: 1000 });
    const peer = await listener.connect();
    await greet(peer);
    await beginMail(peer);
    // A stuffed dot is not part of the mail, and does not count.
    assert.match(await peer.command(`..${'x'.repeat(997)}\r\n.`), ID);
    assert.equal(listener.mails[0]?.raw.length, 1000);
    await beginMail(peer);
    assert.match(await peer.command(`${'x'.repeat(999)}\r\n.`), /^552 5\.3\.4 /);
    assert.equal(listener.mails.length, 1);
    peer.destroy();
  });

  it('closes the connection of a peer that goes on past twice the limit', async () => {
    await using listener = await startListener({ messageBytesMax: 1000 });
    const peer = await listener.connect();
    await greet(peer);
    await beginMail(peer);
    await peer.write(`${'x'.repeat(80)}\r\n`.repeat(40));
    await peer.write(`${'x'.repeat(80)}\r\n`.repeat(40));
    assert.match((await peer.closed()).join(), /^552 5\.3\.4 [^,]*$/);
    assert.equal(listener.mails.length, 0);
    peer.destroy();
  });
});

describe('a mail that is cut off', () => {
  it('fails for whoever reads it, also when the reading begins only afterwards', async () => {
    for (const early of [true, false]) {
      const gone = makeGate<void>();
      const outcome = makeGate<unknown>();
      await using listener = await startListener({
        onMail: async ({ content }) => {
          if (!early) await gone.promise;
          await readAll(content).then(() => outcome.resolve('read'), outcome.resolve);
          return taken;
        },
      });
      const peer = await listener.connect();
      await greet(peer);
      await beginMail(peer);
      await peer.write(MAIL);
      peer.destroy();
      setTimeout(gone.resolve, 50);
      assert.ok((await outcome.promise) instanceof MailCutOff);
    }
  });

  it('fails for whoever reads it when a bare LF ends the session, and is not answered twice', async () => {
    const outcome = makeGate<unknown>();
    await using listener = await startListener({
      onMail: async ({ content }) => {
        await readAll(content).then(() => outcome.resolve('read'), outcome.resolve);
        return taken;
      },
    });
    const peer = await listener.connect();
    await greet(peer);
    await beginMail(peer);
    await peer.write(`${MAIL}\n.\r\n${END}`);
    assert.deepEqual(await peer.closed(), ['521 5.5.2 Lines must end with CR LF; a bare CR or LF ends the session']);
    assert.ok((await outcome.promise) instanceof MailCutOff);
  });

  it('fails at once, and not only when the peer at last closes its side', async () => {
    const order: string[] = [];
    const failed = makeGate<void>();
    await using listener = await startListener({
      onMail: async ({ content }) => {
        await readAll(content).catch(() => order.push('failed'));
        failed.resolve();
        return taken;
      },
    });
    const socket = connect({ host: listener.host, port: listener.port, allowHalfOpen: true });
    socket.on('error', () => undefined).on('close', () => order.push('closed'));
    socket.resume();
    const commands = ['EHLO a', 'MAIL FROM:<anna@example.com>', 'RCPT TO:<bob@example.net>', 'DATA', 'Subject: x\n'];
    for (const command of commands) {
      socket.write(`${command}\r\n`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await failed.promise;
    for (let n = 0; n < 3; n += 1) {
      socket.write('NOOP\r\n'); // heard in silence as long as the server has not let go of the connection
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    assert.deepEqual(order, ['failed'], 'the connection is still half open');
    socket.destroy();
  });

  it('is not ended by hanging up behind the dot', async () => {
    await using listener = await startListener();
    const peer = await listener.connect();
    await greet(peer);
    await beginMail(peer);
    await peer.write(`${MAIL}.\r`);
    peer.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(listener.mails.length, 0);
  });
});

describe('bounds on a peer', () => {
  it('refuses the recipient after the last that fits, and serves the others', async () => {
    await using listener = await startListener();
    const peer = await listener.connect();
    await greet(peer);
    await peer.command('MAIL FROM:<anna@example.com>');
    const commands = Array.from({ length: limits.recipientsMax + 1 }, (_, n) => `RCPT TO:<r${n}@example.net>\r\n`);
    await peer.write(commands.join(''));
    for (let n = 0; n < limits.recipientsMax; n += 1) assert.match((await peer.line()) ?? '', /^250 /);
    assert.match((await peer.line()) ?? '', /^452 4\.5\.3 /);
    await peer.command('DATA');
    assert.match(await peer.command(`${MAIL}.`), ID);
    assert.equal(listener.mails[0]?.about.envelope.to.length, limits.recipientsMax);
    peer.destroy();
  });

  it('sends an idle peer away', async () => {
    await using listener = await startListener({ idleMs: 30 });
    const peer = await listener.connect();
    await greet(peer);
    assert.match((await peer.closed()).join(), /^421 4\.4\.2 /);
  });

  it('sends a peer away that never sends a mail', async () => {
    await using listener = await startListener();
    const peer = await listener.connect();
    await greet(peer);
    await beginMail(peer);
    await peer.command(`${MAIL}.`);
    await peer.write('NOOP\r\nDATA\r\n'.repeat(limits.smtpCommandsPerMailMax / 2));
    for (let n = 0; n < limits.smtpCommandsPerMailMax; n += 1) assert.match((await peer.line()) ?? '', /^(250|503) /);
    await peer.write('NOOP\r\n');
    const replies = await peer.closed();
    assert.equal(replies.length, 1);
    assert.match(replies.at(-1) ?? '', /^421 4\.7\.0 /);
  });

  it('ends the session at a command line without an end', async () => {
    await using listener = await startListener();
    const peer = await listener.connect();
    await peer.reply();
    await peer.write(`NOOP ${'x'.repeat(limits.smtpCommandBytesMax)}`);
    assert.match((await peer.closed()).join(), /^421 4\.5\.2 /);
  });

  it('refuses connections past the most it serves, and serves again when one is given back', async () => {
    await using listener = await startListener({ connectionsMax: 2 });
    const first = await listener.connect();
    await greet(first);
    const second = await listener.connect();
    await greet(second);
    const third = await listener.connect();
    assert.match((await third.closed()).join(), /^421 4\.7\.0 Too many connections/);
    await first.command('QUIT');
    const fourth = await listener.connect();
    assert.match((await fourth.reply()).join(), /^220 /);
    for (const peer of [first, second, third, fourth]) peer.destroy();
  });

  it('lets no stranger hold all connections', async () => {
    await using listener = await startListener();
    const held = [];
    for (let n = 0; n < limits.smtpConnectionsPerStrangerMax; n += 1) held.push(await listener.connect(STRANGER));
    for (const peer of held) assert.match((await peer.reply()).join(), /^220 /);
    const refused = await listener.connect(STRANGER);
    assert.match((await refused.closed()).join(), /^421 4\.7\.0 /);
    const known = [];
    for (let n = 0; n <= limits.smtpConnectionsPerStrangerMax; n += 1) known.push(await listener.connect());
    for (const peer of known) assert.match((await peer.reply()).join(), /^220 /);
    for (const peer of [...held, refused, ...known]) peer.destroy();
  });
});

describe('signing in over SMTP', () => {
  const attempt = `AUTH PLAIN ${Buffer.from(`\0${USER}\0${PASSWORD}`).toString('base64')}`;

  it('is refused without looking at the password when the network has failed too often', async () => {
    let looked = 0;
    const asked: string[] = [];
    await using listener = await startListener({
      authenticate: async () => ((looked += 1), true),
      mayTryAuth: async (ip) => (asked.push(ip), false),
    });
    const peer = await listener.connect(STRANGER);
    await greet(peer);
    await peer.write(`${attempt}\r\n`);
    assert.match((await peer.closed()).join(), /^421 4\.7\.0 /);
    assert.equal(looked, 0);
    assert.deepEqual(asked, [STRANGER]);
  });

  it('fails closed, and says so as weather, when the check itself fails', async () => {
    for (const broken of [
      { authenticate: () => Promise.reject(new AppError('server/busy', 'x')) },
      { authenticate: async () => true, mayTryAuth: () => Promise.reject(new Error('database gone')) },
    ]) {
      await using listener = await startListener(broken);
      const peer = await listener.connect(STRANGER);
      await greet(peer);
      assert.equal(await peer.command(attempt), '454 4.7.0 Temporary authentication failure, try again later');
      assert.match(await peer.command('MAIL FROM:<anna@example.com>'), /^530 5\.7\.0 /);
      peer.destroy();
    }
  });

  it('needs a name, and a command line with an end', async () => {
    const names: string[] = [];
    await using listener = await startListener({ authenticate: async (user) => (names.push(user), true) });
    const peer = await listener.connect(STRANGER);
    await greet(peer);
    assert.match(await peer.command(`AUTH PLAIN ${Buffer.from('\0\0x').toString('base64')}`), /^535 5\.7\.8 /);
    await peer.write(attempt);
    peer.end();
    assert.deepEqual(await peer.closed(), []);
    assert.deepEqual(names, []);
  });

  it('is not offered where there are no users', async () => {
    await using listener = await startListener();
    const peer = await listener.connect();
    await greet(peer);
    assert.match(await peer.command(attempt), /^502 5\.5\.1 /);
    peer.destroy();
  });

  it('without TLS needs a peer on this machine', async () => {
    const { refuseSignIn } = await import('../../server/ingest/smtp-peer.ts');
    const rules = { requireTls: false, clients: () => false, authenticate: async () => true };
    const peer = { tls: false, user: undefined, identity: undefined };
    assert.equal(refuseSignIn({ ...peer, ip: '127.0.0.1' }, rules), undefined);
    assert.equal(refuseSignIn({ ...peer, ip: '::1' }, rules), undefined);
    assert.equal(refuseSignIn({ ...peer, ip: '192.0.2.1' }, rules)?.code, 530);
    assert.equal(refuseSignIn({ ...peer, ip: '2001:db8::1' }, rules)?.code, 530);
    assert.equal(refuseSignIn({ ...peer, ip: '127.0.0.1' }, { ...rules, requireTls: true })?.code, 530);
  });
});

describe('closing the listener', () => {
  it('sends idle peers away and lets a mail under way end', async () => {
    const received: SubmittedMail[] = [];
    const listener = await startListener({
      onMail: async (mail) => {
        await readAll(mail.content);
        received.push(mail);
        return taken;
      },
    });
    const idle = await listener.connect();
    await greet(idle);
    const busy = await listener.connect();
    await greet(busy);
    await beginMail(busy);
    const closed = listener.close();
    assert.match((await idle.closed()).join(), /^421 4\.3\.2 /);
    assert.equal(await busy.command(`${MAIL}.`), `250 2.0.0 ${taken.id}`);
    busy.destroy();
    await closed;
    assert.equal(received.length, 1);
    await assert.rejects(listener.connect());
  });

  it('rejects listening where somebody else listens', async () => {
    await using listener = await startListener();
    await assert.rejects(startListener({ port: listener.port }), { code: 'EADDRINUSE' });
  });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, describe, it } from 'node:test';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerEnvelope } from 'smtp-server';
import { loadConfig } from '../../server/config.ts';
import { sendSample } from '../../server/try/send-sample.ts';

const ID = '01j8zq3v9x5e7r2k4m6n8p0abc';
const at = new Date('2026-11-20T09:30:00Z');
const servers: SMTPServer[] = [];

after(() => servers.forEach((server) => server.close()));

interface Peer {
  port: number;
  taken: { envelope: SMTPServerEnvelope; mail: ParsedMail }[];
}

/** A listener that answers as Sealpost does, or refuses each sender with `refusal`. */
async function listen(answer: string, refusal?: string): Promise<Peer> {
  const taken: Peer['taken'] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onMailFrom(_address, _session, done) {
      done(refusal === undefined ? null : Object.assign(new Error(refusal), { responseCode: 550 }));
    },
    onData(stream, session, done) {
      void simpleParser(stream).then((mail) => {
        taken.push({ envelope: session.envelope, mail });
        done(null, answer);
      });
    },
  });
  servers.push(server);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const where = listening.address();
  assert.ok(typeof where === 'object' && where !== null);
  return { port: where.port, taken };
}

async function run(env: Record<string, string>): Promise<{ sent: boolean; printed: string }> {
  const lines: string[] = [];
  const sent = await sendSample({ config: loadConfig(env), at, print: (line) => lines.push(line) });
  return { sent, printed: lines.join('\n') };
}

describe('npm run try', () => {
  it('sends one mail to two recipients, and says the answer, the id and where to look next', async () => {
    const peer = await listen(`2.0.0 ${ID}`);
    const { sent, printed } = await run({
      SMTP_LISTEN: `127.0.0.1:${peer.port}`,
      PUBLIC_URL: 'http://localhost:8080/p',
    });
    assert.equal(sent, true);
    assert.match(printed, new RegExp(`answer +250 2\\.0\\.0 ${ID}`));
    assert.match(printed, new RegExp(`id +${ID}$`, 'm'));
    assert.match(printed, /http:\/\/localhost:8080\/p\/try\/mailbox$/m);
    assert.equal(peer.taken.length, 1);
    const envelope = peer.taken[0]?.envelope;
    assert.equal(envelope?.mailFrom && envelope.mailFrom.address, 'alice@example.com');
    assert.deepEqual(
      envelope?.rcptTo.map((to) => to.address),
      ['bob@recipient.example', 'carol@partner.example'],
    );
    assert.equal(peer.taken[0]?.mail.attachments.length, 3);
  });

  it('writes from the first of ORG_DOMAINS', async () => {
    const peer = await listen(`2.0.0 ${ID}`);
    await run({ SMTP_LISTEN: `127.0.0.1:${peer.port}`, ORG_DOMAINS: 'acme.test, example.com' });
    assert.equal(peer.taken[0]?.mail.from?.value[0]?.address, 'alice@acme.test');
  });

  it('says in one line that nothing listens, and what to do', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const where = free.address();
    assert.ok(typeof where === 'object' && where !== null);
    free.close();
    await once(free, 'close');
    const { sent, printed } = await run({ SMTP_LISTEN: `127.0.0.1:${where.port}` });
    assert.equal(sent, false);
    assert.equal(
      printed,
      `Nothing listens on 127.0.0.1:${where.port}. Start Sealpost with \`npm start\`, leave it running, and try again.`,
    );
  });

  it('passes on a refusal with the step it came at', async () => {
    const peer = await listen('', '5.7.1 The author is not in ORG_DOMAINS');
    const { sent, printed } = await run({ SMTP_LISTEN: `127.0.0.1:${peer.port}` });
    assert.equal(sent, false);
    assert.match(printed, /did not take the sample: at MAIL it answered "550 5\.7\.1 The author/);
    assert.equal(printed.split('\n').length, 1);
  });

  it('is not content with an answer that carries no id', async () => {
    const peer = await listen('OK: message queued');
    const { sent, printed } = await run({ SMTP_LISTEN: `127.0.0.1:${peer.port}` });
    assert.equal(sent, false);
    assert.match(printed, /id +none/);
  });
});

// The proof of delivery: what it says, that anybody can check it without this program's store, and what it does not say.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parsePolicyDocument } from '../../server/policy/document.ts';
import { compilePolicy } from '../../server/policy/policy.ts';
import { sha256 } from '../../server/crypto/digest.ts';
import type { Statement } from '../../server/sender/proof-statement.ts';
import { Visitor } from '../support/browser.ts';
import { sealpost } from '../support/command.ts';
import { signInByAddress, signInByLink } from '../support/mailbox.ts';
import { send } from '../support/mime.ts';
import { startProgram } from '../support/program.ts';
import type { Running } from '../support/program.ts';

const CONTENT = 'one,two\n';

describe('a proof of delivery', () => {
  let running: Running;
  let alice: Visitor;
  let path = '';
  let file = '';
  let keys = '';
  let statement: Statement;
  let signature = '';

  const inData = (name: string, text: string): string => {
    const place = join(running.dataDir, name);
    writeFileSync(place, text);
    return place;
  };
  const verify = (...args: string[]) =>
    sealpost({ DATA_DIR: join(running.dataDir, 'nothing-here') }, 'proof', 'verify', ...args);

  before(async () => {
    const watched = { id: 'watch', name: 'Watch', state: 'shadow', then: [{ refuse: 'Never.' }] };
    const policy = compilePolicy(parsePolicyDocument({ format: 1, rules: [watched] }));
    running = await startProgram({ policy: () => policy });
    const id = await send(running, {
      from: 'Alice Example <alice@example.com>',
      to: 'bob@recipient.example, carol@third.example',
      subject: 'The figures',
      text: 'Here they are.',
      parts: [{ name: 'figures.csv', type: 'text/csv', content: CONTENT }],
    });
    const bob = await signInByLink(running, 'bob@recipient.example');
    assert.equal((await bob.get(`/messages/${id}`)).status, 200);
    alice = await signInByAddress(running, 'alice@example.com');
    path = `/sent/${id}`;
    assert.equal((await alice.post(`${path}/revoke`, { recipient: '1' }, path)).status, 303);
    const taken = await alice.get(`${path}/proof.json`);
    file = inData('proof.json', taken.text);
    keys = inData('keys.json', (await new Visitor(running.url).get('/.well-known/sealpost-keys.json')).text);
    ({ statement, signature } = JSON.parse(taken.text) as { statement: Statement; signature: string });
  });
  after(() => running.stop());

  test('says what was sent, to whom, under which protection, and what became of it', () => {
    const { message, protection, recipients, events, complete } = statement;
    assert.equal(message.subject, 'The figures');
    assert.equal(message.textSha256, sha256('Here they are.').toString('hex'));
    assert.deepEqual(
      message.attachments.map(({ filename, sha256: digest }) => [filename, digest]),
      [['figures.csv', sha256(CONTENT).toString('hex')]],
    );
    assert.equal(protection.name, 'encrypt-only');
    assert.deepEqual(
      recipients.map(({ address, status }) => [address, status]),
      [
        ['bob@recipient.example', 'opened'],
        ['carol@third.example', 'revoked'],
      ],
    );
    const told = events.map(({ event, recipient }) => `${event} ${recipient}`);
    for (const one of ['message-accepted null', 'notice-sent 0', 'notice-sent 1', 'signed-in 0', 'message-read 0']) {
      assert.ok(told.includes(one), `${one} is not among ${told.join(', ')}`);
    }
    assert.ok(told.some((one) => one.startsWith('message-revoked')));
    assert.ok(complete);
  });

  test('says nothing of links, codes, and from where somebody read', () => {
    // The mail server that handed it in is the organisation's own, and is said.
    const ofReaders = JSON.stringify({
      ...statement,
      events: statement.events.filter(({ recipient }) => recipient !== null),
    });
    assert.doesNotMatch(ofReaders, /127\.0\.0\.1|network|token|\/m\//);
    assert.doesNotMatch(JSON.stringify(statement), /watch/, 'nor of rules in shadow');
  });

  test('is checked offline with the published key alone', async () => {
    const { code, out } = await verify(file, '--keys', keys);
    assert.equal(code, 0);
    assert.match(out, /^The signature holds\. Signed by http/);
    assert.match(out, /1\. bob@recipient\.example: opened\n  2\. carol@third\.example: revoked/);
  });

  test('is checked with this machine’s keyring, where there is one', async () => {
    assert.equal((await sealpost({ DATA_DIR: running.dataDir }, 'proof', 'verify', file)).code, 0);
    assert.equal((await verify(file)).code, 1, 'nothing there to check it with');
  });

  test('does not hold when a letter of it was changed, or under somebody else’s key', async () => {
    const [head = '', payload = '', mark = ''] = signature.split('.');
    const forged = Buffer.from(payload, 'base64url').toString('utf8').replace('"opened"', '"queued"');
    const changed = [head, Buffer.from(forged).toString('base64url'), mark].join('.');
    const { code, err } = await verify(
      inData('changed.json', JSON.stringify({ statement, signature: changed })),
      '--keys',
      keys,
    );
    assert.equal(code, 1);
    assert.match(err, /^The signature does not hold/);
    const other = await startProgram();
    const otherKeys = inData('other.json', (await new Visitor(other.url).get('/.well-known/sealpost-keys.json')).text);
    await other.stop();
    assert.equal((await verify(file, '--keys', otherKeys)).code, 1);
    assert.equal((await verify(inData('none.json', '{}'), '--keys', keys)).code, 1);
    assert.equal((await verify(file, '--keys', inData('no-keys.json', '{"keys":[]}'))).code, 1);
  });

  test('of which only the readable part was changed is told to be so', async () => {
    const edited = { statement: { ...statement, organisation: 'Somebody else' }, signature };
    const { code, out, err } = await verify(inData('edited.json', JSON.stringify(edited)), '--keys', keys);
    assert.equal(code, 1);
    assert.match(out, /^The signature holds/);
    assert.match(err, /^Beware: the readable part/);
  });

  test('is a PDF as well, with the fingerprint of the signed one', async () => {
    const { status, content } = await alice.bytes(`${path}/proof.pdf`);
    assert.equal(status, 200);
    assert.equal(content.toString('latin1', 0, 5), '%PDF-');
  });

  test('is its sender’s alone, and that it was taken is in the log', async () => {
    const bob = await signInByLink(running, 'bob@recipient.example');
    const admin = await signInByAddress(running, 'admin@example.com');
    for (const visitor of [bob, admin]) {
      for (const kind of ['json', 'pdf']) assert.equal((await visitor.get(`${path}/proof.${kind}`)).status, 404);
    }
    assert.equal((await alice.get(`/sent/${'0'.repeat(26)}/proof.json`)).status, 404);
    const again = JSON.parse((await alice.get(`${path}/proof.json`)).text) as { statement: Statement };
    assert.ok(again.statement.events.some(({ event }) => event === 'proof-taken'));
  });

  test('cannot be had of what was destroyed', async () => {
    await alice.post(`${path}/revoke`, { destroy: '1' }, path);
    assert.equal((await alice.get(`${path}/proof.json`)).status, 404);
  });
});

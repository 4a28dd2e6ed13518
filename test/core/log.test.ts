import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { AppError } from '../../server/core/errors.ts';
import { createLog, silentLog, type Log, type LogFields, type LogOptions } from '../../server/core/log.ts';

function capture(options: Partial<LogOptions> = {}): {
  log: Log;
  text: () => string;
  lines: () => Record<string, unknown>[];
} {
  const output = new PassThrough();
  const log = createLog({ level: 'debug', pretty: false, output, ...options });
  let text = '';
  const read = (): string => (text += String(output.read() ?? ''));
  const lines = (): Record<string, unknown>[] =>
    read()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>); // what is read was written just above
  return { log, text: read, lines };
}

/** Fields as careless code could pass them, past the compiler. */
function careless(fields: Record<string, unknown>): LogFields {
  return fields;
}

describe('the log', () => {
  it('writes one JSON object a line: level, time, event and the allowed fields', () => {
    const { log, lines } = capture();
    log.info('mail.accepted', {
      id: '01j8zq3v9x5e7r2k4m6n8p0abc',
      recipientN: 2,
      bytes: 10_240,
      ms: 12.5,
      route: '/m/:token',
      status: 303,
    });
    const [line] = lines();
    assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT.*Z$/);
    delete line?.['time'];
    assert.deepEqual(line, {
      level: 'info',
      event: 'mail.accepted',
      id: '01j8zq3v9x5e7r2k4m6n8p0abc',
      recipientN: 2,
      ms: 12.5,
      bytes: 10_240,
      route: '/m/:token',
      status: 303,
    });
  });

  it('drops every field that is not on the list', () => {
    const { log, text } = capture();
    log.warn(
      'mail.accepted',
      careless({ to: 'bob@recipient.example', subject: 'Merger', token: 'c2VjcmV0', user: { name: 'Bob' }, count: 1 }),
    );
    assert.doesNotMatch(text(), /recipient\.example|Merger|c2VjcmV0|Bob/);
    assert.match(text(), /"count":1/);
  });

  it('drops an object under an allowed name', () => {
    const { log, text } = capture();
    log.warn('mail.accepted', careless({ reason: { to: 'Bob Recipient' }, id: ['Bob Recipient'] }));
    assert.doesNotMatch(text(), /Bob/);
  });

  it('withholds an address that strayed into an allowed field or the event', () => {
    const { log, text } = capture();
    log.warn('refused bob@recipient.example', { reason: 'no mailbox bob@recipient.example', host: 'x@y' });
    assert.doesNotMatch(text(), /recipient|x@y/);
    assert.match(text(), /"reason":"\[withheld\]"/);
  });

  it('withholds a path that was given for a route pattern', () => {
    for (const route of [
      '/m/Zm9vYmFyYmF6cXV4MTIzNA',
      '/messages/01j8zq3v9x5e7r2k4m6n8p0abc',
      '/sign-in?code=12345678',
    ]) {
      const { log, lines } = capture();
      log.info('http.answered', { route });
      assert.equal(lines()[0]?.['route'], '[withheld]');
    }
  });

  it('keeps text on one line and within 200 characters', () => {
    const { log, lines } = capture({ pretty: false });
    log.info('x', { reason: `forged\r\n{"level":"error"}\u202e${'a'.repeat(500)}` });
    const reason = String(lines()[0]?.['reason']);
    assert.doesNotMatch(reason, /[\r\n\u202e]/);
    assert.equal(reason.length, 200);
  });

  it('writes nothing below its level', () => {
    const { log, text } = capture({ level: 'warn' });
    log.debug('a');
    log.info('b');
    assert.equal(text(), '');
    log.error('c');
    assert.match(text(), /"event":"c"/);
  });

  it('adds the fields of a child to each of its lines, by the same rules', () => {
    const { log, lines } = capture();
    log
      .child(careless({ job: 'notice', to: 'bob@recipient.example' }))
      .child({ attempts: 1 })
      .info('job.started', { attempts: 2 });
    const { time: _, ...line } = lines()[0] ?? {};
    assert.deepEqual(line, { level: 'info', event: 'job.started', job: 'notice', attempts: 2 });
  });

  it('can be read by a person at a terminal', () => {
    const { log, text } = capture({ pretty: true });
    log.info('portal.listening', careless({ host: '127.0.0.1', port: 3000, to: 'bob@recipient.example' }));
    assert.match(text(), /portal\.listening/);
    assert.match(text(), /3000/);
    assert.doesNotMatch(text(), /recipient/);
  });

  it('can be silent', () => {
    silentLog.child({ id: 'x' }).error('nothing');
    const { log, text } = capture({ level: 'silent' });
    log.error('nothing');
    assert.equal(text(), '');
  });
});

describe('an error in the log', () => {
  const logged = (error: unknown): Record<string, unknown> => {
    const { log, lines } = capture();
    log.error('failed', { err: error });
    const found = lines()[0]?.['err'];
    assert.ok(typeof found === 'object' && found !== null);
    return { ...found };
  };

  it('keeps name, code and frames of an unknown error, and nothing of its message', () => {
    const found = logged(
      Object.assign(new TypeError('no mailbox bob for secret-subject'), { code: 'ENOENT', path: '/data/secret' }),
    );
    assert.equal(found['name'], 'TypeError');
    assert.equal(found['code'], 'ENOENT');
    assert.match(JSON.stringify(found['frames']), /log\.test\.ts:\d+:\d+/);
    assert.doesNotMatch(JSON.stringify(found), /bob|secret/);
  });

  it('is not fooled by a message that looks like frames, nor by one changed after the throw', () => {
    const text = 'x\n    at bob (/secret/subject:1:1)\n    at /secret:2:2';
    const changed = new Error(text);
    assert.match(changed.stack ?? '', /bob/); // the engine writes the stack when it is first asked for
    changed.message = 'something else';
    const emptied = new Error(text);
    assert.match(emptied.stack ?? '', /bob/);
    emptied.message = '';
    for (const error of [new Error(text), changed, emptied])
      assert.doesNotMatch(JSON.stringify(logged(error)), /bob|secret/);
  });

  it('keeps code, sentence and detail of a refusal, which are made to be seen', () => {
    assert.deepEqual(logged(new AppError('mail/too-large', 'The mail is too large.', { detail: 'over 50 MB' })), {
      name: 'AppError',
      code: 'mail/too-large',
      message: 'The mail is too large.',
      detail: 'over 50 MB',
    });
  });

  it('withholds an address even in a refusal', () => {
    assert.equal(
      logged(new AppError('mail/recipients', 'bob@recipient.example is no address'))['message'],
      '[withheld]',
    );
  });

  it('follows causes by the same rules, and not for ever', () => {
    const error = new Error('outer bob', { cause: new RangeError('inner bob') });
    const loop = new Error('loop bob');
    loop.cause = loop;
    assert.match(JSON.stringify(logged(error)), /"cause":\{"name":"RangeError"/);
    assert.doesNotMatch(JSON.stringify([logged(error), logged(loop)]), /bob/);
  });

  it('says only the kind of a thrown value that is no error', () => {
    assert.deepEqual(logged('bob@recipient.example'), { name: 'thrown string' });
    assert.deepEqual(logged(null), { name: 'thrown object' });
  });

  it('drops a code that is not one', () => {
    assert.equal(logged(Object.assign(new Error('x'), { code: 'bob at recipient' }))['code'], undefined);
  });
});

// Owns the proof that a relay's URL is read strictly and that no error repeats a password.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRelay } from '../../server/mail/courier-relay.ts';
import { createSmtpCourier } from '../../server/mail/courier.ts';

test('a relay is read from its URL', () => {
  const none = { login: undefined };
  assert.deepEqual(parseRelay('smtp://mail.example.com'), {
    host: 'mail.example.com',
    port: 587,
    implicitTls: false,
    ...none,
  });
  assert.deepEqual(parseRelay('smtps://mail.example.com/'), {
    host: 'mail.example.com',
    port: 465,
    implicitTls: true,
    ...none,
  });
  assert.deepEqual(parseRelay('smtp://[::1]:25'), { host: '::1', port: 25, implicitTls: false, ...none });
  assert.deepEqual(parseRelay('SMTP://Mail.Example.com:2525'), {
    host: 'mail.example.com',
    port: 2525,
    implicitTls: false,
    ...none,
  });
  assert.deepEqual(parseRelay('smtp://post_fix:25').host, 'post_fix');
  assert.deepEqual(parseRelay('smtp://us%40er:p%3A%2F%23@h:1').login, { user: 'us@er', password: 'p:/#' });
});

test('a relay that is anything else is refused without repeating it', () => {
  const secret = 'hunter2';
  const bad = [
    '',
    'direct',
    'mail.example.com',
    `https://u:${secret}@mail.example.com`,
    `smtp://u:${secret}@`,
    `smtp://u:${secret}@mail.example.com/path`,
    `smtp://u:${secret}@mail.example.com?tls=no`,
    `smtp://u:${secret}@mail.example.com#x`,
    `smtp://u:${secret}@mail.example.com:0`,
    `smtp://u:${secret}@mail.example.com:70000`,
    `smtp://u:${secret}@-mail.example.com`,
    `smtp://u:${secret}@mail%0d%0a.example.com`,
    `smtp://u:${secret}%00x@mail.example.com`,
    `smtp://u:${secret}%zz@mail.example.com`,
    `smtp://:${secret}@mail.example.com`,
    'smtp://user@mail.example.com',
  ];
  for (const url of bad) {
    assert.throws(
      () => createSmtpCourier({ url, tls: 'verified', name: 'localhost' }),
      (error) => error instanceof Error && error.message.startsWith('The relay') && !error.message.includes(secret),
      url,
    );
  }
});

test('the EHLO name cannot carry a second command', () => {
  const options = { url: 'smtp://localhost:25', tls: 'verified' } as const;
  for (const name of ['', 'a b', 'x.example\r\nMAIL FROM:<>', 'x.example\n', '[1.2.3.4', 'b\u00f6.example']) {
    assert.throws(() => createSmtpCourier({ ...options, name }), /EHLO name/);
  }
  for (const name of ['portal.example.com', 'Portal.Example.com', 'localhost', '[192.0.2.1]', '[IPv6:::1]']) {
    assert.doesNotThrow(() => createSmtpCourier({ ...options, name }));
  }
});

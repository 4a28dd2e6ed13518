import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isLoopbackHost, limitKey, networkMatcher, parseNetworks } from '../../server/core/networks.ts';

describe('a list of networks', () => {
  it('takes IPv4 and IPv6, with and without a prefix, separated by commas, blanks or line ends', () => {
    assert.deepEqual(parseNetworks('10.0.0.0/8, 192.0.2.7\n2001:DB8::/32  ::1'), [
      '10.0.0.0/8',
      '192.0.2.7/32',
      '2001:db8::/32',
      '::1/128',
    ]);
    assert.deepEqual(parseNetworks(' '), []);
  });

  for (const entry of [
    '10.0.0.1/8', // bits behind the prefix
    '2001:db8::1/32',
    '0.0.0.0/0', // everyone
    '::/0',
    '10.0.0.0/33',
    '::1/129',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.1/16', // shorthand
    '0x0a.0.0.0/8',
    '010.0.0.0/8',
    '::ffff:10.0.0.0/104',
    'fe80::1%eth0',
    'localhost',
    'mail.example.com',
    '10.0.0.0/255.0.0.0',
  ]) {
    it(`refuses ${entry} and names its place, not its text`, () => {
      assert.throws(
        () => parseNetworks(`127.0.0.1 ${entry}`),
        (error: Error) => error.message.includes('entry 2') && !error.message.includes(entry),
      );
    });
  }
});

describe('a network matcher', () => {
  const inside = networkMatcher(parseNetworks('127.0.0.0/8 10.20.0.0/16 2001:db8:1::/48'));

  it('knows addresses inside, also when a dual-stack socket writes them as IPv6', () => {
    for (const ip of [
      '127.0.0.1',
      '127.255.255.255',
      '10.20.3.4',
      '::ffff:10.20.3.4',
      '::FFFF:127.0.0.1',
      '2001:db8:1:ffff::5',
    ]) {
      assert.equal(inside(ip), true, ip);
    }
  });

  it('knows addresses outside', () => {
    for (const ip of ['128.0.0.1', '10.21.0.0', '::ffff:10.21.0.0', '2001:db8:2::', '::1', '::', '0.0.0.0']) {
      assert.equal(inside(ip), false, ip);
    }
  });

  it('takes nothing malformed for an address inside', () => {
    for (const ip of [
      '',
      '127.1',
      '127.0.0.1 ',
      '127.0.0.1:25',
      '127.0.0.1, 10.20.3.4',
      '0x7f.0.0.1',
      '0177.0.0.1',
      '[::1]',
      'localhost',
      '2130706433',
    ]) {
      assert.equal(inside(ip), false, ip);
    }
  });

  it('matches nobody when the list is empty', () => {
    assert.equal(networkMatcher([])('127.0.0.1'), false);
  });
});

describe('the key of a limit', () => {
  it('is the address itself for IPv4, however it is written', () => {
    assert.equal(limitKey('192.0.2.7'), '192.0.2.7');
    assert.equal(limitKey('::ffff:192.0.2.7'), '192.0.2.7');
    assert.equal(limitKey('::ffff:c000:207'), '192.0.2.7');
  });

  it('is one for a whole IPv6 /64 and another for the next', () => {
    assert.equal(limitKey('2001:db8:0:1::1'), limitKey('2001:0DB8:0:1:ffff:ffff:ffff:ffff'));
    assert.notEqual(limitKey('2001:db8:0:1::1'), limitKey('2001:db8:0:2::1'));
  });

  it('is shared by everything malformed, so that none escapes', () => {
    assert.equal(limitKey('garbage'), limitKey(''));
  });
});

describe('a loopback host', () => {
  it('is localhost or an address of this machine alone', () => {
    for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:127.0.0.1']) {
      assert.equal(isLoopbackHost(host), true, host);
    }
  });

  it('is not a wildcard, a name that only looks like one, or a short form', () => {
    for (const host of [
      '0.0.0.0',
      '::',
      '[::]',
      '10.0.0.1',
      'localhost.example.com',
      '127.0.0.1.example.com',
      '127.1',
      '',
      '[127.0.0.1',
    ]) {
      assert.equal(isLoopbackHost(host), false, host);
    }
  });
});

// Owns checking a DKIM signature as a stranger's server would, written apart from any library and from what signs.

import assert from 'node:assert/strict';
import { createHash, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface DkimSigner {
  readonly domain: string;
  readonly selector: string;
  readonly publicKey: KeyObject;
}

/** RFC 6376 section 6.1, relaxed/relaxed and rsa-sha256 only. `mail`: with CRLF as line end. */
export function dkimHolds(mail: string, { domain, selector, publicKey }: DkimSigner): boolean {
  const split = mail.indexOf('\r\n\r\n');
  const fields = mail.slice(0, split).split(/\r\n(?![ \t])/);
  const relax = (field: string): string => {
    const colon = field.indexOf(':');
    const value = field
      .slice(colon + 1)
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim();
    return `${field.slice(0, colon).trim().toLowerCase()}:${value}`;
  };
  const signature = fields.find((field) => /^dkim-signature:/i.test(field)) ?? '';
  const tags = new Map(
    relax(signature)
      .slice('dkim-signature:'.length)
      .split(';')
      .map((tag) => [tag.slice(0, tag.indexOf('=')).trim(), tag.slice(tag.indexOf('=') + 1).trim()]),
  );
  const tag = (name: string): string => (tags.get(name) ?? '').replace(/ /g, '');
  assert.equal(tag('a'), 'rsa-sha256');
  assert.equal(tag('c'), 'relaxed/relaxed');
  assert.equal(tag('d'), domain);
  assert.equal(tag('s'), selector);
  assert.match(tag('h'), /(^|:)from(:|$)/);
  const lines = mail
    .slice(split + 4)
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  const body = `${lines.join('\r\n').replace(/(\r\n)+$/, '')}\r\n`;
  if (createHash('sha256').update(body).digest('base64') !== tag('bh')) return false;
  const signed = tag('h')
    .split(':')
    .map((name) => relax(fields.findLast((field) => relax(field).startsWith(`${name}:`)) ?? ''));
  const unsigned = relax(signature.replace(/(;\s*b=)[^;]*/, '$1'));
  const input = Buffer.from(`${signed.join('\r\n')}\r\n${unsigned}`);
  return verify('rsa-sha256', input, publicKey, Buffer.from(tag('b'), 'base64'));
}

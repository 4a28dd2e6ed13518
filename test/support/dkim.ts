// Owns signing by DKIM, and checking a signature, as a stranger's server would: written apart from any library and from what signs here.

import assert from 'node:assert/strict';
import { createHash, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface DkimSigner {
  readonly domain: string;
  readonly selector: string;
  readonly publicKey: KeyObject;
}

export interface DkimSigning {
  readonly domain: string;
  readonly selector: string;
  readonly privateKey: KeyObject;
  /** What else stands in the signature: "l=10; ". */
  readonly tags?: string;
  readonly fields?: readonly string[];
}

/** The mail with its signature before it: RFC 6376 section 5, relaxed/relaxed and rsa-sha256. `mail`: with CRLF as line end. */
export function dkimSigned(
  mail: string,
  { domain, selector, privateKey, tags = '', fields = ['from', 'subject', 'content-type'] }: DkimSigning,
): string {
  const split = mail.indexOf('\r\n\r\n');
  const lines = mail.slice(0, split).split(/\r\n(?![ \t])/);
  const length = Number(/\bl=(\d+)/.exec(tags)?.[1] ?? Infinity);
  const bh = createHash('sha256')
    .update(relaxedBody(mail.slice(split + 4)).slice(0, length))
    .digest('base64');
  const unsigned = `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=${selector}; ${tags}h=${fields.join(':')}; bh=${bh}; b=`;
  const signed = fields.map((name) => relaxed(lines.findLast((line) => relaxed(line).startsWith(`${name}:`)) ?? ''));
  const input = Buffer.from(`${signed.map((line) => `${line}\r\n`).join('')}${relaxed(unsigned)}`);
  return `${unsigned}${sign('rsa-sha256', input, privateKey).toString('base64')}\r\n${mail}`;
}

function relaxed(field: string): string {
  const colon = field.indexOf(':');
  const value = field
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim();
  return `${field.slice(0, colon).trim().toLowerCase()}:${value}`;
}

function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  return `${lines.join('\r\n').replace(/(\r\n)+$/, '')}\r\n`;
}

/** RFC 6376 section 6.1, relaxed/relaxed and rsa-sha256 only. `mail`: with CRLF as line end. */
export function dkimHolds(mail: string, { domain, selector, publicKey }: DkimSigner): boolean {
  const split = mail.indexOf('\r\n\r\n');
  const fields = mail.slice(0, split).split(/\r\n(?![ \t])/);
  const signature = fields.find((field) => /^dkim-signature:/i.test(field)) ?? '';
  const tags = new Map(
    relaxed(signature)
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
  const body = relaxedBody(mail.slice(split + 4));
  if (createHash('sha256').update(body).digest('base64') !== tag('bh')) return false;
  const signed = tag('h')
    .split(':')
    .map((name) => relaxed(fields.findLast((field) => relaxed(field).startsWith(`${name}:`)) ?? ''));
  const unsigned = relaxed(signature.replace(/(;\s*b=)[^;]*/, '$1'));
  const input = Buffer.from(`${signed.join('\r\n')}\r\n${unsigned}`);
  return verify('rsa-sha256', input, publicKey, Buffer.from(tag('b'), 'base64'));
}

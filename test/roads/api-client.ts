// Owns calling the API of a running program as another program would: a key in the header, JSON or a raw mail
// in the body, the answer as it came.

import assert from 'node:assert/strict';
import { canonicalAddress, parseAddress } from '../../server/core/address.ts';
import { inTransaction } from '../../server/db/engine.ts';
import { createApiKey } from '../../server/signin/api-keys.store.ts';
import type { Scope } from '../../server/signin/api-keys.store.ts';
import type { Running } from '../support/program.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON of the answer; `{}` when it is none. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface CallOptions {
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** All that a sender's program needs. */
export const SENDER_SCOPES: readonly Scope[] = ['messages:send', 'messages:read', 'messages:revoke'];

export class ApiClient {
  readonly #url: string;
  readonly #key: string | undefined;

  constructor(url: string, key: string | undefined) {
    this.#url = url;
    this.#key = key;
  }

  async call(method: string, path: string, { headers = {}, body }: CallOptions = {}): Promise<ApiAnswer> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: { ...(this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parseObject(text) };
  }

  get(path: string): Promise<ApiAnswer> {
    return this.call('GET', path);
  }

  sendJson(path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST'): Promise<ApiAnswer> {
    return this.call(method, path, {
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** A raw mail with its envelope in the query. */
  sendRaw(mail: RawMail, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const query = new URLSearchParams([['from', mail.from], ...mail.to.map((one): [string, string] => ['to', one])]);
    return this.call('POST', `/messages?${query.toString()}`, {
      headers: { 'content-type': 'message/rfc822', ...headers },
      body: mail.raw,
    });
  }
}

export interface RawMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string | Buffer;
}

export interface ClientOptions {
  readonly scopes?: readonly Scope[];
  readonly senders?: readonly string[];
  readonly madeBy?: string;
}

/** A client with a key of its own. */
export async function makeClient(running: Running, options: ClientOptions = {}): Promise<ApiClient> {
  const { key } = await makeKey(running, options);
  return new ApiClient(running.url, key);
}

export function makeKey(running: Running, options: ClientOptions = {}): Promise<{ id: string; key: string }> {
  const { db, vault } = running.store;
  const senders = (options.senders ?? []).flatMap((text) => parseAddress(text) ?? []);
  assert.deepEqual(senders.map(canonicalAddress), options.senders ?? []);
  const madeBy = parseAddress(options.madeBy ?? '');
  const wanted = { name: 'test', scopes: options.scopes ?? SENDER_SCOPES, senders, madeBy };
  return inTransaction(db, (tx) => createApiKey({ ...vault, clock: running.clock }, tx, wanted));
}

/** That it is a problem of RFC 9457 with this status and code. */
export function assertProblem(answer: ApiAnswer, status: number, code: string, detail = /./): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(answer.json['status'], status);
  assert.equal(answer.json['code'], code);
  assert.match(String(answer.json['detail']), detail);
}

export function parseObject(text: string): Readonly<Record<string, unknown>> {
  if (!text.startsWith('{')) return {};
  const value: unknown = JSON.parse(text);
  assert.ok(typeof value === 'object' && value !== null);
  return Object.fromEntries(Object.entries(value));
}

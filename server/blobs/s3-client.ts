// Owns speaking to S3: a request signed, within its time, and tried again when its fault may pass. It never follows a
// redirect: whoever answers at the endpoint could send sealed bytes anywhere. It knows nothing of blobs.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html

import { request as requestClear } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { readWhole } from '../core/read-whole.ts';
import { sha256 } from '../crypto/digest.ts';
import { S3Fault } from './s3-fault.ts';

export interface S3Place {
  readonly bucket: string;
  /** '' or such as 'portal/'. */
  readonly prefix: string;
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly region: string;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface S3Patience {
  readonly tries: number;
  /** For one try, until the answer's head, and then for each piece of it. */
  readonly answerMs: number;
  /** Before the second try; doubled for each further one. */
  readonly waitMs: number;
}

export const usualPatience: S3Patience = { tries: 4, answerMs: 60_000, waitMs: 200 };
/** For what is not worth waiting for: somebody asks whether the store is there, or what fails is swept later. */
export const littlePatience: S3Patience = { tries: 1, answerMs: 5_000, waitMs: 0 };

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Of the object, with the prefix; left out for the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** `bytes=0-9` */
  readonly range?: string;
  /** Not to be changed until the answer is there. */
  readonly body?: Buffer;
  /** Statuses beside 2xx that are an answer and not a fault. */
  readonly expected?: readonly number[];
}

/** An answer to be read piece by piece: to its end, or its connection ends. Either `pieces` or `drop` is called. */
export interface S3Stream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  pieces(): AsyncGenerator<Buffer, void, undefined>;
  /** Nobody wants to know the rest. */
  drop(): void;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** More than a thousand keys take. */
const textMost = { bytes: 4 * 1024 * 1024, tooMuch: () => new S3Fault('answer', 'too long', false) };

export class S3Client {
  readonly #place: S3Place;
  readonly #credentials: S3Credentials;
  readonly patience: S3Patience;

  constructor(place: S3Place, credentials: S3Credentials, patience: S3Patience) {
    this.#place = place;
    this.#credentials = credentials;
    this.patience = patience;
  }

  /** The whole answer. @throws {S3Fault} when the last try failed too. */
  ask(request: S3Request, patience = this.patience): Promise<S3Answer> {
    return this.persist(async () => {
      const { status, headers, pieces } = await this.open(request, patience);
      const text = await textOf(pieces());
      // CompleteMultipartUpload may begin with 200, for the connection to stay, and still end as an error.
      if (status === 200 && /^(?:<\?xml[^>]*>\s*)?<Error>/.test(text))
        throw new S3Fault(stepOf(request), codeIn(text) ?? 'Error', true);
      return { status, headers, text };
    }, patience);
  }

  /** One try, to be read as it comes. @throws {S3Fault} */
  async open(request: S3Request, { answerMs }: S3Patience = this.patience): Promise<S3Stream> {
    const step = stepOf(request);
    const { url, headers } = await this.#signed(request);
    const answer = await answerTo(request, url, Object.fromEntries(headers), answerMs);
    const pieces = (): AsyncGenerator<Buffer, void, undefined> => readWithin(answerMs, answer, step);
    const { statusCode: status = 0 } = answer;
    if ((status >= 200 && status < 300) || request.expected?.includes(status) === true) {
      return { status, headers: answer.headers, pieces, drop: () => void answer.destroy() };
    }
    const code = codeIn(await textOf(pieces())) ?? `status ${status}`;
    throw new S3Fault(step, code, status >= 500 || status === 429 || code === 'RequestTimeout');
  }

  /** Runs `work` until it succeeds, its fault is one that stays, or the tries are used up. */
  async persist<T>(work: () => Promise<T>, { tries, waitMs }: S3Patience = this.patience): Promise<T> {
    for (let n = 1; ; n += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof S3Fault) || !error.passes || n >= tries) throw error;
        await delay(waitMs * 2 ** (n - 1) * (0.5 + Math.random()));
      }
    }
  }

  #signed({ method, key, query, range, body }: S3Request): Promise<{ url: URL; headers: Headers }> {
    const { endpoint, bucket, region } = this.#place;
    const url = new URL(`${endpoint}/${bucket}${key === undefined ? '' : `/${key}`}`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    return new AwsV4Signer({
      ...this.#credentials,
      service: 's3',
      region,
      method,
      url: url.href,
      headers: {
        // Signed, so that S3 takes no other bytes than these.
        'x-amz-content-sha256': sha256(body ?? '').toString('hex'),
        ...(range === undefined ? {} : { range }),
      },
    }).sign();
  }
}

/** The head of the answer. node:http holds the body in no second copy, and follows nobody. */
async function answerTo(
  request: S3Request,
  url: URL,
  headers: Record<string, string>,
  answerMs: number,
): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? requestTls : requestClear;
  const sent = send(url, { method: request.method, headers });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.on('error', reject);
  });
  sent.end(request.body);
  return within(answerMs, sent, stepOf(request), answer);
}

// The time runs only while a piece is waited for: a reader who takes long over what it has holds up nobody here.
async function* readWithin(
  pieceMs: number,
  answer: IncomingMessage,
  step: string,
): AsyncGenerator<Buffer, void, undefined> {
  const pieces: AsyncIterator<Buffer> = answer[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await within(pieceMs, answer, step, pieces.next());
      if (done === true) return;
      yield value;
    }
  } finally {
    // What came and was not read holds its connection as well.
    if (!answer.readableEnded) answer.destroy();
  }
}

/** Waits for what `source` will give, and destroys it when that takes too long. @throws {S3Fault} */
async function within<T>(
  ms: number,
  source: { destroy(error: Error): unknown },
  step: string,
  wanted: Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => source.destroy(new S3Fault(step, 'timeout', true)), ms);
  try {
    return await wanted;
  } catch (error) {
    if (error instanceof S3Fault) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreachable';
    throw new S3Fault(step, code, true);
  } finally {
    clearTimeout(timer);
  }
}

async function textOf(pieces: AsyncIterable<Buffer>): Promise<string> {
  return (await readWhole(pieces, textMost)).toString('utf8');
}

function codeIn(xml: string): string | undefined {
  return /<Code>(\w{1,60})<\/Code>/.exec(xml)?.[1];
}

function stepOf({ method, key, query }: S3Request): string {
  return [method, key === undefined ? 'bucket' : 'object', ...Object.keys(query ?? {})].join(' ');
}

// Owns an S3 for tests: s3rver, which speaks the protocol and keeps real files, behind a front that does what s3rver
// leaves out (checking signatures, listing and aborting multipart uploads) and, when told, goes wrong.

import { createCipheriv, createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, utimes } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { S3Credentials, S3Place } from '../../server/blobs/s3-client.ts';

export interface TestS3 {
  readonly place: S3Place;
  readonly credentials: S3Credentials;
  /** The settings of a program whose blobs are here. */
  readonly env: Record<string, string>;
  /** Every request that came, such as `PUT /bucket/key?uploads=`. */
  readonly requests: string[];
  /** Takes over a request when it returns true. */
  fault: ((req: IncomingMessage, res: ServerResponse) => boolean) | undefined;
  /** Multipart uploads that were begun and neither completed nor aborted: their keys. */
  uploads(): Promise<string[]>;
  /** Lets a begun upload seem as old as that. */
  ageUpload(key: string, begunAtMs: number): Promise<void>;
  /** Completes an upload past the front, as a request does whose answer is lost. */
  complete(uploadId: string): Promise<void>;
  /** Keys of all objects. */
  keys(): Promise<string[]>;
  /** Where the bytes of an object lie. */
  fileOf(key: string): string;
  close(): Promise<void>;
}

interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}

type S3rverMaker = new (options: Record<string, unknown>) => S3rver;

const REGION = 'eu-central-1';
const BUCKET = 'sealpost-test';
// The one pair that s3rver knows.
const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

export async function startS3(prefix = 'portal/'): Promise<TestS3> {
  const folder = await mkdtemp(join(tmpdir(), 'sealpost-s3-'));
  const bucketFolder = join(folder, BUCKET);
  const uploadsFolder = join(bucketFolder, '._S3rver_uploads');
  const Maker = loadS3rver();
  const behind = new Maker({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    vhostBuckets: false,
    configureBuckets: [{ name: BUCKET }],
  });
  const { port: behindPort } = await behind.run();

  const begun = async (): Promise<{ id: string; key: string; atMs: number }[]> => {
    const ids = await readdir(uploadsFolder).catch(() => []);
    return Promise.all(
      ids.map(async (id) => ({
        id,
        key: await readFile(join(uploadsFolder, id, 'key'), 'utf8'),
        atMs: (await stat(join(uploadsFolder, id))).mtimeMs,
      })),
    );
  };
  const fileOf = (key: string): string => join(bucketFolder, `${key}._S3rver_object`);

  const s3: TestS3 = {
    place: { bucket: BUCKET, prefix, endpoint: '', region: REGION },
    credentials,
    env: {},
    requests: [],
    fault: undefined,
    uploads: async () => (await begun()).map(({ key }) => key),
    ageUpload: async (key, begunAtMs) => {
      const found = (await begun()).find((upload) => upload.key === key);
      await utimes(join(uploadsFolder, found?.id ?? ''), begunAtMs / 1000, begunAtMs / 1000);
    },
    complete: async (uploadId) => {
      const names = (await readdir(join(uploadsFolder, uploadId))).filter((name) => /^\d+$/.test(name));
      const parts = names.map((n) => `<Part><PartNumber>${n}</PartNumber><ETag>x</ETag></Part>`);
      const { key = '' } = (await begun()).find(({ id }) => id === uploadId) ?? {};
      const path = `/${BUCKET}/${key}?uploadId=${uploadId}`;
      const headers = { authorization: `AWS ${credentials.accessKeyId}:x`, date: new Date().toUTCString() };
      const on = request({ host: '127.0.0.1', port: behindPort, method: 'POST', path, headers });
      on.end(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
      const [reply] = (await once(on, 'response')) as [IncomingMessage];
      reply.resume();
      await once(reply, 'end');
    },
    keys: async () => {
      const names = await readdir(bucketFolder, { recursive: true });
      return names.flatMap((name) => /^(.*)\._S3rver_object$/.exec(name)?.[1] ?? []).sort();
    },
    fileOf,
    close: async () => {
      front.closeAllConnections();
      front.close();
      await behind.close();
      await rm(folder, { recursive: true, force: true });
    },
  };

  const front = createServer((req, res) => {
    s3.requests.push(`${req.method ?? ''} ${req.url ?? ''}`);
    if (s3.fault?.(req, res) === true) return;
    void answer(req, res).catch(() => res.destroy());
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const { port } = front.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  Object.assign(s3, {
    place: { ...s3.place, endpoint },
    env: {
      BLOB_URL: `s3://${BUCKET}/${prefix}?endpoint=${endpoint}&region=${REGION}`,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  return s3;

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await bytesOf(req);
    const url = new URL(req.url ?? '', endpoint);
    const key = decodeURIComponent(url.pathname).slice(`/${BUCKET}/`.length);
    const fault = signatureFault(req, url, body);
    if (fault !== undefined) {
      res.writeHead(403, { 'content-type': 'application/xml' });
      res.end(`<?xml version="1.0"?><Error><Code>${fault}</Code></Error>`);
    } else if (req.method === 'GET' && url.searchParams.has('uploads')) {
      const old = (await begun()).filter((upload) => upload.key.startsWith(url.searchParams.get('prefix') ?? ''));
      const text = old.map(
        (upload) =>
          `<Upload><Key>${upload.key}</Key><UploadId>${upload.id}</UploadId>` +
          `<Initiated>${new Date(upload.atMs).toISOString()}</Initiated></Upload>`,
      );
      res.end(`<ListMultipartUploadsResult>${text.join('')}</ListMultipartUploadsResult>`);
    } else if (url.searchParams.has('uploadId') && !(await isBegun(url))) {
      res.writeHead(404).end('<?xml version="1.0"?><Error><Code>NoSuchUpload</Code></Error>');
    } else if (req.method === 'DELETE' && url.searchParams.has('uploadId')) {
      await rm(join(uploadsFolder, url.searchParams.get('uploadId') ?? ''), { recursive: true, force: true });
      res.writeHead(204).end();
    } else {
      const sent = req.method === 'PUT' ? body.length : undefined;
      const part = url.searchParams.get('partNumber');
      const file = part === null ? fileOf(key) : join(uploadsFolder, url.searchParams.get('uploadId') ?? '', part);
      await pass(req, body, res, () => written(file, sent));
    }
  }

  async function isBegun(url: URL): Promise<boolean> {
    return (await begun()).some(({ id }) => id === url.searchParams.get('uploadId'));
  }

  async function pass(
    req: IncomingMessage,
    body: Buffer,
    res: ServerResponse,
    before: () => Promise<void>,
  ): Promise<void> {
    const { method = 'GET', url = '/', headers } = req;
    const on = request({ host: '127.0.0.1', port: behindPort, method, path: url, headers });
    on.end(body);
    const [reply] = (await once(on, 'response')) as [IncomingMessage];
    await before();
    res.writeHead(reply.statusCode ?? 500, reply.headers);
    reply.pipe(res);
  }
}

/**
 * s3rver wraps the tokens of its lists in DES, which OpenSSL 3 no longer has, and so fails on every list of several
 * pages. Nobody asks by token here (`start-after` does as well), so any other wrapping is right.
 */
function loadS3rver(): S3rverMaker {
  const require = createRequire(import.meta.url);
  const crypto = require('node:crypto') as { createCipheriv: (...args: never[]) => unknown };
  const real = crypto.createCipheriv;
  crypto.createCipheriv = (...args) => {
    const [cipher]: unknown[] = args;
    return cipher === 'des' ? createCipheriv('aes-192-cbc', Buffer.alloc(24), Buffer.alloc(16)) : real(...args);
  };
  return require('s3rver') as S3rverMaker;
}

// s3rver answers a moment before the last bytes are in the file.
async function written(file: string, bytes: number | undefined): Promise<void> {
  while (bytes !== undefined && (await stat(file)).size < bytes) await delay(2);
}

/** Why S3 would not let this request in: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
function signatureFault(req: IncomingMessage, url: URL, body: Buffer): string | undefined {
  const [, accessKeyId, date = '', region = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/s3\/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w+)$/.exec(
      req.headers.authorization ?? '',
    ) ?? [];
  if (accessKeyId !== credentials.accessKeyId) return 'InvalidAccessKeyId';
  if (region !== REGION) return 'AuthorizationHeaderMalformed';
  const hash = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
  if (req.headers['x-amz-content-sha256'] !== hash(body)) return 'XAmzContentSHA256Mismatch';
  const encoded = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const canonical = [
    req.method,
    url.pathname.split('/').map(decodeURIComponent).map(encoded).join('/'),
    [...url.searchParams]
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join('&'),
    ...names.split(';').map((name) => `${name}:${String(req.headers[name]).trim()}`),
    '',
    names,
    hash(body),
  ].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', req.headers['x-amz-date'], scope, hash(canonical)].join('\n');
  const mac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();
  const key = [date, region, 's3', 'aws4_request'].reduce<Buffer>(
    mac,
    Buffer.from(`AWS4${credentials.secretAccessKey}`),
  );
  return mac(key, text).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}

async function bytesOf(req: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of req) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

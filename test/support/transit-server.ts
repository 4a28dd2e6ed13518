// Owns a small server that speaks the HTTP API of Vault's transit engine, as far as sealing and opening goes: paths,
// token, base64, versions of its key, and the answers to what is wrong.
// https://developer.hashicorp.com/vault/api-docs/secret/transit

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface TransitServer {
  readonly url: URL;
  readonly token: string;
  /** `POST /v1/transit/encrypt/sealpost` and so on, as they came. */
  readonly asked: string[];
  /** Answers in its own way instead, until it is undefined again. */
  trouble: ((req: IncomingMessage, res: ServerResponse) => void) | undefined;
  /** Makes a new version of its key; what the older ones sealed still opens. */
  rotate(): void;
  /** Forgets what older versions sealed, as min_decryption_version does. */
  forget(): void;
  close(): Promise<void>;
}

export const mount = 'transit';
export const key = 'sealpost';

/** Answers as Vault does: errors are `{"errors": […]}`. */
export function answer(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}

export async function startTransit(): Promise<TransitServer> {
  const token = `hvs.${randomBytes(24).toString('base64url')}`;
  const keys: (Buffer | undefined)[] = [randomBytes(32)];
  const server = createServer((req, res) => {
    transit.asked.push(`${req.method} ${req.url}`);
    if (transit.trouble !== undefined) return transit.trouble(req, res);
    void serve(req, res);
  });

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [, operation, named] = /^\/v1\/transit\/(encrypt|decrypt)\/([\w-]+)$/.exec(req.url ?? '') ?? [];
    if (req.headers['x-vault-token'] !== token) return answer(res, 403, { errors: ['permission denied'] });
    if (operation === undefined || req.method !== 'POST') return answer(res, 404, { errors: [] });
    if (named !== key) return answer(res, 400, { errors: ['encryption key not found'] });
    const body = JSON.parse(await textOf(req)) as Record<string, string>;
    if (operation === 'encrypt') {
      const sealed = seal(keys.at(-1) ?? Buffer.alloc(32), Buffer.from(body['plaintext'] ?? '', 'base64'));
      answer(res, 200, answerOf({ ciphertext: `vault:v${keys.length}:${sealed}`, key_version: keys.length }));
      return;
    }
    const [, version, sealed] = /^vault:v(\d+):(.+)$/.exec(body['ciphertext'] ?? '') ?? [];
    const plaintext = open(keys[Number(version) - 1], sealed ?? '');
    if (plaintext === undefined) return answer(res, 400, { errors: ['cipher: message authentication failed'] });
    answer(res, 200, answerOf({ plaintext: plaintext.toString('base64') }));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const transit: TransitServer = {
    url: new URL(`http://127.0.0.1:${address.port}`),
    token,
    asked: [],
    trouble: undefined,
    rotate: () => void keys.push(randomBytes(32)),
    forget: () => void keys.fill(undefined, 0, -1),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return transit;
}

// Vault wraps each answer alike.
function answerOf(data: object): object {
  return {
    request_id: 'f00',
    lease_id: '',
    renewable: false,
    lease_duration: 0,
    data,
    wrap_info: null,
    warnings: null,
  };
}

function seal(secret: Buffer, plaintext: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secret, nonce);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function open(secret: Buffer | undefined, text: string): Buffer | undefined {
  const sealed = Buffer.from(text, 'base64');
  if (secret === undefined || sealed.length < 28) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, 12), { authTagLength: 16 });
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
  } catch {
    return undefined;
  }
}

async function textOf(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of req) text += String(piece);
  return text;
}

// Owns talking to the transit engine of HashiCorp Vault: encrypt and decrypt under a key that never leaves Vault.
// Whatever goes wrong, neither the token nor anything that Vault answered is repeated.
// https://developer.hashicorp.com/vault/api-docs/secret/transit

import { z } from 'zod';
import { SECOND_MS } from '../core/clock.ts';
import { parseJson } from '../core/parse-json.ts';
import { readWhole } from '../core/read-whole.ts';
import { KeyringFault } from '../crypto/keyring-format.ts';

export interface TransitPlace {
  readonly url: Readonly<URL>;
  readonly token: string;
  readonly mount: string;
  readonly key: string;
  readonly timeoutMs?: number;
}

export interface Transit {
  /** `vault:v1:…`: names the version of Vault's key. @throws {KeyringFault} */
  encrypt(plaintext: Uint8Array): Promise<string>;
  /** @throws {KeyringFault} */
  decrypt(ciphertext: string): Promise<Buffer>;
}

export const CIPHERTEXT = /^vault:v\d{1,9}:[A-Za-z0-9+/]+={0,2}$/;

const TIMEOUT_MS = 10 * SECOND_MS;
const answerMost = { bytes: 1024 * 1024, tooMuch: () => new KeyringFault('Vault answers more than it should') };
const encrypted = z.object({ data: z.object({ ciphertext: z.string().regex(CIPHERTEXT) }) });
const decrypted = z.object({ data: z.object({ plaintext: z.base64() }) });

export function createTransit(place: TransitPlace): Transit {
  return {
    encrypt: async (plaintext) => {
      const body = { plaintext: Buffer.from(plaintext).toString('base64') };
      return (await call(place, 'encrypt', body, encrypted)).data.ciphertext;
    },
    decrypt: async (ciphertext) => {
      const { data } = await call(place, 'decrypt', { ciphertext }, decrypted);
      return Buffer.from(data.plaintext, 'base64');
    },
  };
}

async function call<T>(
  place: TransitPlace,
  operation: 'encrypt' | 'decrypt',
  body: Readonly<Record<string, string>>,
  schema: z.ZodType<T>,
): Promise<T> {
  const { status, text } = await post(place, operation, JSON.stringify(body));
  if (status !== 200) throw new KeyringFault(refusalOf(status, operation, place));
  const answer = schema.safeParse(parseJson(text));
  if (!answer.success)
    throw new KeyringFault('what answers at VAULT_ADDR does not speak as Vault’s transit engine does');
  return answer.data;
}

async function post(place: TransitPlace, operation: string, body: string): Promise<{ status: number; text: string }> {
  const base = place.url.href.replace(/\/$/, '');
  try {
    const response = await fetch(`${base}/v1/${place.mount}/${operation}/${place.key}`, {
      method: 'POST',
      headers: { 'X-Vault-Token': place.token, 'X-Vault-Request': 'true', 'Content-Type': 'application/json' },
      body,
      redirect: 'manual', // the token goes where VAULT_ADDR says and nowhere else
      signal: AbortSignal.timeout(place.timeoutMs ?? TIMEOUT_MS),
    });
    const answer = response.body === null ? '' : (await readWhole(response.body, answerMost)).toString('utf8');
    return { status: response.status, text: answer };
  } catch (error) {
    if (error instanceof KeyringFault) throw error;
    const late = error instanceof Error && error.name === 'TimeoutError';
    throw new KeyringFault(late ? 'Vault does not answer' : `Vault cannot be reached at VAULT_ADDR${causeOf(error)}`);
  }
}

/** The code of what failed below HTTP: ECONNREFUSED, CERT_HAS_EXPIRED. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}

function refusalOf(status: number, operation: string, { mount, key }: TransitPlace): string {
  switch (status) {
    case 400:
      return `Vault cannot ${operation} with ${mount}/${key} (400): the key is another one, or no longer opens what is old`;
    case 403:
      return `Vault does not let VAULT_TOKEN ${operation} with ${mount}/${key} (403)`;
    case 404:
      return `Vault has no transit engine at ${mount}, or no key ${key} in it (404)`;
    case 503:
      return 'Vault is sealed or under maintenance (503)';
    default:
      if (status >= 300 && status < 400)
        return `Vault sends elsewhere (${status}); name the active server in VAULT_ADDR`;
      return `Vault answers with ${status}`;
  }
}

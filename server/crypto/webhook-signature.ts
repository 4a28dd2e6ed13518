// Owns the secrets of webhooks and the signatures made with them, as the Standard Webhooks specification has them (symmetric
// scheme, v1). It never keeps a secret.

import { createHmac } from 'node:crypto';
import { randomBytes } from './random.ts';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32; // the specification asks for 24 to 64

export function newWebhookSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/** What goes into `webhook-signature`: one signature for each secret that holds, blank-separated. */
export function signWebhook(
  secrets: readonly string[],
  { id, timestamp, body }: { readonly id: string; readonly timestamp: number; readonly body: string },
): string {
  const signed = `${id}.${timestamp}.${body}`;
  return secrets
    .map((secret) => createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64')).update(signed))
    .map((mac) => `v1,${mac.digest('base64')}`)
    .join(' ');
}

// Owns trying out a relay with one mail while somebody waits: how far it comes, and what the relay showed of itself. Unlike a
// mail of the queue it is tried once.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Address } from '../core/address.ts';
import { StageFailure } from './courier-failure.ts';
import { COURIER_TIMEOUTS, createSmtpCourier } from './courier.ts';
import type { SmtpCourierOptions } from './courier.ts';
import { parseRelay } from './courier-relay.ts';
import { openSession } from './courier-session.ts';
import type { PeerFacts } from './courier-peer.ts';
import type { ReplyCodes, SmtpStage, TlsState } from './outcome.ts';

export interface RelayTrialMail {
  readonly from: Address;
  readonly to: Address;
  readonly raw: Buffer;
}

export interface RelayTrial extends ReplyCodes {
  /** NAME: the host's name leads nowhere. Undefined: the relay took the mail. */
  readonly failedAt: 'NAME' | SmtpStage | undefined;
  readonly tls: TlsState | undefined;
  /** Of a relay whose TLS was not good enough: what TLS there is. */
  readonly peer: PeerFacts | undefined;
}

/** Somebody waits for what comes of it. */
const TRIAL_TIMEOUTS = {
  connectMs: 8_000,
  greetingMs: 8_000,
  socketMs: 15_000,
  endMs: 30_000,
  totalMs: 50_000,
} as const;

/** @throws Error when an option cannot be used, as createSmtpCourier does. */
export async function tryRelay(options: SmtpCourierOptions, mail: RelayTrialMail): Promise<RelayTrial> {
  const relay = parseRelay(options.url);
  const courier = createSmtpCourier({ ...options, timeouts: TRIAL_TIMEOUTS, connectionsMax: 1 });
  try {
    if (!(await hasAddress(relay.host))) return { failedAt: 'NAME', tls: undefined, peer: undefined };
    const outcome = await courier.send(mail);
    if (outcome.kind === 'sent') return { failedAt: undefined, tls: outcome.tls, peer: undefined };
    const { stage: failedAt, code, enhanced } = outcome;
    return {
      failedAt,
      tls: undefined,
      ...(code === undefined ? {} : { code }),
      ...(enhanced === undefined ? {} : { enhanced }),
      peer: failedAt === 'TLS' ? await peerOf(options) : undefined,
    };
  } finally {
    await courier.close();
  }
}

async function hasAddress(host: string): Promise<boolean> {
  if (isIP(host) !== 0) return true;
  try {
    await lookup(host);
    return true;
  } catch {
    return false;
  }
}

/** Whoever it is that answers; nothing is said to it but that we go. */
async function peerOf({ url, name, caPem }: SmtpCourierOptions): Promise<PeerFacts | undefined> {
  const relay = { ...parseRelay(url), login: undefined };
  const settings = { ...COURIER_TIMEOUTS, ...TRIAL_TIMEOUTS, relay, name, caPem, verify: false };
  try {
    const session = await openSession(
      { ...settings, startTls: 'required' },
      AbortSignal.timeout(2 * TRIAL_TIMEOUTS.connectMs),
    );
    const { peer } = session;
    session.quit();
    return peer;
  } catch (error) {
    if (error instanceof StageFailure) return undefined;
    throw error;
  }
}

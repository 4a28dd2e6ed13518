// Owns trying out one mail server: how far the dialogue comes, what TLS and which certificate it has, and whether that meets a
// demand. It ends before MAIL: nothing is ever sent.

import { StageFailure } from './courier-failure.ts';
import { COURIER_TIMEOUTS } from './courier.ts';
import type { DirectHost } from './courier-direct.ts';
import { openSession } from './courier-session.ts';
import type { PeerFacts } from './courier-peer.ts';
import type { SessionSettings } from './courier-session.ts';
import type { SmtpStage } from './outcome.ts';

export interface ProbeOptions {
  readonly name: string;
  readonly caPem?: string | undefined;
  /** For each of the steps up to TLS. */
  readonly stepMs: number;
}

export interface Probe {
  /** Where the dialogue ended before TLS stood; undefined when it stood. */
  readonly failedAt: SmtpStage | undefined;
  /** What TLS there is, whoever it is. */
  readonly peer: PeerFacts | undefined;
  /** Whether a mail would go. */
  readonly isMet: boolean;
}

export async function probeHost(options: ProbeOptions, target: DirectHost): Promise<Probe> {
  const { host, port, addresses, demand } = target;
  const { name, caPem, stepMs } = options;
  const relay = { host, port, implicitTls: false, login: undefined };
  const timeouts = { ...COURIER_TIMEOUTS, connectMs: stepMs, greetingMs: stepMs, socketMs: stepMs };
  const settings = { ...timeouts, relay, addresses, name, caPem, verify: false, startTls: 'required' as const };
  const shown = await attempt(settings);
  if (shown instanceof StageFailure) return { failedAt: shown.stage, peer: undefined, isMet: false };
  if (demand === undefined) return { failedAt: undefined, peer: shown, isMet: false };
  const met = await attempt({ ...settings, demand });
  return {
    failedAt: undefined,
    peer: met instanceof StageFailure ? shown : met,
    isMet: !(met instanceof StageFailure),
  };
}

async function attempt(settings: SessionSettings): Promise<PeerFacts | undefined | StageFailure> {
  try {
    const session = await openSession(settings, AbortSignal.timeout(4 * settings.connectMs));
    const { peer } = session;
    session.quit();
    return peer;
  } catch (error) {
    if (error instanceof StageFailure) return error;
    throw error;
  }
}

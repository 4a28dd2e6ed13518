// Owns how a session is opened where no evidence says what the server has to prove, but a setting does.

import { StageFailure } from './courier-failure.ts';
import { openSession } from './courier-session.ts';
import type { SessionSettings, SmtpSession } from './courier-session.ts';

export type RelayTls = 'verified' | 'required' | 'opportunistic';

/** @throws StageFailure */
export async function openInMode(
  settings: Omit<SessionSettings, 'startTls' | 'verify' | 'demand'>,
  tls: RelayTls,
  signal: AbortSignal,
): Promise<SmtpSession> {
  const session = { ...settings, verify: tls === 'verified' };
  const opportunistic = tls === 'opportunistic';
  try {
    return await openSession({ ...session, startTls: opportunistic ? 'offered' : 'required' }, signal);
  } catch (error) {
    const { implicitTls } = settings.relay;
    const inClear = opportunistic && !implicitTls && error instanceof StageFailure && error.stage === 'TLS';
    if (!inClear) throw error;
    // RFC 7435 section 3: TLS that does not work is for this mode as good as none.
    return openSession({ ...session, startTls: 'never' }, signal);
  }
}

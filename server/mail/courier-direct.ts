// Owns the handing over of a mail to the servers of its recipient's own domain: the hosts in their order, each with what its
// TLS has to prove. It decides nothing: which hosts, and what they prove, is told to it. Of a demand it never takes less.

import { domainOf } from '../core/address.ts';
import { Content } from './courier-content.ts';
import { createDkimSigner } from './courier-dkim.ts';
import type { DkimSettings } from './courier-dkim.ts';
import { StageFailure } from './courier-failure.ts';
import type { TlsFault } from './courier-failure.ts';
import { openInMode } from './courier-mode.ts';
import type { RelayTls } from './courier-mode.ts';
import { Places } from './courier-places.ts';
import type { Claim } from './courier-places.ts';
import { openSession } from './courier-session.ts';
import type { SmtpSession } from './courier-session.ts';
import { COURIER_TIMEOUTS, checkedEnvelope } from './courier.ts';
import type { CourierMail, CourierTimeouts } from './courier.ts';
import { failed, replyCodes, sent, unverified } from './outcome.ts';
import type { Outcome, TlsState } from './outcome.ts';
import type { TlsDemand } from './tls-demand.ts';

export interface DirectHost {
  readonly host: string;
  readonly port: number;
  /** Undefined: looked up when it is connected to. */
  readonly addresses?: readonly string[] | undefined;
  /** Undefined: there is no evidence of what it should prove. */
  readonly demand: TlsDemand | undefined;
  /** Who says what it has to prove; for whoever counts. */
  readonly evidence?: string | undefined;
}

/** How TLS with one of the hosts went. */
export interface HostSession {
  readonly host: DirectHost;
  readonly tls: TlsState;
  readonly fault: TlsFault | undefined;
}

/** Over what the mail went. */
export interface Passage {
  readonly host: string;
  readonly protocol: string;
  readonly cipher: string;
}

/** `via` is for the sealed record of the recipient: it names a host, which an outcome does not. */
export interface DirectOutcome {
  readonly outcome: Outcome;
  readonly via?: Passage;
  /** Of each host that was spoken to about TLS. */
  readonly sessions: readonly HostSession[];
}

export interface DirectCourier {
  /**
   * Tries once, host after host until one takes a connection. With `requireVerifiedTls` a host without a demand is not even
   * connected to. @throws Crowded where domain or host have their share under way; what the stream in `raw` throws.
   */
  send(hosts: readonly DirectHost[], mail: CourierMail): Promise<DirectOutcome>;
  close(): Promise<void>;
}

export interface DirectCourierOptions {
  readonly name: string;
  /** For hosts without a demand. */
  readonly tls: RelayTls;
  readonly dkim?: DkimSettings | undefined;
  readonly timeouts?: Partial<CourierTimeouts>;
  readonly caPem?: string | undefined;
  /** At once to one host, and to all the hosts of one domain. */
  readonly connectionsMax?: number;
}

export function createDirectCourier(options: DirectCourierOptions): DirectCourier {
  const timeouts = { ...COURIER_TIMEOUTS, ...options.timeouts };
  const signer = options.dkim === undefined ? undefined : createDkimSigner(options.dkim);
  const places = new Places({
    connectionsMax: options.connectionsMax ?? 2,
    mailsPerConnectionMax: 50,
    idleMs: 5_000,
  });

  function open({ host, port, addresses, demand }: DirectHost, signal: AbortSignal): Promise<SmtpSession> {
    const relay = { host, port, implicitTls: false, login: undefined };
    const session = { ...timeouts, relay, addresses, name: options.name, caPem: options.caPem };
    if (demand === undefined) return openInMode(session, options.tls, signal);
    return openSession({ ...session, demand, verify: false, startTls: 'required' }, signal);
  }

  /** A session that was opened under another demand proves nothing for this one. */
  function claimOf(host: DirectHost, domain: string, isUrgent: boolean): Claim {
    const key = JSON.stringify([host.host, host.port, host.addresses, host.demand]);
    return { domain, host: `${host.host}:${host.port}`, key, open: (signal) => open(host, signal), isUrgent };
  }

  async function attempt(
    host: DirectHost,
    mail: CourierMail,
    content: Content,
    sessions: HostSession[],
  ): Promise<Omit<DirectOutcome, 'sessions'> | StageFailure> {
    const signal = AbortSignal.timeout(timeouts.totalMs);
    const to = checkedEnvelope(mail);
    const [domain = ''] = to.map(domainOf);
    let isOpen = false;
    try {
      return await places.use(claimOf(host, domain, mail.isUrgent === true), signal, async (session) => {
        isOpen = true;
        sessions.push({ host, tls: session.tls, fault: undefined });
        if (mail.requireVerifiedTls === true && session.tls !== 'verified') return { outcome: unverified() };
        const raw = await content.ready(signer);
        const { reply, refused } = await session.send({ from: mail.from, to }, raw, signal);
        const { protocol = '', cipher = '' } = session.secured ?? {};
        return { outcome: sent(reply, session.tls, refused), via: { host: host.host, protocol, cipher } };
      });
    } catch (error) {
      content.rethrow();
      if (!(error instanceof StageFailure)) throw error;
      if (isOpen) return { outcome: failed(error.stage, error.reply) };
      if (error.tlsFault !== undefined) sessions.push({ host, tls: 'none', fault: error.tlsFault });
      return error;
    }
  }

  async function overHosts(hosts: readonly DirectHost[], mail: CourierMail, content: Content): Promise<DirectOutcome> {
    const usable = mail.requireVerifiedTls === true ? hosts.filter(({ demand }) => demand !== undefined) : hosts;
    const sessions: HostSession[] = [];
    let last: StageFailure | undefined;
    for (const host of usable) {
      const result = await attempt(host, mail, content, sessions);
      if (!(result instanceof StageFailure)) return { ...result, sessions };
      // What a server did prove, or fail to, says more than that another one cannot be reached.
      if (last === undefined || result.stage === 'TLS') last = result;
    }
    if (last === undefined) return { outcome: unverified(), sessions };
    const { stage, reply } = last;
    const withheld = mail.requireVerifiedTls === true && stage === 'TLS';
    return { outcome: withheld ? unverified(replyCodes(reply ?? '')) : failed(stage, reply), sessions };
  }

  return {
    async send(hosts, mail) {
      const content = new Content(mail.raw);
      try {
        return await overHosts(hosts, mail, content);
      } finally {
        content.release();
      }
    },
    close: () => places.close(),
  };
}

// Owns the handing over of a mail to the relay: an explicit envelope, the TLS that was asked for, a DKIM
// signature when there is a key, and an outcome that says what happened and at which step. It never reads
// a recipient from a header, and never tells anyone an address, a host or a server's words.

import type { Readable } from 'node:stream';
import { isDomain, parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { Content } from './courier-content.ts';
import { createDkimSigner } from './courier-dkim.ts';
import type { DkimSettings } from './courier-dkim.ts';
import { StageFailure } from './courier-failure.ts';
import { SessionPool } from './courier-pool.ts';
import { parseRelay } from './courier-relay.ts';
import { openInMode } from './courier-mode.ts';
import type { RelayTls } from './courier-mode.ts';
import { failed, replyCodes, sent, unverified } from './outcome.ts';
import type { Outcome } from './outcome.ts';

export interface CourierMail {
  /** The envelope's sender; '' for a mail that must not bounce. */
  readonly from: Address | '';
  /** The envelope's recipients, whatever the headers say. */
  readonly to: Address | readonly Address[];
  /** The whole mail. A stream is read once, and destroyed in the end, also when nothing of it was read. */
  readonly raw: Buffer | Readable;
  /** Nothing from MAIL on leaves unless chain, dates and name of the relay's certificate are right. */
  readonly requireVerifiedTls?: boolean;
  /** Somebody waits for it: it finds room where many others are under way. */
  readonly isUrgent?: boolean;
}

export interface Courier {
  /**
   * Tries once. Whatever the network or the server does is an outcome.
   * @throws Crowded when enough goes there already (RELAY_URL=direct alone); what the stream in `raw` throws; Error for an address that is none, or after close().
   */
  send(mail: CourierMail): Promise<Outcome>;
  /** Lets mails under way finish, takes no more, ends all connections. */
  close(): Promise<void>;
}

export interface SmtpCourierOptions {
  /** RELAY_URL. */
  readonly url: string;
  /**
   * verified: TLS with a good certificate or nothing. required: TLS, with whatever certificate.
   * opportunistic: TLS when it can be had, clear otherwise; the login only over TLS or to this machine.
   */
  readonly tls: RelayTls;
  /** What EHLO says we are. */
  readonly name: string;
  readonly dkim?: DkimSettings;
  readonly timeouts?: Partial<CourierTimeouts>;
  readonly connectionsMax?: number;
  /** An authority trusted besides Node's own list and NODE_EXTRA_CA_CERTS. */
  readonly caPem?: string;
  /** One entry for each mail: numbers and fixed words only. */
  readonly log?: (event: 'courier.sent' | 'courier.failed', fields: Readonly<Record<string, unknown>>) => void;
}

export interface CourierTimeouts {
  readonly connectMs: number;
  /** For the greeting, and again for the TLS handshake. */
  readonly greetingMs: number;
  /** Silence at any later step. */
  readonly socketMs: number;
  /** Silence after the dot that ends the content. */
  readonly endMs: number;
  /** One send() in all, waiting for a free connection included: a lease on the work must last longer. */
  readonly totalMs: number;
}

export const COURIER_TIMEOUTS: CourierTimeouts = {
  connectMs: 15_000,
  greetingMs: 15_000,
  socketMs: 60_000,
  // RFC 5321 section 4.5.3.2.6 asks for ten minutes: whoever gives up sooner sends the mail twice.
  endMs: 600_000,
  totalMs: 900_000,
};

/** @throws Error when an option cannot be used; it says which and never what stood in the URL or the key. */
export function createSmtpCourier(options: SmtpCourierOptions): Courier {
  if (!isHeloName(options.name)) throw new Error('The EHLO name must be a host name or an [address]');
  const relay = parseRelay(options.url);
  const signer = options.dkim === undefined ? undefined : createDkimSigner(options.dkim);
  const timeouts = { ...COURIER_TIMEOUTS, ...options.timeouts };
  const session = {
    ...timeouts,
    relay,
    name: options.name,
    caPem: options.caPem,
  };

  const pool = new SessionPool({
    open: (signal) => openInMode(session, options.tls, signal),
    connectionsMax: options.connectionsMax ?? 4,
    mailsPerConnectionMax: 50,
    idleMs: 5_000,
  });

  async function attempt(mail: CourierMail, to: readonly Address[], content: Content): Promise<Outcome> {
    const signal = AbortSignal.timeout(timeouts.totalMs);
    try {
      return await pool.use(signal, async (session) => {
        if (mail.requireVerifiedTls === true && session.tls !== 'verified') return unverified();
        const raw = await content.ready(signer);
        const { reply, refused } = await session.send({ from: mail.from, to }, raw, signal);
        return sent(reply, session.tls, refused);
      });
    } catch (error) {
      content.rethrow();
      if (!(error instanceof StageFailure)) throw error;
      const withheld = mail.requireVerifiedTls === true && error.stage === 'TLS';
      return withheld ? unverified(replyCodes(error.reply ?? '')) : failed(error.stage, error.reply);
    }
  }

  return {
    async send(mail) {
      const content = new Content(mail.raw);
      try {
        const outcome = await attempt(mail, checkedEnvelope(mail), content);
        const { kind, ...fields } = outcome;
        options.log?.(`courier.${kind}`, fields);
        return outcome;
      } finally {
        content.release();
      }
    },
    close: () => pool.close(),
  };
}

/** The type says that these are addresses; a mail under way is no place to rely on that. */
export function checkedEnvelope({ from, to }: CourierMail): readonly Address[] {
  const recipients = [to].flat();
  const all = from === '' ? recipients : [from, ...recipients];
  if (recipients.length === 0 || all.some((one) => parseAddress(one) !== one)) {
    throw new Error('The envelope is not made of addresses');
  }
  return recipients;
}

export function isHeloName(name: string): boolean {
  const lower = name.toLowerCase();
  return isDomain(lower) || lower === 'localhost' || /^\[(?:[0-9.]+|ipv6:[0-9a-f:.]+)\]$/.test(lower);
}

// Owns the organisation's mail server in tests: it takes what Sealpost sends, says over what kind of
// connection it came, and refuses what a test tells it to.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { TestCertificate } from './certificates.ts';

export interface RelayedMail {
  readonly from: string;
  readonly to: string;
  readonly tls: boolean;
  readonly raw: string;
}

export interface TestRelay {
  readonly port: number;
  /** What was taken, oldest first. */
  readonly mails: RelayedMail[];
  /** Every byte that reached it in mails, taken or not. */
  readonly seen: () => string;
  /** The reply to RCPT for these addresses, until it is taken out again: '550 5.1.1' or '451 4.3.0'. */
  readonly refusals: Map<string, string>;
  /** Attempts by address, refused ones too. */
  readonly attempts: string[];
  /** From now on mails are taken only once `release` is called; `arrived` resolves when one waits. */
  hold(): { arrived: Promise<void>; release: () => void };
  /** The next RCPT waits for `release`, those after it do not; `arrived` resolves when it is there. */
  holdNext(): { arrived: Promise<void>; release: () => void };
  close(): Promise<void>;
}

/** Without a certificate it offers no STARTTLS. `lets`: it asks for a sign-in after STARTTLS, and this says whether it is good. */
export async function startRelay(certificate?: TestCertificate, lets?: () => boolean): Promise<TestRelay> {
  const mails: RelayedMail[] = [];
  const attempts: string[] = [];
  const refusals = new Map<string, string>();
  let seen = '';
  let gate = Promise.resolve();
  let knock: () => void = () => undefined;
  let nextRcpt: (() => Promise<void>) | undefined;
  const server = new SMTPServer({
    authOptional: lets === undefined,
    onAuth: (_login, _session, done) => {
      if (lets?.() === true) done(null, { user: 'portal' });
      else done(Object.assign(new Error('5.7.8 no'), { responseCode: 535 }));
    },
    ...(certificate === undefined
      ? { disabledCommands: ['STARTTLS', 'AUTH'] }
      : {
          cert: certificate.certPem,
          key: certificate.keyPem,
          disabledCommands: lets === undefined ? ['AUTH'] : [],
        }),
    onRcptTo: ({ address }, _session, done) => {
      attempts.push(address);
      const refusal = refusals.get(address);
      const answer =
        refusal === undefined
          ? null
          : Object.assign(new Error(refusal.slice(4)), { responseCode: Number(refusal.slice(0, 3)) });
      const held = nextRcpt?.();
      nextRcpt = undefined;
      if (held === undefined) done(answer);
      else void held.then(() => done(answer));
    },
    onData: (stream, session, done) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const raw = Buffer.concat(pieces).toString('utf8');
        seen += raw;
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        knock();
        void gate.then(() => {
          for (const { address } of rcptTo) mails.push({ from, to: address, tls: session.secure, raw });
          done();
        });
      });
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port, // a TCP server that listens has one
    mails,
    seen: () => seen,
    refusals,
    attempts,
    hold: () => {
      const held = Promise.withResolvers<void>();
      const arrived = Promise.withResolvers<void>();
      gate = held.promise;
      knock = arrived.resolve;
      return { arrived: arrived.promise, release: held.resolve };
    },
    holdNext: () => {
      const held = Promise.withResolvers<void>();
      const arrived = Promise.withResolvers<void>();
      nextRcpt = () => {
        arrived.resolve();
        return held.promise;
      };
      return { arrived: arrived.promise, release: held.resolve };
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Settings of a Sealpost that sends by this relay. */
export function relayEnv(relay: TestRelay, tls: 'verified' | 'required' | 'opportunistic'): Record<string, string> {
  return {
    RELAY_URL: `smtp://localhost:${relay.port}`,
    RELAY_TLS: tls,
    ORG_NAME: 'Example Ltd',
    ORG_DOMAINS: 'example.com',
    MAIL_FROM: 'Example Ltd <secure@example.com>',
    ADMINS: 'admin@example.com',
    SMTP_REQUIRE_TLS: 'false',
    SMTP_CLIENTS: '127.0.0.0/8',
  };
}

/** The text of a mail with its quoted-printable and line folding undone, as far as a test needs it. */
export function readable(raw: string): string {
  return raw
    .replace(/=\r?\n/g, '')
    .replace(/(?:=[0-9A-F]{2})+/g, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'));
}

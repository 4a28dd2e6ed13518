// Owns the SMTP server: how the package `smtp-server` is set up, and its answers to senders, recipients, sign-ins and mails. It,
// smtp-connection.ts and smtp-parser.ts alone know the package. It must never store, parse or judge a mail: it hands the
// envelope and the bytes to `onMail` and turns what comes back into one answer.
//
// The package is used against its grain in a few places, each with its reason beside it. What it would do by
// itself: offer an expired certificate whose key is public, show the text of any error to the peer, go on reading
// past SIZE, wait 100 ms before each greeting, and take a bare LF for the end of a line.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerAuthentication,
  type SMTPServerAuthenticationResponse,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from 'smtp-server';
import type { SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { parseAddress } from '../core/address.ts';
import type { Address } from '../core/address.ts';
import { limits } from '../core/limits.ts';
import { answerLine, answers, type SmtpAnswer } from './smtp-answers.ts';
import { readPath } from './smtp-commands.ts';
import { Connection, userOf } from './smtp-connection.ts';
import { IncomingContent } from './smtp-content.ts';
import { type SubmittedMail, takeIn } from './smtp-intake.ts';
import type { SmtpListenerOptions } from './smtp-options.ts';
import { checkSignIn } from './smtp-peer.ts';

type Callback<Value = never> = (error?: Error | null, value?: Value) => void;

export class Server extends SMTPServer {
  readonly #ours: SmtpListenerOptions;
  readonly #bySession = new WeakMap<SMTPServerSession, Connection>();

  constructor(ours: SmtpListenerOptions) {
    super({
      name: ours.name,
      heloResponse: '%s',
      logger: false,
      // Without a certificate of ours the package would present its own, so STARTTLS is no command then.
      ...(ours.tls !== undefined && { ...ours.tls, minVersion: 'TLSv1.2' as const }),
      // Asked for and not demanded: whoever shows none, or one that counts for nothing, has the other ways to prove itself.
      ...(ours.tls !== undefined && ours.identify !== undefined && { requestCert: true, rejectUnauthorized: false }),
      disabledCommands: [
        'XCLIENT',
        'XFORWARD',
        'WIZ',
        'SHELL',
        'KILL',
        ...(ours.tls === undefined ? ['STARTTLS'] : []),
      ],
      hideENHANCEDSTATUSCODES: false,
      size: ours.messageBytesMax,
      maxRecipients: limits.recipientsMax,
      maxCommandLength: limits.smtpCommandBytesMax,
      // Who must sign in, and when, is decided in `Connection`, which knows the peer; the package must not add to it.
      authMethods: ['PLAIN', 'LOGIN'],
      authOptional: true,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      socketTimeout: ours.idleMs ?? limits.smtpIdleMs,
      closeTimeout: limits.smtpCloseMs,
      maxClients: ours.connectionsMax ?? limits.smtpConnectionsMax,
    });
    this.#ours = ours;
    this.on('error', (error) => ours.log.info('smtp.connection-failed', { err: error }));
  }

  override connect(socket: Socket | TLSSocket, socketOptions?: SMTPConnectionOptions | null): void {
    const connection = new Connection(this, socket, socketOptions, this.#ours);
    this.connections.add(connection);
    this.#bySession.set(connection.session, connection);
    connection.on('error', (error) => this._onError(error));
    connection.init();
  }

  sendIdleAway(): void {
    for (const connection of this.connections) {
      if (!connection._dataStream && !connection._handlerPending) connection.send(421, answerLine(answers.closingDown));
    }
  }

  // At once: a peer that writes a moment before the greeting is impatient, not hostile.
  override onConnect(_session: SMTPServerSession, callback: Callback): void {
    callback();
  }

  override onSecure(socket: Socket | TLSSocket, session: SMTPServerSession, callback: Callback): void {
    this.#bySession.get(session)?.keepCertificate(socket);
    callback();
  }

  override onMailFrom(path: SMTPServerAddress, _session: SMTPServerSession, callback: Callback): void {
    // The null sender is for reports about mail: like strangers, it may write to this program itself and to nobody else.
    if (path.address === '') return callback(this.#ours.isOwnAddress === undefined ? refusal(answers.author) : null);
    const read = readPath(path.address, answers.senderSyntax);
    if ('refusal' in read) return callback(refusal(read.refusal));
    const mayWrite = this.#ours.isOwnAddress !== undefined || this.#ours.allowAuthor(read.address);
    callback(mayWrite ? null : refusal(answers.author));
  }

  override onRcptTo(path: SMTPServerAddress, session: SMTPServerSession, callback: Callback): void {
    if (path.args !== false) return callback(refusal(answers.unknownParameter));
    const read = readPath(path.address, answers.recipientSyntax);
    if ('refusal' in read) return callback(refusal(read.refusal));
    callback(this.#mayReach(session, read.address) ? null : refusal(answers.author));
  }

  #mayReach({ envelope: { mailFrom } }: SMTPServerSession, to: Address): boolean {
    const from = mailFrom === false ? undefined : parseAddress(mailFrom.address);
    return (from !== undefined && this.#ours.allowAuthor(from)) || this.#ours.isOwnAddress?.(to) === true;
  }

  override onAuth(
    auth: SMTPServerAuthentication,
    session: SMTPServerSession,
    callback: Callback<SMTPServerAuthenticationResponse>,
  ): void {
    const connection = this.#bySession.get(session);
    const user = auth.username ?? '';
    const attempt = { ip: session.remoteAddress, user, actAs: auth.authzid ?? '', password: auth.password ?? '' };
    void checkSignIn(attempt, this.#ours).then((answer) => {
      if (answer === undefined) return callback(null, { user });
      const isLast = answer === answers.badCredentials && connection?.countFailedSignIn() !== 'may-try-again';
      callback(refusal(isLast ? answers.tooManySignIns : answer));
    });
  }

  override onData(stream: SMTPServerDataStream, session: SMTPServerSession, callback: Callback<string>): void {
    const connection = this.#bySession.get(session);
    connection?.countMail();
    const content = new IncomingContent(stream, this.#ours.messageBytesMax);
    void takeIn(content, describe(session, connection?.identity), this.#ours).then((outcome) => {
      if (outcome.kind === 'taken') callback(null, answerLine(outcome.answer));
      else if (outcome.kind === 'refused') callback(refusal(outcome.answer));
      else if (outcome.kind === 'flooded') connection?.endSession(outcome.answer);
    });
  }
}

function describe(session: SMTPServerSession, identity: string | undefined): Omit<SubmittedMail, 'content'> {
  const { mailFrom, rcptTo } = session.envelope;
  const given = mailFrom === false ? undefined : mailFrom.address;
  const from = given === '' ? '' : parseAddress(given ?? '');
  const to = rcptTo.map(({ address }) => parseAddress(address)).filter((address) => address !== undefined);
  if (from === undefined || to.length === 0 || to.length !== rcptTo.length)
    throw new Error('an envelope was not checked');
  const user = userOf(session);
  return {
    envelope: { from, to },
    peer: {
      ip: session.remoteAddress,
      ...(user !== undefined && { user }),
      ...(identity !== undefined && { identity }),
      tls: session.secure,
    },
  };
}

/** The package shows `message` to the peer, so it is built from nothing but an answer of ours. */
function refusal(answer: SmtpAnswer): Error {
  return Object.assign(new Error(answerLine(answer)), { responseCode: answer.code });
}

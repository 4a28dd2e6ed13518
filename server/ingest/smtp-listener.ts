// Owns the SMTP dialogue; it and smtp-parser.ts alone know the package `smtp-server`. It must never store, parse
// or judge a mail: it hands the envelope and the bytes to `onMail` and turns what comes back into one answer.
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
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { type Address, parseAddress } from '../core/address.ts';
import { limits } from '../core/limits.ts';
import { limitKey } from '../core/networks.ts';
import { answerLine, answers, type SmtpAnswer } from './smtp-answers.ts';
import { parsePathCommand, readPath, refuseMailParameters } from './smtp-commands.ts';
import { IncomingContent, MailCutOff } from './smtp-content.ts';
import { type IntakeOptions, type SubmittedMail, takeIn } from './smtp-intake.ts';
import { GuardedParser } from './smtp-parser.ts';
import { checkSignIn, offersSignIn, type PeerRules, refusePeer, refuseSignIn, type SmtpPeer } from './smtp-peer.ts';

export interface SmtpListenerOptions extends PeerRules, IntakeOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The name this server greets with. */
  readonly name: string;
  /** PEM. Without both there is no STARTTLS. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  readonly messageBytesMax: number;
  /** Whether this envelope sender may write from here. */
  readonly allowAuthor: (author: Address) => boolean;
  readonly idleMs?: number;
  readonly connectionsMax?: number;
}

export interface SmtpListener {
  /** Resolves with where it listens; rejects when it cannot. */
  listen(): Promise<{ host: string; port: number }>;
  /** Sends idle peers away, lets mails under way end for a while, and resolves when all is closed. */
  close(): Promise<void>;
}

export function createSmtpListener(options: SmtpListenerOptions): SmtpListener {
  const server = new Server(options);
  return {
    listen: () =>
      new Promise((resolve, reject) => {
        server.server.once('error', reject);
        server.listen(options.port, options.host, () => {
          server.server.removeListener('error', reject);
          const address = server.server.address();
          if (address === null || typeof address === 'string') return reject(new Error('no TCP address to listen on'));
          resolve({ host: address.address, port: address.port });
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.sendIdleAway();
        server.close(() => resolve());
      }),
  };
}

type Callback<Value = never> = (error?: Error | null, value?: Value) => void;

class Server extends SMTPServer {
  readonly #ours: SmtpListenerOptions;
  readonly #bySession = new WeakMap<SMTPServerSession, Connection>();

  constructor(ours: SmtpListenerOptions) {
    super({
      name: ours.name,
      heloResponse: '%s',
      logger: false,
      // Without a certificate of ours the package would present its own, so STARTTLS is no command then.
      ...(ours.tls !== undefined && { ...ours.tls, minVersion: 'TLSv1.2' as const }),
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

  override onMailFrom(path: SMTPServerAddress, _session: SMTPServerSession, callback: Callback): void {
    // The null sender is for reports about mail. None of those may be sealed and announced as somebody's message.
    if (path.address === '') return callback(refusal(answers.author));
    const read = readPath(path.address, answers.senderSyntax);
    if ('refusal' in read) return callback(refusal(read.refusal));
    callback(this.#ours.allowAuthor(read.address) ? null : refusal(answers.author));
  }

  override onRcptTo(path: SMTPServerAddress, _session: SMTPServerSession, callback: Callback): void {
    if (path.args !== false) return callback(refusal(answers.unknownParameter));
    const read = readPath(path.address, answers.recipientSyntax);
    callback('refusal' in read ? refusal(read.refusal) : null);
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
    void takeIn(content, describe(session), this.#ours).then((outcome) => {
      if (outcome.kind === 'taken') callback(null, answerLine(outcome.answer));
      else if (outcome.kind === 'refused') callback(refusal(outcome.answer));
      else if (outcome.kind === 'flooded') connection?.endSession(outcome.answer);
    });
  }
}

class Connection extends SMTPConnection {
  readonly #ours: SmtpListenerOptions;
  #commands = 0;
  #failedSignIns = 0;

  constructor(
    server: Server,
    socket: Socket | TLSSocket,
    options: SMTPConnectionOptions | null | undefined,
    ours: SmtpListenerOptions,
  ) {
    super(server, socket, options);
    this.#ours = ours;
  }

  /** As in the package, without its 100 ms of waiting, and with a bound on what one stranger may hold. */
  override init(): void {
    this._setListeners(() => {
      const { connections, options } = this._server;
      const tooMany = connections.size > (options.maxClients ?? limits.smtpConnectionsMax);
      if (tooMany || this.#isGreedyStranger()) return this.#reply(answers.tooManyConnections);
      this.connectionReady();
    });
  }

  /** Called when the bytes of a mail begin, which a DATA out of its order does not bring about. */
  countMail(): void {
    this.#commands = 0;
  }

  countFailedSignIn(): 'may-try-again' | 'must-go' {
    this.#failedSignIns += 1;
    return this.#failedSignIns < limits.smtpSignInFailuresMax ? 'may-try-again' : 'must-go';
  }

  /** Says why, closes, and cuts off the mail under way, of which nothing may be kept. */
  endSession(answer: SmtpAnswer): void {
    if (this._closing || this._closed) return;
    const stream = this._dataStream;
    this.#reply(answer);
    this.close();
    if (stream) stream.destroy(new MailCutOff());
  }

  // Called by the constructor of the package, when the fields of this class do not exist yet, and again after STARTTLS.
  override _createParser(): SMTPStream {
    const parser = new GuardedParser(
      () => this.endSession(answers.bareLineEnding),
      this._server.options.maxCommandLength,
    );
    parser.oncommand = (command, next) => this._onCommand(command, next);
    parser.on('error', () => this.endSession(answers.lineTooLong));
    return parser;
  }

  /** A text of ours brings its own enhanced code; the package would put the one it knows for the number before it. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const hasOwn = typeof data === 'string' && /^[245]\.\d{1,3}\.\d{1,3} /.test(data);
    super.send(code, data, hasOwn ? false : context);
  }

  override _onCommand(command: Buffer, callback?: () => void): void {
    this.#commands += 1;
    if (this.#commands > limits.smtpCommandsPerMailMax) return this.endSession(answers.tooManyCommands);
    super._onCommand(command, callback);
  }

  override handler_EHLO(command: Buffer, callback: () => void): void {
    const [, host, ...more] = command.toString('latin1').trim().split(/ +/);
    if (host === undefined || more.length > 0 || !/^[\x21-\x7e]{1,255}$/.test(host)) {
      this.send(501, 'Syntax: EHLO hostname', false);
      return callback();
    }
    this.openingCommand = 'EHLO';
    this.hostNameAppearsAs = host.toLowerCase();
    this._resetSession(); // RFC 5321 section 4.1.4: EHLO clears all state, as RSET does
    const features = ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES', `SIZE ${this.#ours.messageBytesMax}`];
    if (!this.secure && this.#ours.tls !== undefined) features.push('STARTTLS');
    if (offersSignIn(this.#peer(), this.#ours)) features.push('AUTH PLAIN LOGIN');
    this.send(250, [this.name, ...features], false);
    callback();
  }

  override handler_AUTH(command: Buffer, callback: () => void): void {
    const inMail = this.session.envelope.mailFrom !== false;
    const refused = refuseSignIn(this.#peer(), this.#ours) ?? (inMail ? answers.signInTooLate : undefined);
    if (refused === undefined) return super.handler_AUTH(command, callback);
    this.#reply(refused);
    callback();
  }

  override handler_MAIL(command: Buffer, callback: () => void): void {
    const refused = refusePeer(this.#peer(), this.#ours);
    if (refused === undefined) return super.handler_MAIL(command, callback);
    this.#reply(refused);
    callback();
  }

  // Instead of the package's reading, which turns `xn--` domains into Unicode and lets unknown words pass.
  override _parseAddressCommand(
    name: string,
    command: Buffer | string,
  ): ReturnType<SMTPConnection['_parseAddressCommand']> {
    const parsed = parsePathCommand(name === 'mail from' ? 'MAIL FROM' : 'RCPT TO', command.toString());
    if (parsed === undefined) return false;
    return {
      address: parsed.path,
      args: parsed.parameters.size > 0 && Object.fromEntries(parsed.parameters),
      duplicate: parsed.duplicate,
    };
  }

  override _validateMailParams(
    parsed: SMTPServerAddress,
  ): { code: number; message: string; enhancedCode: null } | null {
    const parameters = new Map(Object.entries(parsed.args || {}));
    const offered = { bytesMax: this.#ours.messageBytesMax, signIn: this.#ours.authenticate !== undefined };
    const answer = refuseMailParameters(parameters, offered);
    return answer === undefined ? null : { code: answer.code, message: answerLine(answer), enhancedCode: null };
  }

  #reply(answer: SmtpAnswer): void {
    this.send(answer.code, answerLine(answer));
  }

  #peer(): SmtpPeer {
    return { ip: this.remoteAddress, tls: this.secure, user: userOf(this.session) };
  }

  #isGreedyStranger(): boolean {
    if (this.#ours.clients(this.remoteAddress)) return false;
    const key = limitKey(this.remoteAddress);
    const held = [...this._server.connections].filter((other) => limitKey(other.remoteAddress) === key);
    return held.length > limits.smtpConnectionsPerStrangerMax;
  }
}

function describe(session: SMTPServerSession): Omit<SubmittedMail, 'content'> {
  const { mailFrom, rcptTo } = session.envelope;
  const from = mailFrom === false ? undefined : parseAddress(mailFrom.address);
  const to = rcptTo.map(({ address }) => parseAddress(address)).filter((address) => address !== undefined);
  if (from === undefined || to.length === 0 || to.length !== rcptTo.length)
    throw new Error('an envelope was not checked');
  const user = userOf(session);
  return {
    envelope: { from, to },
    peer: { ip: session.remoteAddress, ...(user !== undefined && { user }), tls: session.secure },
  };
}

function userOf(session: SMTPServerSession): string | undefined {
  const user: unknown = session.user;
  return typeof user === 'string' && user !== '' ? user : undefined;
}

/** The package shows `message` to the peer, so it is built from nothing but an answer of ours. */
function refusal(answer: SmtpAnswer): Error {
  return Object.assign(new Error(answerLine(answer)), { responseCode: answer.code });
}

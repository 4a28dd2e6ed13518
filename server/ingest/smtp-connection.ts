// Owns one SMTP connection: its greeting, its commands, and what a peer may hold, try and say on it. It must never look
// at a mail. Where it stands in for a handler of the package, the reason is beside it.

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SMTPServer, SMTPServerAddress, SMTPServerSession } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { limits } from '../core/limits.ts';
import { limitKey } from '../core/networks.ts';
import { readShown } from '../crypto/server-certificate.ts';
import type { ShownCertificate } from '../crypto/server-certificate.ts';
import { answerLine, answers, type SmtpAnswer } from './smtp-answers.ts';
import { parsePathCommand, refuseMailParameters } from './smtp-commands.ts';
import { MailCutOff } from './smtp-content.ts';
import type { SmtpListenerOptions } from './smtp-options.ts';
import { GuardedParser } from './smtp-parser.ts';
import { findIdentity, offersSignIn, refusePeer, refuseSignIn, type SmtpPeer } from './smtp-peer.ts';

export class Connection extends SMTPConnection {
  readonly #ours: SmtpListenerOptions;
  #commands = 0;
  #failedSignIns = 0;
  #shown: ShownCertificate | undefined;
  #identity: string | undefined;

  constructor(
    server: SMTPServer,
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

  /**
   * Called when the handshake is over, and not again: in the middle of another one the socket would tell of a certificate whose key
   * nobody has proved yet.
   */
  keepCertificate(socket: Socket | TLSSocket): void {
    const raw: unknown = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : undefined;
    // Of a peer without a certificate it is an empty object.
    this.#shown = Buffer.isBuffer(raw) ? readShown(raw) : undefined;
  }

  /** Whose certificate the peer had shown when the mail under way began. */
  get identity(): string | undefined {
    return this.#identity;
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
    const isNested = this.session.envelope.mailFrom !== false;
    if (this.#shown === undefined || isNested) return this.#beginMail(command, callback);
    // Asked anew for each mail: what was taken away or ran out counts no more.
    void findIdentity(this.#peer(), this.#shown, this.#ours).then((found) => {
      if (this._closing || this._closed) return callback();
      if ('identity' in found) {
        this.#identity = found.identity;
        return this.#beginMail(command, callback);
      }
      this.#reply(found.refusal);
      callback();
    });
  }

  #beginMail(command: Buffer, callback: () => void): void {
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
    return { ip: this.remoteAddress, tls: this.secure, user: userOf(this.session), identity: this.#identity };
  }

  #isGreedyStranger(): boolean {
    if (this.#ours.clients(this.remoteAddress)) return false;
    const key = limitKey(this.remoteAddress);
    const held = [...this._server.connections].filter((other) => limitKey(other.remoteAddress) === key);
    return held.length > limits.smtpConnectionsPerStrangerMax;
  }
}

/** Who the session has signed in as. */
export function userOf(session: SMTPServerSession): string | undefined {
  const user: unknown = session.user;
  return typeof user === 'string' && user !== '' ? user : undefined;
}

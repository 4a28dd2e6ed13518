// Owns one connection to the relay, on which every demand is met: nodemailer's SMTPConnection, whose operations are in
// courier-operation.ts. It knows nothing of pools, outcomes or who may see what.

import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { isLoopbackHost } from '../core/networks.ts';
import { connectSocket, tlsOptions } from './courier-connect.ts';
import type { ConnectSettings } from './courier-connect.ts';
import { StageFailure } from './courier-failure.ts';
import { operate, refusals } from './courier-operation.ts';
import type { Done } from './courier-operation.ts';
import { peerOf, securedOf } from './courier-peer.ts';
import type { PeerFacts, Secured } from './courier-peer.ts';
import { Transcript } from './courier-transcript.ts';
import type { RefusedRecipient, TlsState } from './outcome.ts';
import { judge } from './tls-demand.ts';
import type { TlsDemand } from './tls-demand.ts';

export interface SessionSettings extends ConnectSettings {
  /** STARTTLS: demanded, taken when offered, or not even then. */
  readonly startTls: 'required' | 'offered' | 'never';
  readonly name: string;
  readonly socketMs: number;
  readonly endMs: number;
}

/** A session that is ready for MAIL, on which every demand is met. @throws StageFailure */
export async function openSession(settings: SessionSettings, signal: AbortSignal): Promise<SmtpSession> {
  const session = new SmtpSession(settings, await connectSocket(settings, signal));
  try {
    const found = await session.begin(signal);
    if (found === undefined) return session;
    session.quit();
    await session.over();
    return await openSession({ ...settings, demand: found }, signal);
  } catch (error) {
    session.close();
    throw error;
  }
}

export class SmtpSession {
  readonly #settings: SessionSettings;
  readonly #transcript = new Transcript();
  readonly #connection: SMTPConnection;
  readonly #socket: Socket;
  #clean = true;
  #isMet = false;

  constructor(settings: SessionSettings, socket: Socket) {
    const { relay, startTls, name, greetingMs, socketMs, endMs } = settings;
    this.#settings = settings;
    this.#socket = socket;
    this.#connection = new SMTPConnection({
      connection: socket,
      host: relay.host,
      port: relay.port,
      secure: relay.implicitTls,
      secured: relay.implicitTls,
      requireTLS: startTls === 'required' && !relay.implicitTls,
      ignoreTLS: startTls === 'never',
      tls: tlsOptions(settings),
      name,
      // From here to the end of the TLS handshake; each step within it has greetingMs.
      connectionTimeout: 2 * greetingMs,
      greetingTimeout: greetingMs,
      socketTimeout: socketMs,
      socketCloseTimeout: 2_000,
      transactionLog: true,
      // RFC 5321 section 4.5.3.2.6: after the dot a server may take long, and giving up early means
      // that the mail arrives twice.
      logger: this.#transcript.logger(() => this.#setSocketTimeout(endMs)),
    });
    // Each operation listens for itself; between operations an error only means that the session is over.
    this.#connection.on('error', () => undefined);
  }

  /** Greeting, EHLO, TLS and login. @returns what another session has to prove, in place of this one. @throws StageFailure */
  async begin(signal: AbortSignal): Promise<TlsDemand | undefined> {
    await this.#operate(signal, (done) => this.#connection.connect(done));
    const other = this.#checkDemand();
    if (other !== undefined) return other;
    // The library has seen to it; this makes sure that it has.
    if (this.#settings.verify && this.tls !== 'verified') throw new StageFailure('TLS');
    const isClear = this.#settings.startTls === 'required' && this.tls === 'none';
    if (isClear) throw new StageFailure('TLS', undefined, 'starttls-not-supported');
    const { login } = this.#settings.relay;
    if (login === undefined) return undefined;
    if (!this.#mayLogIn()) throw new StageFailure('AUTH');
    await this.#operate(signal, (done) => this.#connection.login({ user: login.user, pass: login.password }, done));
    return undefined;
  }

  #checkDemand(): TlsDemand | undefined {
    const { demand } = this.#settings;
    if (demand === undefined) return undefined;
    const socket = this.#connection._socket;
    const judged = socket instanceof TLSSocket ? judge(demand, socket) : 'unmet';
    if (judged === 'unmet') throw new StageFailure('TLS');
    if (judged === 'met') {
      this.#isMet = true;
      return undefined;
    }
    const names = 'names' in demand.proof ? demand.proof.names : [];
    return { ...demand, proof: { kind: 'anchor', anchorPem: judged.anchorPem, names } };
  }

  /** What this connection is, not what was asked for: chain, dates and name all right, or only encrypted. */
  get tls(): TlsState {
    const socket = this.#connection._socket;
    if (!(socket instanceof TLSSocket)) return 'none';
    return this.#isMet || socket.authorized ? 'verified' : 'unverified';
  }

  /** By what the connection is protected, as both sides agreed; undefined without TLS. */
  get secured(): Secured | undefined {
    return securedOf(this.#connection._socket);
  }

  /** What the peer showed of itself; undefined without TLS. */
  get peer(): PeerFacts | undefined {
    return peerOf(this.#connection._socket);
  }

  /** True when another mail may follow on this connection. */
  get reusable(): boolean {
    return this.#clean && !this.#connection.destroyed;
  }

  /** Proves that the server is still there and has forgotten the last mail. @throws StageFailure */
  async reset(signal: AbortSignal): Promise<void> {
    await this.#operate(signal, (done) => this.#connection.reset(done));
  }

  /** One mail. @throws StageFailure, or another error when the content could not be read. */
  async send(
    envelope: { from: string; to: readonly string[] },
    raw: Buffer | Readable,
    signal: AbortSignal,
  ): Promise<{ reply: string; refused: RefusedRecipient[] }> {
    this.#clean = false;
    this.#transcript.startMail();
    this.#setSocketTimeout(this.#settings.socketMs);
    const size = Buffer.isBuffer(raw) ? { size: raw.length } : {};
    try {
      const info = await this.#operate<SMTPConnection.SentMessageInfo>(signal, (done) =>
        this.#connection.send({ from: envelope.from, to: [...envelope.to], ...size }, raw, done),
      );
      // A "250" that came before the dot answers something else, or nothing that was said.
      if (info === undefined || !this.#transcript.contentEnded) throw new StageFailure('DATA');
      this.#clean = true;
      return { reply: info.response, refused: refusals(envelope.to, info) };
    } catch (error) {
      if (error instanceof StageFailure) this.#clean = this.#endedByRefusal(error);
      throw error;
    }
  }

  /** Says QUIT and goes; a server that does not answer within a second is left. */
  quit(): void {
    if (!this.reusable) return this.close();
    this.#connection.quit();
    setTimeout(() => this.close(), 1_000).unref();
  }

  /** Ends the connection as it is. In the middle of content the server must discard what it has. */
  close(): void {
    this.#connection.close();
  }

  /** Once the connection is gone; after quit() or close() that is soon. */
  over(): Promise<void> {
    return new Promise((resolve) => (this.#socket.closed ? resolve() : this.#socket.once('close', () => resolve())));
  }

  #mayLogIn(): boolean {
    // Without the server's offer nodemailer would say AUTH PLAIN all the same.
    if (!this.#connection.allowsAuth) return false;
    if (this.tls !== 'none') return true;
    const socket = this.#connection._socket;
    return !!socket && isLoopbackHost(socket.remoteAddress ?? '');
  }

  /** After a refusal the dialogue goes on; after silence, or a reply to half of the content, it cannot. */
  #endedByRefusal({ stage, reply }: StageFailure): boolean {
    if (reply === undefined) return false;
    return (
      stage === 'MAIL' || stage === 'RCPT' || stage === 'DATA' || (stage === 'END' && this.#transcript.contentEnded)
    );
  }

  #setSocketTimeout(ms: number): void {
    const socket = this.#connection._socket;
    if (socket) socket.setTimeout(ms);
  }

  #operate<Result>(signal: AbortSignal, start: (done: Done<Result>) => void): Promise<Result | undefined> {
    const operating = { connection: this.#connection, transcript: this.#transcript, close: () => this.close() };
    return operate(operating, signal, start);
  }
}

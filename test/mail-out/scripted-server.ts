// Owns a mail server that says exactly what a test wants at each step, and keeps every byte that the client
// sent, after TLS was taken off. It never follows the protocol further than its script.

import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';

/** A reply of one or several lines, or what happens in its place. */
export type Step = string | typeof DROP | typeof SILENT;
export const DROP = Symbol('close the connection');
export const SILENT = Symbol('never answer');

const EARLY_BYTES = 100_000;

export interface Script {
  greeting?: Step;
  /** Lines after the first of the reply to EHLO. */
  extensions?: readonly string[];
  ehlo?: Step;
  helo?: Step;
  starttls?: Step;
  auth?: Step;
  mail?: Step;
  rcpt?: Step | ((line: string) => Step);
  data?: Step;
  /** Sent once when 100 kB of content have arrived without an end. */
  early?: Step;
  end?: Step;
  /** How long the content is looked at before that. */
  endAfterMs?: number;
  rset?: Step;
  /** On every address of this machine, not on loopback alone. */
  listenOnAll?: boolean;
  /** Offered by STARTTLS, or spoken from the first byte with `implicit`. */
  tls?: { certPem: string; keyPem: string; implicit?: boolean; maxVersion?: 'TLSv1.2'; clientCaPem?: string };
}

export interface ScriptedServer {
  readonly port: number;
  /** Command lines of all sessions in order. */
  readonly commands: string[];
  /** What came after each DATA, dots as they were on the wire, without the end. */
  readonly contents: string[];
  /** Everything received, TLS taken off. */
  readonly received: () => string;
  readonly sessions: () => number;
  /** Ends all connections that are open. */
  readonly hangUp: () => void;
  readonly close: () => Promise<void>;
}

export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const commands: string[] = [];
  const contents: string[] = [];
  const sockets = new Set<Socket>();
  let received = '';
  let sessions = 0;

  function converse(first: Socket): void {
    sessions += 1;
    let socket = first;
    let buffered = '';
    let inContent = false;
    let mute = false;
    let repliedEarly = false;

    const listen = (to: Socket): void => {
      socket = to;
      sockets.add(to);
      to.on('error', () => to.destroy());
      to.on('close', () => sockets.delete(to));
      to.on('data', (chunk) => {
        received += chunk.toString('latin1');
        buffered += chunk.toString('latin1');
        read();
      });
    };

    const say = (step: Step): void => {
      if (step === DROP) return void socket.destroy();
      if (step === SILENT) mute = true;
      if (mute || step === SILENT) return;
      socket.write(`${step}\r\n`);
      if (step.startsWith('421')) socket.end();
    };

    const upgrade = (): void => {
      if (script.tls === undefined) return say('502 5.5.1 no TLS here');
      if (script.starttls !== undefined) return say(script.starttls);
      socket.removeAllListeners('data');
      socket.write('220 2.0.0 go ahead\r\n');
      listen(secured(socket, script.tls));
    };

    const answer = (line: string): void => {
      commands.push(line);
      const verb = line.split(/[ :]/)[0]?.toUpperCase();
      const encrypted = socket instanceof TLSSocket;
      const offers = [...(script.extensions ?? []), ...(script.tls && !encrypted ? ['STARTTLS'] : [])];
      const ehlo = ['scripted.example', ...offers];
      const hello = ehlo.map((text, n) => `250${n === ehlo.length - 1 ? ' ' : '-'}${text}`).join('\r\n');
      if (verb === 'EHLO') return say(script.ehlo ?? hello);
      if (verb === 'HELO') return say(script.helo ?? '250 scripted.example');
      if (verb === 'STARTTLS') return upgrade();
      if (verb === 'AUTH') return say(script.auth ?? '235 2.7.0 welcome');
      if (verb === 'MAIL') return say(script.mail ?? '250 2.1.0 ok');
      if (verb === 'RCPT')
        return say(typeof script.rcpt === 'function' ? script.rcpt(line) : (script.rcpt ?? '250 2.1.5 ok'));
      if (verb === 'RSET') return say(script.rset ?? '250 2.0.0 ok');
      if (verb === 'QUIT') return socket.end('221 2.0.0 bye\r\n') && undefined;
      if (verb !== 'DATA') return say('500 5.5.2 what?');
      inContent = script.data === undefined || (typeof script.data === 'string' && script.data.startsWith('3'));
      return say(script.data ?? '354 go ahead');
    };

    const read = (): void => {
      for (;;) {
        if (inContent) {
          const dot = buffered.startsWith('.\r\n') ? 0 : buffered.indexOf('\r\n.\r\n') + 2;
          if (dot === 1) {
            if (script.early === undefined || repliedEarly || buffered.length < EARLY_BYTES) return;
            repliedEarly = true;
            return say(script.early);
          }
          contents.push(buffered.slice(0, dot));
          buffered = buffered.slice(dot + 3);
          inContent = false;
          const end = script.end ?? '250 2.0.0 queued as ABC for alice@example.com at scripted.example';
          setTimeout(() => say(end), script.endAfterMs ?? 0);
          continue;
        }
        const end = buffered.indexOf('\r\n');
        if (end < 0) return;
        const line = buffered.slice(0, end);
        buffered = buffered.slice(end + 2);
        answer(line);
      }
    };

    if (script.tls?.implicit) {
      sockets.add(first);
      listen(secured(first, script.tls));
    } else {
      listen(first);
    }
    say(script.greeting ?? '220 scripted.example ESMTP');
  }

  const server = createServer(converse);
  server.on('connection', (socket) => socket.on('error', () => socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, script.listenOnAll ? '0.0.0.0' : '127.0.0.1', resolve));
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port, // listens on TCP, so it is one
    commands,
    contents,
    received: () => received,
    sessions: () => sessions,
    hangUp,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        hangUp();
      }),
  };
}

function secured(socket: Socket, { certPem, keyPem, maxVersion, clientCaPem }: NonNullable<Script['tls']>): TLSSocket {
  const context = {
    cert: certPem,
    key: keyPem,
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(clientCaPem === undefined ? {} : { ca: clientCaPem }),
  };
  const asks = clientCaPem === undefined ? {} : { requestCert: true, rejectUnauthorized: false };
  const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(context), ...asks });
  // A bare socket asks for a certificate, and leaves it to its owner to look at it.
  if (clientCaPem !== undefined) {
    const { publicKey } = new X509Certificate(clientCaPem);
    secure.on('secure', () => {
      const { raw } = secure.getPeerCertificate();
      if (!Buffer.isBuffer(raw) || !new X509Certificate(raw).verify(publicKey)) secure.destroy();
    });
  }
  return secure;
}

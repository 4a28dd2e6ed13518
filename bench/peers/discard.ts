// Owns the process of a bare smtp-server that reads each mail and forgets it: what the package that Sealpost listens
// with can do when nothing is done with the mail. Its 100 ms before each greeting are off, as in Sealpost.

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import { announce } from './announce.ts';

class Discarding extends SMTPServer {
  override connect(socket: Socket | TLSSocket, socketOptions?: SMTPConnectionOptions | null): void {
    const connection = new Prompt(this, socket, socketOptions);
    this.connections.add(connection);
    connection.on('error', (error) => this._onError(error));
    connection.init();
  }
}

class Prompt extends SMTPConnection {
  override init(): void {
    this._setListeners(() => this.connectionReady());
  }
}

const server = new Discarding({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  disableReverseLookup: true,
  logger: false,
  onData: (stream, _session, done) => {
    stream.resume();
    stream.once('end', () => done());
  },
});
server.on('error', () => undefined);
announce(server.listen(0, '127.0.0.1'));

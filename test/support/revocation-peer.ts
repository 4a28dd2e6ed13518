// Owns an authority on loopback that is asked about its certificates: by OCSP and by its list, both OpenSSL's.

import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createPublicFetch } from '../../server/smime/fetch-public.ts';
import type { PublicFetch } from '../../server/smime/fetch-public.ts';
import { mailFolder, makeMailCertificate, openssl } from './mail-certificates.ts';
import type { MailAuthority, MailCertificate } from './mail-certificates.ts';

export interface RevocationPeer {
  /** Reaches this peer, and nothing else. */
  readonly fetchPublic: PublicFetch;
  /** What it was asked for. */
  readonly asked: string[];
  /** A certificate that names it; `by`: how it may be asked. */
  certificate(address: string, by: 'ocsp' | 'crl'): MailCertificate;
  revoke(certificate: MailCertificate): void;
  /** Answers with 500 from now on, or with this. */
  answerWith(bytes: Buffer | undefined): void;
  close(): Promise<void>;
}

export async function startRevocationPeer(authority: MailAuthority): Promise<RevocationPeer> {
  const asked: string[] = [];
  let instead: { bytes: Buffer | undefined } | undefined;
  let last: MailCertificate | undefined;
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (instead !== undefined)
        return void response.writeHead(instead.bytes === undefined ? 500 : 200).end(instead.bytes);
      if (last === undefined) return void response.writeHead(404).end();
      response.end(request.url === '/ocsp' ? ocsp(last, Buffer.concat(pieces)) : crl(last));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const url = `http://127.0.0.1:${port}`;
  const authorityArgs = ['-cert', authority.certFile, '-keyfile', authority.keyFile];

  function ocsp({ dir }: MailCertificate, question: Buffer): Buffer {
    const [asks, answers] = [join(mailFolder(), 'question'), join(mailFolder(), 'answer')];
    writeFileSync(asks, question);
    const signer = ['-CA', authority.certFile, '-rsigner', authority.certFile, '-rkey', authority.keyFile];
    openssl('ocsp', '-index', join(dir, 'issued.txt'), ...signer, '-reqin', asks, '-respout', answers, '-ndays', '3');
    return readFileSync(answers);
  }

  function crl({ dir }: MailCertificate): Buffer {
    const pem = openssl('ca', '-gencrl', '-config', join(dir, 'settings.cnf'), ...authorityArgs, '-crldays', '5');
    const file = join(mailFolder(), 'list.pem');
    writeFileSync(file, pem);
    return openssl('crl', '-in', file, '-outform', 'DER');
  }

  return {
    fetchPublic: createPublicFetch({ mayReach: (ip) => ip === '127.0.0.1', ports: [String(port)], waitMs: 5_000 }),
    asked,
    certificate: (address, by) => {
      const place =
        by === 'ocsp' ? `authorityInfoAccess=OCSP;URI:${url}/ocsp` : `crlDistributionPoints=URI:${url}/list.crl`;
      last = makeMailCertificate({ authority, address, key: 'P-256', extensions: [place] });
      return last;
    },
    revoke: ({ dir, certFile }) => {
      openssl('ca', '-revoke', certFile, '-config', join(dir, 'settings.cnf'), ...authorityArgs);
    },
    answerWith: (bytes) => {
      instead = { bytes };
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

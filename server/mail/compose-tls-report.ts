// Owns the bytes of a mail that carries a report about TLS (RFC 8460 section 5.3): multipart/report, with the head by which whoever
// takes it finds it before he unpacks it.

import MimeNode from 'nodemailer/lib/mime-node';
import type { Address, Mailbox } from '../core/address.ts';
import { limits } from '../core/limits.ts';
import { LOOP_HEADER } from './compose.ts';
import { fieldFilename, fieldLoopMark, fieldMailId, fieldText } from './compose-fields.ts';

export interface TlsReportMail {
  readonly from: Mailbox;
  readonly to: Address;
  readonly mailId: string;
  readonly date: Date;
  readonly loopMark: string;
  readonly domain: string;
  readonly submitter: string;
  readonly reportId: string;
  readonly filename: string;
  readonly gzip: Buffer;
}

export function composeTlsReport(mail: TlsReportMail): Promise<Buffer> {
  const { domain, submitter, reportId } = mail;
  const subject = `Report Domain: ${domain} Submitter: ${submitter} Report-ID: <${reportId}>`;
  const root = new MimeNode('multipart/report; report-type="tlsrpt"');
  root.setHeader({
    From: { name: fieldText('From', mail.from.name, limits.displayNameCharactersMax), address: mail.from.address },
    To: mail.to,
    Subject: fieldText('Subject', subject, limits.subjectCharactersMax),
    'Message-ID': fieldMailId(mail.mailId),
    Date: mail.date.toUTCString().replace(/GMT/, '+0000'),
    'TLS-Report-Domain': fieldText('TLS-Report-Domain', domain, limits.subjectCharactersMax),
    'TLS-Report-Submitter': fieldText('TLS-Report-Submitter', submitter, limits.subjectCharactersMax),
    'Auto-Submitted': 'auto-generated',
    [LOOP_HEADER]: fieldLoopMark(mail.loopMark),
  });
  root
    .createChild('text/plain; charset=utf-8')
    .setContent(`This is a report about TLS for ${domain}, from ${submitter}, as in RFC 8460.\r\n`);
  root
    .createChild('application/tlsrpt+gzip', { filename: fieldFilename(mail.filename) })
    .setHeader('Content-Transfer-Encoding', 'base64')
    .setContent(mail.gzip);
  return root.build();
}

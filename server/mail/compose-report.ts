// Owns the parts of a mail that tells programs what became of another mail (RFC 3464, RFC 6522). Of that mail it holds the id under
// which its sender knows it and nothing else: no subject, no addresses, no content.

import type { MailComposerAttachment } from 'nodemailer/lib/mail-composer';
import { fieldThread } from './compose-fields.ts';

export interface StatusReport {
  /** The fields of message/delivery-status, as written by write-delivery-status.ts. */
  readonly status: string;
  /** Message-ID of the mail it is about; an odd one is left out. */
  readonly about?: string | undefined;
}

export const REPORT_TYPE = 'multipart/report; report-type=delivery-status';

/** RFC 6522 section 3: after the words come the fields, and then the head of what they are about. */
export function reportParts(report: StatusReport | undefined): MailComposerAttachment[] {
  if (report === undefined) return [];
  const [about] = fieldThread(report.about === undefined ? [] : [report.about]);
  return [
    part('message/delivery-status', report.status),
    ...(about === undefined ? [] : [part('text/rfc822-headers', `Message-ID: ${about}\r\n`)]),
  ];
}

function part(contentType: string, content: string): MailComposerAttachment {
  return {
    contentType,
    content,
    filename: false,
    contentDisposition: 'inline',
    // RFC 3464 section 2.1 and RFC 6522 section 4: in no other encoding.
    contentTransferEncoding: '7bit',
  };
}

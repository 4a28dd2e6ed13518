// Owns turning what somebody outside wrote first into a submission, which takes the same road in as an answer.

import type { Request } from 'express';
import { canonicalAddress, displayLine, parseAddress } from '../core/address.ts';
import type { Mailbox } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Site } from '../http/site.ts';
import { isSender, visitOf } from '../http/visit.ts';
import type { Accept, Content } from '../ingest/submission.ts';
import { sentence } from '../language/words.ts';
import type { PartSink } from '../mail/mail-tree.ts';
import { writtenTree } from '../mail/written-tree.ts';
import { removeKeptLetter } from '../messages/kept-letters.store.ts';
import type { Session } from '../signin/sessions.store.ts';
import { readTypedMail, repeatKeyOf } from '../http/typed-mail.ts';

export interface WriteDeps {
  readonly site: Site;
  readonly accept: Accept;
}

/** @param fields gets what was typed, to be shown again. @returns the message's id. Throws what is wrong with it. */
export async function submitWritten(
  { site, accept }: WriteDeps,
  req: Request,
  session: Session,
  fields: Map<string, string>,
): Promise<string> {
  const { id } = await accept({
    road: 'portal',
    from: session.address,
    read: (sink) => readWritten(site, req, session, fields, sink),
    fields: () => [],
    answer: { isSender: (address) => isSender(site, address) },
    actor: session.address,
    alongside: async (tx, messageId) => {
      await removeKeptLetter(tx, visitOf(req).browserHash);
      await appendAudit(site.vault, tx, {
        event: 'message-written',
        messageId,
        details: { address: session.address, network: visitOf(req).network },
      });
    },
  });
  return id;
}

async function readWritten(
  site: Site,
  req: Request,
  session: Session,
  fields: Map<string, string>,
  sink: PartSink,
): Promise<Content> {
  const { text, html, parts, digest: digestWith } = await readTypedMail(req, site.messageBytesMax, fields, sink);
  const to = chosen(site.writing.to, fields.get('to'));
  const subject = displayLine(fields.get('subject') ?? '', Number.MAX_SAFE_INTEGER);
  if (subject === '') throw new AppError('request/malformed', sentence('writing.no-subject'));
  if (subject.length > limits.subjectCharactersMax) {
    throw new AppError('request/malformed', sentence('writing.long-subject', { most: limits.subjectCharactersMax }));
  }
  const digest = digestWith(to.address, subject);
  return {
    digest,
    recipients: [to],
    repeatKey: repeatKeyOf(`write ${session.addressIndex}`, fields, digest),
    tree: writtenTree({
      from: { address: session.address, name: '' },
      to: [to],
      subject,
      sentAt: isoNow(site.clock),
      text,
      html,
      parts,
    }),
  };
}

function chosen(listed: readonly Mailbox[], given: string | undefined): Mailbox {
  const address = parseAddress(given);
  const found = listed.find(
    (one) => address !== undefined && canonicalAddress(one.address) === canonicalAddress(address),
  );
  if (found === undefined) throw new AppError('mail/recipients', sentence('writing.not-listed'));
  return found;
}

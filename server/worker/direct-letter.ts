// Owns writing a sender's own mail again, as it is brought to a recipient's own server: text, files and people as they were kept,
// under a head that is made here. Labels, other programs' headers and wishes to this one are not in it.

import { Readable } from 'node:stream';
import type { Address } from '../core/address.ts';
import type { OutgoingAttachment, OutgoingMail } from '../mail/compose.ts';
import { isContentId, isMailId } from '../mail/compose-fields.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { verpAddress } from '../mail/verp.ts';
import type { RecipientsTable } from '../db/tables/messages.ts';
import { loadBody } from '../messages/load-body.ts';
import { loadPart } from '../messages/messages.store.ts';
import { openPart } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import type { MailPart } from '../mail/mail-tree.ts';
import type { Letter, MailDeps } from './mail-deps.ts';

export async function writeDirect(
  deps: MailDeps,
  open: OpenMessage,
  recipient: Pick<RecipientsTable, 'id'>,
  to: Address,
): Promise<Letter> {
  const { meta, row } = open;
  const body = await loadBody(deps.db, deps.vault, open);
  const isPicture = ({ contentId, inline }: MailPart): boolean =>
    body.html !== undefined && inline && contentId !== undefined && isContentId(contentId);
  const parent = meta.references.at(-1);
  const mail: OutgoingMail = {
    from: meta.from,
    to: meta.to,
    cc: meta.cc,
    subject: meta.subject,
    mailId: meta.mailId !== undefined && isMailId(meta.mailId) ? meta.mailId : ownMailId(row.id, deps.mailIdHost),
    ...(parent === undefined ? {} : { inReplyTo: parent, references: meta.references }),
    date: new Date(meta.sentAt ?? row.created_at),
    loopMark: deps.mailIdHost,
    text: body.text ?? '',
    ...(body.html === undefined ? {} : { html: body.html }),
    inline: await Promise.all(
      meta.parts
        .filter(isPicture)
        .map(async (part) => ({ ...(await partOf(deps, open, part)), cid: part.contentId ?? '' })),
    ),
    attachments: await Promise.all(
      meta.parts.filter((part) => !isPicture(part)).map((part) => partOf(deps, open, part)),
    ),
  };
  return { from: verpAddress(deps.mailFrom.address, recipient.id), to, mail };
}

export async function partOf(deps: MailDeps, open: OpenMessage, part: MailPart): Promise<OutgoingAttachment> {
  const row = await loadPart(deps.db, open.row.id, part.n);
  if (row === undefined) throw new Error('a part of the manifest has no row');
  return {
    filename: part.filename,
    contentType: part.charset === undefined ? part.contentType : `${part.contentType}; charset=${part.charset}`,
    content: Readable.from(openPart(deps.vault, open, row)),
  };
}

// Owns turning what a sender wrote in the portal into a submission, which takes the same road in as a mail or an API call.

import type { Request } from 'express';
import { displayLine } from '../core/address.ts';
import { DAY_MS, isoNow } from '../core/clock.ts';
import { limits } from '../core/limits.ts';
import { charge } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import type { Site } from '../http/site.ts';
import { readTypedMail, repeatKeyOf } from '../http/typed-mail.ts';
import { visitOf } from '../http/visit.ts';
import type { Accept, Content } from '../ingest/submission.ts';
import { sentence } from '../language/words.ts';
import type { PartSink } from '../mail/mail-tree.ts';
import { isRightsProtected } from '../mail/part-names.ts';
import { writtenTree } from '../mail/written-tree.ts';
import { removeKeptLetter } from '../messages/kept-letters.store.ts';
import type { PolicyFrame } from '../policy/asks.ts';
import type { Session } from '../signin/sessions.store.ts';
import { readAddressees, readWishes, wishesAsked } from './compose-fields.ts';
import type { Wishes } from './compose-fields.ts';
import { FieldFault } from './field-fault.ts';
import { mailboxesOf } from './mailboxes.ts';
import type { Mailbox } from './mailboxes.ts';

export interface ComposeDeps {
  readonly site: Site;
  readonly accept: Accept;
  /** Throws server/unavailable while the policy cannot be read. */
  readonly policyFrame: () => PolicyFrame;
}

/** So that a session in foreign hands writes to thousands, not to all. */
const messagesPerSender: Limit = { name: 'composed per sender', most: 500, windowMs: DAY_MS };

/** @param fields gets what was typed, to be shown again. @returns the message's id. Throws what is wrong with it. */
export async function submitComposed(
  deps: ComposeDeps,
  req: Request,
  session: Session,
  fields: Map<string, string>,
): Promise<string> {
  let wishes: Wishes | undefined;
  const read = (): Wishes => {
    if (wishes === undefined) throw new Error('a message was judged before it was read');
    return wishes;
  };
  const { id } = await deps.accept({
    road: 'compose',
    from: undefined, // the form says for which mailbox
    read: async (sink) => {
      const composed = await readComposed(deps, req, session, fields, sink);
      wishes = composed.wishes;
      return composed.content;
    },
    fields: (frame) => wishesAsked(read(), frame),
    phrase: () => read().phrase,
    actor: session.address,
    alongside: (tx) => removeKeptLetter(tx, visitOf(req).browserHash),
  });
  return id;
}

// Whoever is no delegate any more does not write for the mailbox, nor in their own name what they meant to say in its.
function authorOf(site: Site, req: Request, session: Session, fields: Map<string, string>): Mailbox {
  const from = fields.get('from') ?? '';
  const author = mailboxesOf(site, req, session).find(({ key = '' }) => key === from);
  if (author === undefined) throw new FieldFault('from', 'request/malformed', sentence('compose.from-gone'));
  return author;
}

async function readComposed(
  { site, policyFrame }: ComposeDeps,
  req: Request,
  session: Session,
  fields: Map<string, string>,
  sink: PartSink,
): Promise<{ readonly content: Content; readonly wishes: Wishes }> {
  const { text, html, parts, digest: digestWith } = await readTypedMail(req, site.messageBytesMax, fields, sink);
  const author = authorOf(site, req, session, fields);
  const addressees = readAddressees(fields);
  const subject = displayLine(fields.get('subject') ?? '', Number.MAX_SAFE_INTEGER);
  if (subject === '') throw new FieldFault('subject', 'request/malformed', sentence('writing.no-subject'));
  if (subject.length > limits.subjectCharactersMax) {
    const most = { most: limits.subjectCharactersMax };
    throw new FieldFault('subject', 'request/malformed', sentence('writing.long-subject', most));
  }
  if (parts.some(({ filename, contentType }) => isRightsProtected(filename, contentType, undefined))) {
    throw new FieldFault('files', 'mail/rights-protected', sentence('compose.file-protected'));
  }
  const wishes = readWishes(fields, policyFrame());
  await charge(site, messagesPerSender, session.addressIndex);
  const digest = digestWith(author.addressIndex, addressees, subject, wishes);
  const named = (role: 'to' | 'cc') => addressees.filter((one) => one.role === role);
  const content: Content = {
    digest,
    recipients: addressees,
    repeatKey: repeatKeyOf(`compose ${session.addressIndex}`, fields, digest),
    tree: writtenTree({
      from: { address: author.address, name: '' },
      // Whoever gets a blind copy is among the recipients, and nowhere else.
      to: named('to').map(({ address, name }) => ({ address, name })),
      cc: named('cc').map(({ address, name }) => ({ address, name })),
      subject,
      sentAt: isoNow(site.clock),
      text,
      html,
      parts,
    }),
  };
  return { content, wishes };
}

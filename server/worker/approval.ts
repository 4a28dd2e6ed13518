// Owns the mails about a message that a rule holds: to those who may let it go, and to its sender, what became of it.
// Neither holds a subject or anything of the message.

import { z } from 'zod';
import { nameOf, parseAddress } from '../core/address.ts';
import { getBrand } from '../brands/brand.store.ts';
import { senderNameOf } from '../brands/mail-brand.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { ownMailId } from '../mail/own-mail-id.ts';
import { loadHold, openHold } from '../messages/holds.store.ts';
import { openMessage } from '../messages/open.ts';
import { openPayload } from '../outbox/outbox.store.ts';
import type { Job } from '../outbox/outbox.store.ts';
import type { Letter, MailDeps } from './mail-deps.ts';
import { writeMail } from './mail-deps.ts';
import { wordsFor } from './mail-words.ts';
import { writeToSender } from './to-sender.ts';

const approvalPayload = z.object({ holdId: z.string(), approver: z.number() });
const heldPayload = z.object({ holdId: z.string(), state: z.enum(['open', 'released', 'refused']) });

/** To one approver, or undefined when somebody has answered meanwhile. */
export async function writeApproval(deps: MailDeps, message: MessagesTable, job: Job): Promise<Letter | undefined> {
  const { holdId, approver } = approvalPayload.parse(openPayload(deps.vault, job));
  const hold = await loadHold(deps.db, holdId);
  if (hold?.state !== 'open' || message.destroyed_at !== null) return undefined;
  const { name, approvers } = openHold(deps.vault.keyring, hold);
  const to = parseAddress(approvers[approver] ?? '');
  if (to === undefined) return undefined;
  const brand = await getBrand(deps.db, message.brand, deps.orgName);
  const words = await wordsFor(deps, to);
  const sender = openMessage(deps.vault, message).meta.from;
  return {
    from: '',
    to,
    mail: {
      from: { address: deps.mailFrom.address, name: senderNameOf(brand) },
      to: { address: to, name: '' },
      subject: words.say('mail.approval-subject', { sender: nameOf(sender) }),
      mailId: ownMailId(hold.id, deps.mailIdHost, `approval-${approver}`),
      date: new Date(deps.vault.clock.nowMs()),
      loopMark: deps.mailIdHost,
      ...writeMail(deps, 'approval', brand, words, {
        sender: nameOf(sender),
        senderAddress: sender.address,
        rule: name,
        link: `${deps.publicUrl}/approvals/${hold.id}`,
      }),
    },
  };
}

/** To the sender, or undefined when there is nothing left to tell, or they are not of this house. */
export async function writeHeld(deps: MailDeps, message: MessagesTable, job: Job): Promise<Letter | undefined> {
  const { holdId, state } = heldPayload.parse(openPayload(deps.vault, job));
  const hold = await loadHold(deps.db, holdId);
  if (hold === undefined || message.destroyed_at !== null) return undefined;
  // Answered before its sender could be told that it waits: the answer's own mail says all.
  if (state === 'open' && hold.state !== 'open') return undefined;
  return writeToSender(deps, openMessage(deps.vault, message), {
    name: 'held',
    mailId: ownMailId(hold.id, deps.mailIdHost, `held-${state}`),
    subject: (words) => words.say(subjects[state]),
    model: (words) => ({
      isOpen: state === 'open',
      isReleased: state === 'released',
      rule: openHold(deps.vault.keyring, hold).name,
      sent: words.day(new Date(message.created_at)),
      link: `${deps.publicUrl}/sent/${message.id}`,
    }),
  });
}

const subjects = {
  open: 'mail.held-subject-open',
  released: 'mail.held-subject-released',
  refused: 'mail.held-subject-refused',
} as const;

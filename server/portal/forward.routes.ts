// Owns forwarding inside the portal: the new reader becomes a recipient of the same sealed message, with a
// notice and a code of their own. So what the sender takes back is taken back from them as well.

import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import type { Address } from '../core/address.ts';
import { canonicalAddress, parseAddress } from '../core/address.ts';
import { DAY_MS } from '../core/clock.ts';
import { AppError, isRefusal, toldIn } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { checkRight } from '../access/reading.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import { inTransaction } from '../db/engine.ts';
import { leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { visitOf } from '../http/visit.ts';
import { sentence } from '../language/words.ts';
import { cleanBodyText } from '../mail/body-text.ts';
import { newRecipient } from '../messages/new-recipient.ts';
import { appendRecipient, holdRecipients, listRecipients } from '../messages/recipients.store.ts';
import { sealRecipientCard } from '../messages/seal.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import type { JudgeForward } from '../simulator/judge-forward.ts';
import type { BodyDeps } from './message-body.ts';
import { sendMessage } from './message.routes.ts';
import { checkStillReadable, startReading } from './reading.ts';
import type { Reading } from './reading.ts';

const FORWARD_ADDRESSES_MAX = 10;
const forwardForm = z.object({ to: z.string().max(4_000).default(''), text: z.string().max(20_000).default('') });
/** A reader must not become a way to send mail to the world in the organisation's name. */
const forwardsPerReader: Limit = { name: 'forwards per reader', most: 50, windowMs: DAY_MS };

export interface ForwardDeps extends BodyDeps {
  readonly judgeForward: JudgeForward;
}

export function forwardRoutes(deps: ForwardDeps): Router {
  const { site } = deps;
  const router = Router();

  router.post('/messages/:id/forward', async (req, res) => {
    const form = readForm(req, forwardForm);
    const reading = await startReading(site, req);
    checkRight(reading.message.row, 'forward');
    try {
      await forward(deps, req, reading, parseAddresses(form.to), form.text);
    } catch (error) {
      if (!isRefusal(error, 'request/malformed')) throw error;
      await sendMessage(deps, req, res, reading, {
        retry: { forward: { ...form, error: toldIn(visitOf(req).words, error) } },
        status: 422,
      });
      return;
    }
    site.kick();
    leadDone(site, req, res, `${site.base}/messages/${reading.message.row.id}`, 'forwarded');
  });

  return router;
}

async function forward(
  { site, judgeForward }: ForwardDeps,
  req: Request,
  reading: Reading,
  to: readonly Address[],
  text: string,
): Promise<void> {
  const { row, dataKey } = reading.message;
  await chargeAll(
    site,
    to.map(() => [forwardsPerReader, reading.session.addressIndex] as const),
  );
  const isAuthor = (address: Address): boolean =>
    canonicalAddress(address) === canonicalAddress(reading.message.meta.from.address);
  const note = cleanBodyText(text).trim();
  if (!(await judgeForward(row, { from: reading.session.address, to, word: note }))) {
    throw new AppError('request/malformed', sentence('reading.forward-refused'));
  }
  await inTransaction(site.db, async (tx) => {
    await holdRecipients(tx, row.id);
    await checkStillReadable(tx, site.clock, reading);
    const present = await listRecipients(tx, row.id);
    if (present.length + to.length > limits.recipientsMax) {
      throw new AppError('request/malformed', sentence('reading.forward-full'));
    }
    for (const address of to) {
      const recipient = newRecipient(
        site.vault,
        {
          messageId: row.id,
          address,
          name: '',
          role: 'forward',
          road: 'notice',
          forwardedBy: reading.recipient.id,
          ...(note === '' ? {} : { note }),
        },
        (id, card) => sealRecipientCard(dataKey, row.id, id, card),
      );
      if (isAuthor(address) || !(await appendRecipient(tx, recipient))) {
        throw new AppError('request/malformed', sentence('reading.forward-twice', { address }));
      }
      await enqueue(site.vault, tx, { kind: 'notice', messageId: row.id, recipientId: recipient.id });
      await appendAudit(site.vault, tx, {
        event: 'message-forwarded',
        messageId: row.id,
        recipientId: recipient.id,
        details: { by: reading.session.address, to: address, network: visitOf(req).network },
      });
    }
  });
}

function parseAddresses(text: string): Address[] {
  const found = new Map<string, Address>();
  for (const piece of text.split(/[\s,;]+/)) {
    if (piece === '') continue;
    const address = parseAddress(piece);
    if (address === undefined) {
      throw new AppError('request/malformed', sentence('reading.forward-whole-addresses'));
    }
    found.set(canonicalAddress(address), address);
  }
  if (found.size === 0) throw new AppError('request/malformed', sentence('reading.forward-nobody'));
  if (found.size > FORWARD_ADDRESSES_MAX) {
    throw new AppError('request/malformed', sentence('reading.forward-too-many', { count: FORWARD_ADDRESSES_MAX }));
  }
  return [...found.values()];
}

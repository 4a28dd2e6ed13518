// Owns the page that says what notices of this house look like, and whether a reference is one of theirs. To whoever
// holds a reference it tells a day and one letter; references have 40 bits and are counted, so nobody holds any by trying.

import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { HOUR_MS, MINUTE_MS } from '../core/clock.ts';
import { getLook } from '../brands/look.store.ts';
import { unlessBroken } from '../crypto/seal-broken.ts';
import { chargeAll } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import { dayAt, plainly } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { referenceIndexOf } from '../messages/notice-reference.ts';
import { openMessage, openRecipient } from '../messages/open.ts';
import { loadRecipientByReference } from '../messages/recipients.store.ts';
import type { GenuinePage } from '../render/page-models/dead-ends.ts';

const checksPerNetwork: Limit = { name: 'reference checks per network', most: 60, windowMs: HOUR_MS };
const checksInAll: Limit = { name: 'reference checks in all', most: 600, windowMs: MINUTE_MS };

const referenceForm = z.object({ reference: z.string().max(100).default('') });

export function genuineRoutes(site: Site): Router {
  const router = Router();
  const send = (req: Request, model: Partial<GenuinePage> = {}) => ({
    name: 'genuine' as const,
    title: visitOf(req).words.say('genuine.title'),
    model: {
      fromAddress: site.mailFrom,
      host: new URL(site.origin).host,
      origin: `${site.origin}${site.base}/`,
      action: `${site.base}/genuine`,
      reference: '',
      ...model,
    },
  });

  router.get('/genuine', async (req, res) => {
    await sendPage(site, req, res, send(req));
  });

  router.post('/genuine', async (req, res) => {
    const { reference } = readForm(req, referenceForm);
    const { words, network } = visitOf(req);
    const index = referenceIndexOf(site.keyring, reference);
    if (index === undefined) {
      const error = words.say('genuine.malformed');
      await sendPage(site, req, res, { ...send(req, { reference, error }), status: 422 });
      return;
    }
    await chargeAll(site, [
      [checksPerNetwork, network],
      [checksInAll, ''],
    ]);
    await sendPage(site, req, res, send(req, { reference, verdict: await verdictOn(site, words, index) }));
  });

  return router;
}

async function verdictOn(site: Site, words: Words, index: string): Promise<NonNullable<GenuinePage['verdict']>> {
  const recipient = await loadRecipientByReference(site.db, index);
  const message = recipient === undefined ? undefined : await loadMessage(site.db, recipient.message_id);
  if (recipient === undefined || message === undefined) {
    return { isOurs: false, sentences: [plainly(words.say('genuine.not-ours'))] };
  }
  const { name: organisation } = await getLook(site.db, message.brand, site.orgName);
  const day = dayAt(recipient.notified_at ?? recipient.created_at);
  const letter = firstLetter(site, message, recipient);
  return {
    isOurs: true,
    sentences: [
      letter === undefined
        ? words.tell('genuine.ours', { day, organisation })
        : words.tell('genuine.ours-to', { day, organisation, letter }),
      plainly(words.say('genuine.ours-but', { host: new URL(site.origin).host })),
    ],
  };
}

// So that whoever got a mail with a copied reference can see that it was somebody else's.
function firstLetter(site: Site, message: MessagesTable, recipient: RecipientsTable): string | undefined {
  if (message.destroyed_at !== null) return undefined;
  const card = unlessBroken(() => openRecipient(openMessage(site.vault, message), recipient));
  const [letter] = card?.address ?? '';
  return letter;
}

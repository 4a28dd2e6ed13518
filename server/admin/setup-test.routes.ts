// Owns the step that sends a first message to whoever sets this up: by the same road as any message, and shown as far as it came.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError, toldIn } from '../core/errors.ts';
import { domainOf } from '../core/address.ts';
import { HOUR_MS, isoNow } from '../core/clock.ts';
import { idTimeMs } from '../core/ids.ts';
import { isoTime } from '../core/clock.ts';
import { sha256 } from '../crypto/digest.ts';
import { newId } from '../crypto/random.ts';
import { charge } from '../db/counters.ts';
import type { Limit } from '../db/counters.ts';
import type { MessagesTable, RecipientsTable } from '../db/tables/messages.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import { statusOf } from '../http/problems.ts';
import type { Site } from '../http/site.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import type { Accept } from '../ingest/submission.ts';
import { writtenTree } from '../mail/written-tree.ts';
import { failureWords } from '../messages/failure-words.ts';
import { listSent } from '../messages/messages.store.ts';
import { recipientStatus } from '../messages/recipient-state.ts';
import type { RecipientStatus } from '../messages/recipient-state.ts';
import { listRecipientsOf } from '../messages/recipients.store.ts';
import { moment } from '../render/moment.ts';
import type { StateView } from '../render/page-models/parts.ts';
import type { TestMessageView } from '../render/page-models/setup.ts';
import type { Session } from '../signin/sessions.store.ts';
import { placeOf } from './setup.model.ts';

export interface SetupTestDeps {
  readonly site: Site;
  readonly accept: Accept;
}

const testsPerPerson: Limit = { name: 'test messages per person', most: 20, windowMs: HOUR_MS };
/** Among this many of the newest the last test is found again. */
const LOOKED_AT = 20;

export function setupTestPages({ site, accept }: SetupTestDeps): Router {
  const path = `${site.base}/admin/setup/test`;
  const router = Router();

  router.get('/admin/setup/test', async (req, res) => {
    await send(req, res, checkMay(req, 'settings:read'), 200);
  });

  router.post('/admin/setup/test', async (req, res) => {
    const session = checkMay(req, 'settings:try');
    readForm(req, z.object({}));
    await charge(site, testsPerPerson, session.addressIndex);
    try {
      await submitTest(session);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return send(req, res, session, statusOf[error.code], toldIn(visitOf(req).words, error));
    }
    leadDone(site, req, res, path, 'sent');
  });

  return router;

  async function submitTest({ address }: Session): Promise<void> {
    const nowIso = isoNow(site.clock);
    const subject = `Test message of ${site.orgName}`;
    const text = [
      'This message was stored sealed and announced by a notice, as every message is.',
      'If you can read it, the whole way works: taking in, sealing, the relay, the notice, the code and the page.',
    ].join('\n\n');
    await accept({
      road: 'compose',
      from: address,
      actor: address,
      fields: () => [],
      read: () =>
        Promise.resolve({
          digest: sha256(`${subject} ${newId(site.clock)}`).toString('base64url'),
          recipients: [{ address, role: 'to' }],
          tree: writtenTree({
            from: { address, name: '' },
            to: [{ address, name: '' }],
            subject,
            sentAt: nowIso,
            text,
            html: undefined,
            parts: [],
          }),
        }),
    });
  }

  async function send(req: Request, res: Response, session: Session, status: number, problem?: string): Promise<void> {
    const last = await lastTest(req, session);
    await sendPage(site, req, res, {
      name: 'setup-test',
      title: 'Test message',
      at: 'setup',
      status,
      done: doneHere(site, req) === 'sent' ? 'Taken in. What becomes of it stands below.' : undefined,
      model: {
        place: placeOf(site.base, 'test'),
        action: path,
        here: path,
        address: session.address,
        mayTry: mayHere(req, 'settings:try'),
        ...(problem === undefined ? {} : { problem }),
        ...(last === undefined ? {} : { last }),
        ...(site.tryOut ? { mailboxUrl: `${site.base}/try/mailbox` } : {}),
      },
    });
  }

  /** The newest that this person sent to themselves alone. */
  async function lastTest(req: Request, { address, addressIndex }: Session): Promise<TestMessageView | undefined> {
    const newest = await listSent(site.db, [addressIndex], { limit: LOOKED_AT });
    const recipientsOf = await listRecipientsOf(site.db, newest);
    for (const message of newest) {
      const [only, ...more] = recipientsOf(message.id);
      if (only?.address_index !== addressIndex || more.length > 0) continue;
      return testView(req, message, only, domainOf(address));
    }
    return undefined;
  }

  function testView(req: Request, message: MessagesTable, recipient: RecipientsTable, domain: string): TestMessageView {
    const status = recipientStatus(recipient, message, isoNow(site.clock));
    const failure = recipient.failure ?? '';
    return {
      id: message.id,
      sent: moment(isoTime(idTimeMs(message.id)), site.clock.nowMs()),
      state: states[status],
      words:
        status === 'bounced' && failure !== '' ? failureWords(visitOf(req).words, failure, domain) : nextWords[status],
      url: `${site.base}/sent/${message.id}`,
    };
  }
}

const states: Readonly<Record<RecipientStatus, StateView>> = {
  queued: { words: 'Waits to leave', tone: 'waiting' },
  notified: { words: 'The relay took the notice', tone: 'good' },
  bounced: { words: 'The notice failed', tone: 'bad' },
  opened: { words: 'Read', tone: 'good' },
  replied: { words: 'Answered', tone: 'good' },
  expired: { words: 'Expired', tone: 'off' },
  revoked: { words: 'Taken back', tone: 'off' },
};

const nextWords: Readonly<Record<RecipientStatus, string>> = {
  queued: 'Check again in a moment. If it stays, the queue says what the relay answers.',
  notified: 'Open the notice in your mailbox, follow its link, and read the message with a code.',
  bounced: 'The relay refused the notice for good.',
  opened: 'The whole way works.',
  replied: 'The whole way works, there and back.',
  expired: 'Send another one.',
  revoked: 'Send another one.',
};

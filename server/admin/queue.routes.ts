// Owns the page of the queue: what waits to leave the house, what the relay said, and what may be done about it. Nothing of a
// mail is shown; a job that is given up tells whom it concerns, as if its time had passed.

import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { isId } from '../core/ids.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import { listQueue, loadWaiting } from '../outbox/queue.store.ts';
import type { QueuedJob } from '../outbox/queue.store.ts';
import type { Session } from '../signin/sessions.store.ts';
import { moment } from '../render/moment.ts';
import type { QueueRow } from '../render/page-models/today.ts';
import type { ChangeQueue, QueueChange } from './change-queue.ts';
import { askFirst, sure } from './removal.ts';

const ROWS_SHOWN = 100;
const jobForm = z.object({ job: z.string().refine(isId) });
const giveUpForm = jobForm.extend({ sure });
const nothing = z.object({});

export function queuePages(site: Site, changeQueue: ChangeQueue): Router {
  const path = `${site.base}/admin/queue`;
  const router = Router();

  router.get('/admin/queue', async (req, res) => {
    checkMay(req, 'queue:read');
    const jobs = await listQueue(site.db, ROWS_SHOWN + 1);
    const rows = jobs.slice(0, ROWS_SHOWN).map((job) => queueRow(site, job, mayHere(req, 'queue:write')));
    await sendPage(site, req, res, {
      name: 'queue',
      title: 'Queue',
      at: 'queue',
      done: doneWords(site, req),
      model: {
        rows,
        more: jobs.length > rows.length,
        retryAction: `${path}/retry`,
        giveUpAction: `${path}/give-up`,
        retryAllAction: `${path}/retry-all`,
        waiting: rows.filter(({ mayRetry }) => mayRetry).length,
      },
    });
  });

  router.post('/admin/queue/retry', async (req, res) => {
    const session = checkMay(req, 'queue:write');
    const { job } = readForm(req, jobForm);
    const done = await change(req, session, { what: 'retry', job });
    leadDone(site, req, res, path, done ? 'retry' : 'gone');
  });

  router.post('/admin/queue/give-up', async (req, res) => {
    const session = checkMay(req, 'queue:write');
    const { job, sure: isSure } = readForm(req, giveUpForm);
    if (isSure === undefined) {
      // It may stand far behind what the page shows by now.
      const found = await loadWaiting(site.db, job);
      if (found === undefined) return leadDone(site, req, res, path, 'gone');
      const tries = found.attempts === 1 ? 'once' : `${found.attempts} times`;
      await askFirst(site, req, res, 'queue', {
        heading: 'Give this up?',
        means: `${kindWords[found.kind] ?? found.kind}: it was tried ${tries}. It is tried once more now; if that fails, this one is given up, and whom it concerns is told. Nothing brings it back.`,
        label: 'Give it up',
        rest: 'Go on trying',
        action: `${path}/give-up`,
        backUrl: path,
        backLabel: 'Queue',
        fields: { job },
      });
      return;
    }
    const done = await change(req, session, { what: 'give-up', job });
    leadDone(site, req, res, path, done ? 'given-up' : 'gone');
  });

  router.post('/admin/queue/retry-all', async (req, res) => {
    const session = checkMay(req, 'queue:write');
    readForm(req, nothing);
    await change(req, session, { what: 'retry-all' });
    leadDone(site, req, res, path, 'retry-all');
  });

  return router;

  function change(req: Request, session: Session, what: QueueChange): Promise<boolean> {
    return changeQueue(what, { actor: session.address, network: visitOf(req).network });
  }
}

const kindWords: Readonly<Record<string, string>> = {
  notice: 'Notice to a recipient',
  direct: 'Mail to a recipient’s own server',
  reminder: 'Reminder to a recipient',
  answer: 'Answer to a sender',
  passcode: 'Sign-in code',
  failure: 'Failure told to a sender',
  request: 'Request for more time',
  decision: 'Decision about more time',
  resend: 'Lost notices looked for',
  passkey: 'Change of a passkey told',
  approval: 'Approval asked for',
  held: 'Hold told to a sender',
  unreached: 'Approver not reached, told to a sender',
  certificate: 'End of a certificate told',
  'first-read': 'First reading told to a sender',
  digest: 'Daily summary to a sender',
  'by-mail': 'How to answer safely, told to a reader',
  alert: 'Alert to an administrator',
  'tls-report': 'Report about TLS to another domain',
  webhook: 'Event to a webhook',
};

const stateViews = {
  ready: { words: 'Waits', tone: 'waiting' },
  leased: { words: 'Under way', tone: 'waiting' },
  dead: { words: 'Given up', tone: 'bad' },
  done: { words: 'Done', tone: 'good' },
} as const;

function queueRow(site: Site, job: QueuedJob, mayChange: boolean): QueueRow {
  const nowMs = site.clock.nowMs();
  const waits = job.state === 'ready';
  return {
    id: job.id,
    words: kindWords[job.kind] ?? job.kind,
    state: stateViews[job.state],
    attempts: job.attempts,
    error: job.last_error ?? '',
    created: moment(job.created_at, nowMs),
    ...(waits ? { next: moment(job.next_at, nowMs) } : {}),
    ...(job.message_id === null ? {} : { messageUrl: `${site.base}/admin/audit?message=${job.message_id}` }),
    mayRetry: waits && mayChange,
    mayGiveUp: waits && mayChange && job.attempts > 0 && job.give_up_at > job.next_at,
  };
}

const done: Readonly<Record<string, string>> = {
  retry: 'It is tried now.',
  'given-up': 'It is tried once more; if that fails, it is given up and whom it concerns is told.',
  'retry-all': 'All that waits is tried now.',
  gone: 'It does not wait any more; nothing was changed.',
};

function doneWords(site: Site, req: Request): string | undefined {
  const what = doneHere(site, req);
  return what !== undefined && Object.hasOwn(done, what) ? done[what] : undefined;
}

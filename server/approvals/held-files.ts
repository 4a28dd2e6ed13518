// Owns an approver's look at the files of a held message, page by page as marked pictures; none of their bytes goes out. Once it
// is answered or over, nothing is shown any more.

import type { Request } from 'express';
import { isoNow } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import { inTransaction } from '../db/engine.ts';
import type { Db, Tx } from '../db/engine.ts';
import { fileViews } from '../http/file-views.ts';
import type { FileViews, Onlooker, ViewDeps } from '../http/file-views.ts';
import { noSuchPage, notSignedIn } from '../http/nothing-here.ts';
import type { Site } from '../http/site.ts';
import { sentence } from '../language/words.ts';
import { loadMessage } from '../messages/messages.store.ts';
import { openMessage } from '../messages/open.ts';
import { isSessionOpen } from '../signin/session-state.store.ts';
import { findHold, isOver } from './find-hold.ts';
import type { FoundHold } from './find-hold.ts';

export function heldFiles(deps: ViewDeps): FileViews {
  return fileViews(deps, (req) => findOnlooker(deps.site, req));
}

async function findOnlooker(site: Site, req: Request): Promise<Onlooker> {
  const found = await findHold(site, req);
  checkOpen(site, found);
  const { session, hold, message } = found;
  return {
    session,
    message: openMessage(site.vault, message),
    messageUrl: `${site.base}/approvals/${hold.id}`,
    mayTake: false,
    async checkStill() {
      if (!(await isSessionOpen(site.db, session.tokenHash, isoNow(site.clock)))) throw notSignedIn();
      await checkStillOpen(site, site.db, found);
    },
    record: (part) =>
      inTransaction(site.db, async (tx) => {
        await checkStillOpen(site, tx, found);
        await appendAudit(site, tx, {
          event: 'held-attachment-viewed',
          messageId: message.id,
          details: { actor: session.address, rule: hold.rule_id, attachment: part.n },
        });
      }),
  };
}

async function checkStillOpen(site: Site, db: Db | Tx, { again }: FoundHold): Promise<void> {
  const now = await again(db);
  const message = now === undefined ? undefined : await loadMessage(db, now.message_id);
  if (now === undefined || message === undefined) throw noSuchPage();
  checkOpen(site, { hold: now, message });
}

function checkOpen(site: Site, { hold, message }: Pick<FoundHold, 'hold' | 'message'>): void {
  if (hold.state !== 'open') throw new AppError('request/gone', sentence('approval.conflict'));
  if (isOver(site, message)) throw new AppError('request/gone', sentence('approval.gone'));
}

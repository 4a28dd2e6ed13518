// Owns the page of one's own passkeys: making, naming and removing them.

import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { displayLine } from '../core/address.ts';
import { isoNow } from '../core/clock.ts';
import { AppError, isRefusal, toldIn } from '../core/errors.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkSignedIn, visitOf } from '../http/visit.ts';
import { brandIdOf } from '../http/worn-brand.ts';
import { dayAt, plainly } from '../language/told.ts';
import { sentence } from '../language/words.ts';
import type { Words } from '../language/words.ts';
import { enqueue } from '../outbox/outbox.store.ts';
import type { PasskeysPage } from '../render/page-models/account.ts';
import { listPasskeys, removePasskey, renamePasskey } from '../signin/passkeys.store.ts';
import type { Passkey } from '../signin/passkeys.store.ts';
import { beginMaking, finishMaking } from '../signin/passkeys.ts';
import type { Session } from '../signin/sessions.store.ts';
import { passkeysOf } from './passkey.routes.ts';

const NAME_CHARACTERS_MAX = 60;
const nothing = z.object({});
const makeForm = z.object({ answer: z.string().max(100_000).default(''), name: z.string().max(400).default('') });
const renameForm = z.object({ passkey: z.string().max(100), name: z.string().max(400).default('') });
const removeForm = z.object({ passkey: z.string().max(100) });

export function accountPasskeysRoutes(site: Site): Router {
  const path = `${site.base}/account/passkeys`;
  const router = Router();

  router.get('/account/passkeys', async (req, res) => {
    await sendPage(site, req, res, await passkeysPage(site, req, checkSignedIn(req)));
  });

  router.post('/account/passkeys/options', async (req, res) => {
    readForm(req, nothing);
    const { browserHash, network } = visitOf(req);
    res.json(await beginMaking(passkeysOf(site), { browserHash, network }, checkSignedIn(req)));
  });

  router.post('/account/passkeys', async (req, res) => {
    const { answer, name } = readForm(req, makeForm);
    const session = checkSignedIn(req);
    const { browserHash } = visitOf(req);
    try {
      const asked = { answer, name: checkName(name) };
      await finishMaking(passkeysOf(site), browserHash, session, asked, async (tx) => {
        await tell(site, req, tx, session, 'made');
        await audit(site, req, tx, 'passkey-made', session);
      });
    } catch (error) {
      if (!isRefusal(error, 'signin/way-refused', 'request/malformed')) throw error;
      await sendPage(site, req, res, { ...(await passkeysPage(site, req, session, error)), status: 422 });
      return;
    }
    site.kick();
    leadDone(site, req, res, path, 'made');
  });

  router.post('/account/passkeys/rename', async (req, res) => {
    const { passkey: rowId, name } = readForm(req, renameForm);
    const session = checkSignedIn(req);
    try {
      const wanted = { addressIndex: session.addressIndex, rowId, name: checkName(name) };
      await change(site, req, session, 'passkey-renamed', (tx) => renamePasskey(site.keyring, tx, wanted));
    } catch (error) {
      if (!isRefusal(error, 'request/malformed')) throw error;
      await sendPage(site, req, res, { ...(await passkeysPage(site, req, session, error)), status: 422 });
      return;
    }
    leadDone(site, req, res, path, 'renamed');
  });

  router.post('/account/passkeys/remove', async (req, res) => {
    const { passkey: rowId } = readForm(req, removeForm);
    const session = checkSignedIn(req);
    await change(site, req, session, 'passkey-removed', async (tx) => {
      if (!(await removePasskey(tx, session.addressIndex, rowId))) return false;
      await tell(site, req, tx, session, 'removed');
      return true;
    });
    site.kick();
    leadDone(site, req, res, path, 'removed');
  });

  return router;
}

// Somebody else's passkey does not exist.
async function change(
  site: Site,
  req: Request,
  session: Session,
  event: AuditEvent,
  work: (tx: Tx) => Promise<boolean>,
): Promise<void> {
  await inTransaction(site.db, async (tx) => {
    if (!(await work(tx))) throw noSuchPage();
    await audit(site, req, tx, event, session);
  });
}

// By mail, whatever else is said: who sits at this browser may not be the one who reads the mailbox.
function tell(site: Site, req: Request, tx: Tx, { address }: Session, what: 'made' | 'removed'): Promise<void> {
  const payload = { address, what, at: isoNow(site.clock), brand: brandIdOf(site, req) };
  return enqueue(site.vault, tx, { kind: 'passkey', payload });
}

function audit(site: Site, req: Request, tx: Tx, event: AuditEvent, { address }: Session): Promise<void> {
  return appendAudit(site.vault, tx, { event, details: { address, network: visitOf(req).network } });
}

function checkName(text: string): string {
  const name = displayLine(text, NAME_CHARACTERS_MAX + 1);
  if (name !== '' && name.length <= NAME_CHARACTERS_MAX) return name;
  throw new AppError('request/malformed', sentence('passkey.name-wrong'));
}

async function passkeysPage(site: Site, req: Request, session: Session, error?: AppError) {
  const { words } = visitOf(req);
  const path = `${site.base}/account/passkeys`;
  const passkeys = await listPasskeys(site.keyring, site.db, session.addressIndex);
  const done = doneSentence(site, req);
  const model: PasskeysPage = {
    passkeys: passkeys.map((passkey) => passkeyView(words, passkey)),
    possible: site.passkeys !== undefined,
    makeAction: path,
    optionsUrl: `${path}/options`,
    renameAction: `${path}/rename`,
    removeAction: `${path}/remove`,
    ...(error === undefined ? {} : { error: toldIn(words, error) }),
  };
  return {
    name: 'passkeys' as const,
    title: words.say('passkey.title'),
    model,
    ...(done === undefined || error !== undefined ? {} : { done }),
  };
}

function passkeyView(words: Words, { rowId, name, createdAt, usedAt }: Passkey): PasskeysPage['passkeys'][number] {
  return {
    id: rowId,
    name,
    made: words.tell('passkey.made', { when: dayAt(createdAt) }),
    used: usedAt === null ? plainly(words.say('passkey.unused')) : words.tell('passkey.used', { when: dayAt(usedAt) }),
  };
}

function doneSentence(site: Site, req: Request): string | undefined {
  const { words } = visitOf(req);
  switch (doneHere(site, req)) {
    case 'made':
      return words.say('passkey.done-made');
    case 'removed':
      return words.say('passkey.done-removed');
    case 'renamed':
      return words.say('passkey.done-renamed');
    default:
      return undefined;
  }
}

// Owns writing a protected message in the portal, for senders without a mail program that leads here. It takes the same
// road in as a mail or an API call; what was refused stands in the form again, with why.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { AppError, isRefusal, toldIn } from '../core/errors.ts';
import { keepTyped } from '../http/keep-typed.ts';
import type { Keeping } from '../http/keep-typed.ts';
import { doneUrl } from '../http/done.ts';
import { sendPage } from '../http/page.ts';
import { setRetryAfter, statusOf } from '../http/problems.ts';
import type { Site } from '../http/site.ts';
import { readTypedFields } from '../http/typed-mail.ts';
import { checkSender, isSender, visitOf } from '../http/visit.ts';
import { wantsJson } from '../http/wants-json.ts';
import { sentence } from '../language/words.ts';
import { listHolds } from '../messages/holds.store.ts';
import { keepLetter, loadKeptLetter } from '../messages/kept-letters.store.ts';
import type { Letter } from '../messages/kept-letters.store.ts';
import type { PolicyFrame } from '../policy/asks.ts';
import { whyNot } from '../policy/decide.ts';
import { RuleRefusal } from '../policy/refusals.ts';
import { ruleAsks, spokenWhy } from '../policy/rule-effects.ts';
import type { Session } from '../signin/sessions.store.ts';
import { addressBook } from './address-book.ts';
import { tickedIn } from './compose-fields.ts';
import type { Fields } from './compose-fields.ts';
import { composePage } from './compose.model.ts';
import type { Told } from './compose.model.ts';
import { FieldFault } from './field-fault.ts';
import { chosenMailbox, mailboxesOf } from './mailboxes.ts';
import { submitComposed } from './submit-composed.ts';
import type { ComposeDeps } from './submit-composed.ts';

export function composeRoutes(deps: ComposeDeps): Router {
  const { site } = deps;
  const router = Router();

  router.get('/compose', async (req, res) => {
    const session = checkSender(site, req);
    const { browserHash, words } = visitOf(req);
    const kept = await loadKeptLetter(site, site.db, { addressIndex: session.addressIndex, browserHash });
    const told = kept === undefined ? {} : { note: words.say('writing.set-aside') };
    const fields =
      kept === undefined ? new Map([['from', chosenMailbox(site, req, session).key ?? '']]) : fieldsOf(kept);
    await sendForm(deps, req, res, session, fields, told);
  });

  router.post('/compose', async (req, res) => {
    if (visitOf(req).session === undefined) {
      await keepTyped(site, req, res, keeping(site), async (checkToken) =>
        letterOf(await readTypedFields(req, site.messageBytesMax, checkToken)),
      );
      return;
    }
    const session = checkSender(site, req);
    const fields = new Map<string, string>();
    let id: string;
    try {
      id = await submitComposed(deps, req, session, fields);
    } catch (error) {
      if (!isRefusal(error, ...TOLD_IN_THE_FORM)) throw error;
      await tellAgain(deps, req, res, session, fields, error);
      return;
    }
    const isHeld = (await listHolds(site.db, [id])).some(({ state }) => state === 'open');
    const next = doneUrl(site, req, `${site.base}/sent/${id}`, isHeld ? 'composed-held' : 'composed');
    if (wantsJson(req)) res.json({ next });
    else res.redirect(303, next);
  });

  return router;
}

const TOLD_IN_THE_FORM = [
  'request/malformed',
  'request/too-many',
  'mail/too-large',
  'mail/recipients',
  'mail/rights-protected',
  'policy/unknown-value',
  'policy/refused',
] as const;

async function tellAgain(
  deps: ComposeDeps,
  req: Request,
  res: Response,
  session: Session,
  fields: Fields,
  refusal: AppError,
): Promise<void> {
  const told = refusal instanceof RuleRefusal ? ruleFault(deps.policyFrame(), refusal, fields) : refusal;
  const error = toldIn(visitOf(req).words, told);
  const status = statusOf[told.code];
  setRetryAfter(res, told);
  if (wantsJson(req)) {
    res.status(status).json({ error });
    return;
  }
  const at = told instanceof FieldFault ? told.field : told.code === 'request/malformed' ? 'text' : undefined;
  await sendForm(deps, req, res, session, fields, { error, at }, status);
}

// In the visitor's words: a rule's refusal is an administrator's text, what it asks for in vain is not.
function ruleFault(frame: PolicyFrame, refusal: RuleRefusal, fields: Fields): AppError {
  const rule = frame.policy.document.rules.find(({ id }) => id === refusal.ruleId);
  // The policy has changed since; its words are all there is.
  if (rule === undefined) return refusal;
  const why = spokenWhy(rule);
  if (why !== undefined) return new AppError(refusal.code, sentence('compose.rule-refuses', { rule: rule.name, why }));
  const isPhraseAllItLacks = ruleAsks(rule, frame).every((asks) => whyNot(asks, frame, true) === undefined);
  return isPhraseAllItLacks && (fields.get('phrase') ?? '').trim() === ''
    ? new FieldFault('phrase', refusal.code, sentence('compose.rule-wants-phrase', { rule: rule.name }))
    : new AppError(refusal.code, sentence('compose.rule-cannot', { rule: rule.name }));
}

async function sendForm(
  { site, policyFrame }: ComposeDeps,
  req: Request,
  res: Response,
  session: Session,
  fields: Fields,
  told: Told,
  status?: number,
): Promise<void> {
  const { words } = visitOf(req);
  const mailboxes = mailboxesOf(site, req, session);
  await sendPage(site, req, res, {
    name: 'compose',
    title: words.say('writing.title'),
    at: 'sent',
    model: composePage(site, words, policyFrame(), mailboxes, await addressBook(site, mailboxes), fields, told),
    ...(status === undefined ? {} : { status }),
  });
}

function keeping(site: Site): (lost: Session) => Promise<Keeping<Letter> | undefined> {
  return ({ address, addressIndex }) =>
    Promise.resolve(
      isSender(site, address)
        ? {
            keep: (tx, typed, browserHash) => keepLetter(site, tx, { browserHash, addressIndex }, typed),
            next: '/compose',
            signIn: '/sign-in',
          }
        : undefined,
    );
}

// The access phrase is a secret: it is typed again.
const KEPT_BESIDE = ['from', 'cc', 'bcc', 'protection', 'expires'] as const;

function letterOf(fields: Fields): Letter {
  const [subject = '', text = ''] = ['subject', 'text'].map((name) => fields.get(name));
  const to = [fields.get('to') ?? '', ...tickedIn(fields)].filter((one) => one.trim() !== '').join(', ');
  const more = Object.fromEntries(KEPT_BESIDE.map((name) => [name, fields.get(name) ?? '']));
  return { to, subject, text, more };
}

function fieldsOf({ to, subject, text, more = {} }: Letter): Fields {
  return new Map(Object.entries({ ...more, to, subject, text }));
}

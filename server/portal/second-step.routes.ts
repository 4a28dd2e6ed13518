// Owns the page on which somebody with a role proves more than a mailbox: the number of an authenticator app, a recovery
// code, or setting the app up. Whoever has another way in set up is led there, never past it.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { AppError } from '../core/errors.ts';
import { isRefusal, toldIn } from '../core/errors.ts';
import { isStrong } from '../core/proofs.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { Tx } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import { readForm } from '../http/forms.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import { SECOND_STEP } from '../http/second-factor-gate.ts';
import type { Site } from '../http/site.ts';
import { checkSignedIn, visitOf } from '../http/visit.ts';
import { qrPicture } from '../render/qr-picture.ts';
import type { SecondStepPage } from '../render/page-models/signing-in.ts';
import { listPasskeys } from '../signin/passkeys.store.ts';
import { enrol, offeredSecret, tryNumber, tryRecoveryCode } from '../signin/second-factor.ts';
import type { FactorVerdicts } from '../signin/second-factor.ts';
import type { Session } from '../signin/sessions.store.ts';
import { base32, otpauthLink } from '../signin/totp.ts';
import { countRecoveryCodes, hasTotp, makeRecoveryCodes } from '../signin/totps.store.ts';
import { beginSession, handOverSession } from './begin-session.ts';
import { offerOtherWays } from './other-ways.ts';
import { goOn } from './sign-in.routes.ts';

const PURPOSE = 'sign-in';
const typedForm = z.object({ code: z.string().max(100).default('') });
const nothing = z.object({});

export function secondStepRoutes(site: Site): Router {
  const router = Router();
  const path = `${site.base}${SECOND_STEP}`;

  router.get(SECOND_STEP, async (req, res) => {
    await sendStep(req, res, checkHasRole(req));
  });

  router.post(SECOND_STEP, async (req, res) => {
    const { code: typed } = readForm(req, typedForm);
    const session = checkHasRole(req);
    await orSayWhy(req, res, session, async () => {
      const token = await tryNumber(site.signin, { session, network: visitOf(req).network, typed }, verdicts(req));
      await handOverSession(site, res, token);
      goOn(site, req, res, session.address);
    });
  });

  router.post(`${SECOND_STEP}/recovery`, async (req, res) => {
    const { code: typed } = readForm(req, typedForm);
    const session = checkHasRole(req);
    await orSayWhy(req, res, session, async () => {
      const asked = { session, network: visitOf(req).network, typed };
      const token = await tryRecoveryCode(site.signin, asked, verdicts(req, 'recovery-code-used'));
      await handOverSession(site, res, token);
      goOn(site, req, res, session.address);
    });
  });

  router.post(`${SECOND_STEP}/app`, async (req, res) => {
    const { code: typed } = readForm(req, typedForm);
    const session = checkHasRole(req);
    if (!(await mayEnrol(site, session))) throw noSuchPage();
    await orSayWhy(req, res, session, async () => {
      const asked = { session, network: visitOf(req).network, typed };
      const { codes, proved } = await enrol(site.signin, asked, verdicts(req, 'totp-enrolled'));
      await handOverSession(site, res, proved);
      await sendCodes(req, res, codes);
    });
  });

  router.post(`${SECOND_STEP}/codes`, async (req, res) => {
    readForm(req, nothing);
    const session = checkHasRole(req);
    // By a mailbox alone nobody gets what opens the door once more.
    if (!isStrong(session.proved) || !(await hasTotp(site.db, session.addressIndex))) throw noSuchPage();
    const codes = await inTransaction(site.db, async (tx) => {
      const made = await makeRecoveryCodes(site.keyring, tx, session.addressIndex);
      await note(req, tx, 'recovery-codes-made', session);
      return made;
    });
    await sendCodes(req, res, codes);
  });

  return router;

  function verdicts(req: Request, event?: AuditEvent): FactorVerdicts<string> {
    const session = checkHasRole(req);
    const { address } = session;
    return {
      proved: async (tx) => {
        if (event !== undefined) await note(req, tx, event, session);
        return beginSession(site, req, tx, { address, way: 'totp', purpose: PURPOSE });
      },
      wrong: (tx) =>
        appendAudit(site.vault, tx, {
          event: 'sign-in-refused',
          details: { address, network: visitOf(req).network, purpose: PURPOSE, method: 'totp' },
        }),
    };
  }

  function note(req: Request, tx: Tx, event: AuditEvent, { address }: Session): Promise<void> {
    return appendAudit(site.vault, tx, { event, details: { address, network: visitOf(req).network } });
  }

  async function orSayWhy(req: Request, res: Response, session: Session, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isRefusal(error, 'signin/code-refused')) throw error;
      await sendStep(req, res, session, error);
    }
  }

  async function sendStep(req: Request, res: Response, session: Session, refusal?: AppError): Promise<void> {
    const { words } = visitOf(req);
    await sendPage(site, req, res, {
      name: 'second-step',
      title: words.say('factor.title'),
      status: refusal === undefined ? 200 : 422,
      model: {
        ...(await stepModel(site, session, path)),
        ...(refusal === undefined ? {} : { error: toldIn(words, refusal) }),
      },
    });
  }

  async function sendCodes(req: Request, res: Response, codes: readonly string[]): Promise<void> {
    await sendPage(site, req, res, {
      name: 'second-step',
      title: visitOf(req).words.say('factor.codes-heading'),
      model: { codes, nextUrl: `${site.base}/sign-in` },
    });
  }
}

/** To everybody without a role there is no such page. */
function checkHasRole(req: Request): Session {
  const session = checkSignedIn(req);
  const { lacksFactor, standing } = visitOf(req);
  if (lacksFactor || standing.role !== undefined) return session;
  throw noSuchPage();
}

async function stepModel(site: Site, session: Session, path: string): Promise<SecondStepPage> {
  const nextUrl = `${site.base}/sign-in`;
  const ways = offerOtherWays(site, `${site.base}/sign-in`, session.address);
  if (await hasTotp(site.db, session.addressIndex)) {
    if (!isStrong(session.proved))
      return { ask: { action: path, recoveryAction: `${path}/recovery` }, ...ways, nextUrl };
    const left = await countRecoveryCodes(site.db, session.addressIndex);
    return { set: { left, renewAction: `${path}/codes` }, nextUrl };
  }
  if (!(await mayEnrol(site, session))) return { elsewhere: true, ...ways, nextUrl };
  const secret = offeredSecret(site, session);
  const link = otpauthLink(secret, site.orgName, session.address);
  const groups = (base32(secret).match(/.{4}/g) ?? []).join(' ');
  return { enrol: { action: `${path}/app`, secret: groups, link, picture: qrPicture(link) }, nextUrl };
}

// Whoever holds a mailbox of somebody with another way in set up must not set one up of their own.
async function mayEnrol(site: Site, session: Session): Promise<boolean> {
  if (await hasTotp(site.db, session.addressIndex)) return false;
  if (isStrong(session.proved)) return true;
  if (site.issuers.some(({ provider }) => provider.opens === 'organisation')) return false;
  return (await listPasskeys(site.keyring, site.db, session.addressIndex)).length === 0;
}

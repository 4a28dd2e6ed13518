// Owns the page between a reader who is signed in and a message that demands more: what is missing, and every way to do
// it. It opens nothing of the message but whom to ask.

import type { ErrorRequestHandler, Request, Response } from 'express';
import type { AppError } from '../core/errors.ts';
import { toldIn } from '../core/errors.ts';
import { ProofNeeded, missingProofs } from '../access/proving.ts';
import type { Missing } from '../access/proving.ts';
import { sendPage } from '../http/page.ts';
import { statusOf } from '../http/problems.ts';
import { provedFor } from '../http/proved.ts';
import type { Site } from '../http/site.ts';
import { visitOf } from '../http/visit.ts';
import type { Words } from '../language/words.ts';
import { openMessage } from '../messages/open.ts';
import type { StepUpPage } from '../render/page-models/signing-in.ts';
import { otherWays } from './other-ways.ts';
import { findReadable, messageIdIn } from './reading.ts';
import type { Readable } from './reading.ts';

/** Answers every route of a message whose reader has not proved enough. */
export function stepUpPages(site: Site): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return async (error: unknown, req: Request, res: Response, next) => {
    if (!(error instanceof ProofNeeded) || res.headersSent) {
      next(error);
      return;
    }
    await sendStepUp(site, req, res, await findReadable(site, req, messageIdIn(req)));
  };
}

/** The page as it is now, with what was wrong with the phrase. */
export async function sendStepUp(
  site: Site,
  req: Request,
  res: Response,
  readable: Readable,
  refusal?: AppError,
): Promise<void> {
  const { words } = visitOf(req);
  const { message, recipient, session } = readable;
  const missing = missingProofs(message, recipient, await provedFor(site.db, session, message));
  await sendPage(site, req, res, {
    name: 'step-up',
    title: words.say('ways.step-title'),
    status: statusOf[refusal?.code ?? 'signin/proof-needed'],
    model: stepUpPage(site, words, readable, missing, refusal),
  });
}

function stepUpPage(
  site: Site,
  words: Words,
  { message, session }: Readable,
  missing: readonly Missing[],
  refusal: AppError | undefined,
): StepUpPage {
  const sender = openMessage(site.vault, message).meta.from.address;
  const path = `${site.base}/messages/${message.id}`;
  // One thing at a time; the phrase comes when the reader is known well enough.
  const [step = 'other'] = missing;
  const has = new Set<string>(session.proved);
  const isKnown = (way: string): boolean => step === 'another' && has.has(way);
  const accounts = step === 'federated' || (step === 'another' && !session.proved.some(isAccount));
  const passkey = step === 'passkey' || (step === 'another' && !isKnown('passkey'));
  const ways = otherWays(site, `${path}/prove`, session.address, { accounts, passkey });
  const lacksAccount = step === 'federated' && ways === undefined;
  const lacksPasskey = step === 'passkey' && ways === undefined;
  return {
    lead: leadFor(words, step, sender, { lacksAccount, lacksPasskey }),
    sender,
    ...(refusal === undefined ? {} : { error: toldIn(words, refusal) }),
    ...(step === 'code' || (step === 'another' && !isKnown('code')) ? { codeAction: `${path}/prove/passcode` } : {}),
    ...(step === 'phrase' ? { phraseAction: `${path}/phrase` } : {}),
    ...(ways === undefined ? {} : { ways }),
    ...(ways?.passkey === undefined ? {} : { passkeysUrl: `${site.base}/account/passkeys` }),
  };
}

function leadFor(
  words: Words,
  step: Missing,
  sender: string,
  { lacksAccount, lacksPasskey }: { lacksAccount: boolean; lacksPasskey: boolean },
): string {
  if (lacksAccount) return words.say('ways.step-federated-none', { sender });
  if (lacksPasskey) return words.say('ways.step-passkey-impossible', { sender });
  switch (step) {
    case 'code':
      return words.say('ways.step-code');
    case 'federated':
      return words.say('ways.step-federated');
    case 'passkey':
      return words.say('ways.step-passkey');
    case 'another':
      return words.say('ways.step-another');
    case 'phrase':
      return words.say('ways.step-phrase');
    case 'other':
      return words.say('ways.step-other', { sender });
  }
}

function isAccount(way: string): boolean {
  return way !== 'code' && way !== 'passkey';
}

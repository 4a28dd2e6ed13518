// Owns what becomes of a large form of an administrator whose session ended while they were typing: it is kept for an hour, for
// the same person in the same browser, and stands in its page again once they have signed in. Nothing of it is applied, and
// nothing is kept for people who may not change the policy.

import type { Request, Response } from 'express';
import { inTransaction } from '../db/engine.ts';
import { keepTyped } from '../http/keep-typed.ts';
import type { Site } from '../http/site.ts';
import { checkSignedIn, mayIn, visitOf } from '../http/visit.ts';
import { keepForm as keepFields, loadKeptForm, removeKeptForm } from '../staff/kept-forms.store.ts';
import type { FormFields, KeptFormPlace } from '../staff/kept-forms.store.ts';
import { readPolicyFields } from './policy-fields.ts';

interface Typed {
  readonly fields: FormFields;
  readonly text: string;
}

/** Answers a form that came without a living session. Throws request/unauthenticated when there is nothing to keep. */
export async function keepForm(site: Site, req: Request, res: Response): Promise<void> {
  const at = req.path;
  await keepTyped<Typed>(
    site,
    req,
    res,
    async (session) => {
      if (!(await mayIn(site, session, 'policy:write'))) return undefined;
      const { addressIndex } = session;
      return {
        keep: (tx, { fields }, browserHash) => keepFields(site, tx, { browserHash, addressIndex, at }, fields),
        next: at,
        signIn: '/sign-in',
      };
    },
    async (checkToken) => {
      const fields = await readPolicyFields(req, checkToken);
      return { fields: withoutMark(fields), text: inLines(fields) };
    },
  );
}

/** The fields that were kept for the page that is asked for. */
export function keptForm(site: Site, req: Request): Promise<FormFields | undefined> {
  return loadKeptForm(site, site.db, placeOf(req));
}

/** It was saved, or is not wanted any more. */
export async function forgetForm(site: Site, req: Request): Promise<void> {
  if ((await keptForm(site, req)) === undefined) return;
  await inTransaction(site.db, (tx) => removeKeptForm(tx, placeOf(req)));
}

function placeOf(req: Request): KeptFormPlace {
  const { addressIndex } = checkSignedIn(req);
  return { addressIndex, browserHash: visitOf(req).browserHash, at: req.path };
}

function withoutMark(fields: FormFields): FormFields {
  return new Map([...fields].filter(([name]) => name !== 'csrf'));
}

/** What was typed, to be read on the page that says what became of it. */
function inLines(fields: FormFields): string {
  const shown = [...fields].filter(([name, value]) => value !== '' && !['csrf', 'version', 'do'].includes(name));
  return shown.map(([name, value]) => `${name}: ${value}`).join('\n');
}

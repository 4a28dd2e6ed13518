// Owns what becomes of a large form of an administrator whose session ended while they were typing: it is kept for an hour, for
// the same person in the same browser, and stands in its page again once they have signed in. Nothing of it is applied.

import type { Request, Response } from 'express';
import { inTransaction } from '../db/engine.ts';
import { keepTyped } from '../http/keep-typed.ts';
import type { Site } from '../http/site.ts';
import { checkSignedIn, isSender, visitOf } from '../http/visit.ts';
import { keepLetter, loadKeptForm, removeKeptLetter } from '../messages/kept-letters.store.ts';
import { readPolicyFields } from './policy-fields.ts';

interface Typed {
  readonly fields: ReadonlyMap<string, string>;
  readonly text: string;
}

/** Answers a form that came without a living session. Throws request/unauthenticated when there is nothing to keep. */
export async function keepForm(site: Site, req: Request, res: Response): Promise<void> {
  const at = req.path;
  await keepTyped<Typed>(
    site,
    req,
    res,
    ({ address, addressIndex }) => {
      if (!isSender(site, address)) return Promise.resolve(undefined);
      return Promise.resolve({
        keep: (tx, { fields }, browserHash) =>
          keepLetter(
            site,
            tx,
            { browserHash, addressIndex },
            { to: '', subject: '', text: '', form: { at, fields: Object.fromEntries(fields) } },
          ),
        next: at,
        signIn: '/sign-in',
      });
    },
    async (checkToken) => {
      const fields = await readPolicyFields(req, checkToken);
      return { fields: withoutMark(fields), text: inLines(fields) };
    },
  );
}

/** The fields that were kept for the page that is asked for. */
export async function keptForm(site: Site, req: Request): Promise<ReadonlyMap<string, string> | undefined> {
  const { addressIndex } = checkSignedIn(req);
  const whose = { addressIndex, browserHash: visitOf(req).browserHash };
  const fields = await loadKeptForm(site, site.db, whose, req.path);
  return fields === undefined ? undefined : new Map(Object.entries(fields));
}

/** It was saved. */
export async function forgetForm(site: Site, req: Request): Promise<void> {
  if ((await keptForm(site, req)) === undefined) return;
  await inTransaction(site.db, (tx) => removeKeptLetter(tx, visitOf(req).browserHash));
}

function withoutMark(fields: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...fields].filter(([name]) => name !== 'csrf'));
}

/** What was typed, to be read on the page that says what became of it. */
function inLines(fields: ReadonlyMap<string, string>): string {
  const shown = [...fields].filter(([name, value]) => value !== '' && !['csrf', 'version', 'do'].includes(name));
  return shown.map(([name, value]) => `${name}: ${value}`).join('\n');
}

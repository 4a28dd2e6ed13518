// Owns the pages on which administrators read and change the policy: its text, its versions, and the way back to one of
// them. To everybody else they do not exist.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { AppError, isRefusal } from '../core/errors.ts';
import { doneHere, leadDone } from '../http/done.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { readForm } from '../http/forms.ts';
import { readUpload } from '../http/uploads.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import { PolicyFaults } from '../policy/document-faults.ts';
import { sentence } from '../language/words.ts';
import { documentText, readDocumentText } from '../policy/document-text.ts';
import { policyLimits } from '../policy/policy-limits.ts';
import type { StoredVersion } from '../rulebook/policies.store.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import type { Session } from '../signin/sessions.store.ts';
import { ruleRows } from './rule-rows.ts';
import type { RuleDayCount } from './rule-rows.ts';
import { shownDays } from './today.model.ts';
import { VERSIONS_SHOWN, diffView, policyPage, restoreForm, versionRow } from './policy.model.ts';

export interface PolicyPagesDeps {
  readonly site: Site;
  readonly rulebook: Rulebook;
  /** How often each rule met a mail since this day. */
  readonly ruleDays: (sinceDay: string) => Promise<readonly RuleDayCount[]>;
}

const FORM_BYTES_MAX = policyLimits.documentBytesMax + 64 * 1024;
const HEADING = 'Policy';

export function policyPages({ site, rulebook, ruleDays }: PolicyPagesDeps): Router {
  const router = Router();
  const path = `${site.base}/admin/policy`;

  router.get('/admin/policy', async (req, res) => {
    checkMay(req, 'policy:read');
    const newest = await rulebook.newest();
    await sendPolicy(req, res, { newest, text: documentText(newest), note: '', faults: [] }, 200);
  });

  router.post('/admin/policy', async (req, res) => {
    const session = checkMay(req, 'policy:write');
    const fields = new Map<string, string>();
    await readUpload(req, { files: 0, bytes: 0, fieldBytes: FORM_BYTES_MAX }, fields, () => Promise.resolve());
    const basedOn = basisIn(fields);
    const text = fields.get('document') ?? '';
    const note = fields.get('note') ?? '';
    try {
      const value = readDocumentText(text);
      const saved = await rulebook.save({ value, basedOn, note, ...by(req, session) });
      leadDone(site, req, res, path, saved.changed.length === 0 ? 'same' : 'saved');
    } catch (error) {
      const newest = await rulebook.newest();
      if (error instanceof PolicyFaults) {
        // Still based on what it was made from: mending the faults must not pass over what others saved.
        await sendPolicy(req, res, { newest, version: basedOn, text, note, faults: error.faults }, 422);
      } else if (isRefusal(error, 'request/outdated')) {
        await sendPolicy(req, res, { newest, text, note, faults: [], overtaken: true }, 412);
      } else throw error;
    }
  });

  router.get('/admin/policy/versions/:n', async (req, res) => {
    checkMay(req, 'policy:read');
    const version = await rulebook.version(versionIn(req));
    const before = await rulebook.version(version.version - 1);
    const newest = await rulebook.newest();
    await sendPage(site, req, res, {
      name: 'policy-version',
      title: `${HEADING}, version ${version.version}`,
      at: 'policy',
      model: {
        ...versionRow(site, path, version, newest.version),
        beforeWords: before.version === 0 ? 'no policy at all' : `version ${before.version}`,
        lines: diffView(rulebook.difference(before, version)),
        text: documentText(version),
        backUrl: path,
        ...(version.version === newest.version || !mayHere(req, 'policy:write')
          ? {}
          : { restoreUrl: `${path}/versions/${version.version}/restore` }),
      },
    });
  });

  router.get('/admin/policy/versions/:n/restore', async (req, res) => {
    checkMay(req, 'policy:read');
    await sendConfirm(req, res, await rulebook.version(versionIn(req)), [], 200);
  });

  router.post('/admin/policy/versions/:n/restore', async (req, res) => {
    const session = checkMay(req, 'policy:write');
    const { version: basedOn } = readForm(req, restoreForm);
    const version = await rulebook.version(versionIn(req));
    try {
      const saved = await rulebook.goBack(version.version, { basedOn, ...by(req, session) });
      leadDone(site, req, res, path, saved.changed.length === 0 ? 'same' : 'saved');
    } catch (error) {
      if (error instanceof PolicyFaults) await sendConfirm(req, res, version, error.faults, 422);
      else if (isRefusal(error, 'request/outdated')) await sendConfirm(req, res, version, [], 412);
      else throw error;
    }
  });

  return router;

  async function sendPolicy(req: Request, res: Response, shown: Shown, status: number): Promise<void> {
    const versions = await rulebook.versions({ limit: VERSIONS_SHOWN + 1, ...olderThan(req) });
    const days = shownDays(site.clock.nowMs());
    const rules = ruleRows(shown.newest.value, await ruleDays(days[0] ?? ''), days, path);
    await sendPage(site, req, res, {
      name: 'policy',
      title: HEADING,
      at: 'policy',
      status,
      done: doneWords(doneHere(site, req)),
      model: policyPage(site, path, { ...shown, rules, mayChange: mayHere(req, 'policy:write') }, versions),
    });
  }

  /** What would change, against the newest version there is now. */
  async function sendConfirm(
    req: Request,
    res: Response,
    version: StoredVersion,
    faults: PolicyFaults['faults'],
    status: number,
  ): Promise<void> {
    const newest = await rulebook.newest();
    await sendPage(site, req, res, {
      name: 'policy-restore',
      title: `${HEADING}, back to version ${version.version}`,
      at: 'policy',
      status,
      model: {
        version: version.version,
        newest: newest.version,
        faults,
        overtaken: status === 412,
        lines: diffView(rulebook.difference(newest, version)),
        action: `${path}/versions/${version.version}/restore`,
        backUrl: `${path}/versions/${version.version}`,
      },
    });
  }
}

export interface Shown {
  readonly newest: StoredVersion;
  /** From which the text was made, when that is not the newest. */
  readonly version?: number;
  readonly text: string;
  readonly note: string;
  readonly faults: PolicyFaults['faults'];
  /** Somebody saved another version while this text was typed. */
  readonly overtaken?: boolean;
}

function by(req: Request, session: Session): { actor: string; network: string } {
  return { actor: session.address, network: visitOf(req).network };
}

function doneWords(done: unknown): string | undefined {
  if (done === 'saved') return 'Saved. Every server goes by it within five seconds.';
  return done === 'same' ? 'It says what it said before, so no version was made.' : undefined;
}

function olderThan(req: Request): { before?: number } {
  const { before } = req.query;
  return before === undefined ? {} : { before: numberIn(before) };
}

function versionIn(req: Request): number {
  const version = numberIn(req.params['n']);
  if (version > 0) return version;
  throw new AppError('request/not-found', 'There is no such page.');
}

/** The version that a form was made from. A form without it was not sent from our page as it stood. */
function basisIn(fields: ReadonlyMap<string, string>): number {
  const text = fields.get('version') ?? '';
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new AppError('request/malformed', sentence('problem.field-unreadable'));
}

function numberIn(text: unknown): number {
  if (typeof text === 'string' && /^\d{1,10}$/.test(text)) return Number(text);
  throw new AppError('request/not-found', 'There is no such version.');
}

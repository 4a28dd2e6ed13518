// Owns the pages on which administrators build one rule by form, and put the rules in another order. Each change is a version of
// the whole policy. To everybody without a role they do not exist.

import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError, isRefusal } from '../core/errors.ts';
import type { Fault } from '../core/document-faults.ts';
import { leadDone } from '../http/done.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { readForm } from '../http/forms.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import { sentence } from '../language/words.ts';
import { PolicyFaults } from '../policy/document-faults.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import type { Fields } from '../policy/document-fields.ts';
import { writeDocumentText } from '../policy/document-text.ts';
import type { StoredVersion } from '../rulebook/policies.store.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { forgetForm, keepForm, keptForm } from './kept-form.ts';
import { basisIn, readPolicyFields } from './policy-fields.ts';
import { rulesIn, withRule, withoutRule } from './rule-document.ts';
import { draftOf, newDraft, ruleOf } from './rule-draft.ts';
import type { RuleDraft } from './rule-draft.ts';
import { namesIn, ruleParts } from './rule.model.ts';
import { hitsWords } from './rule-rows.ts';
import type { RuleDayCount } from './rule-rows.ts';
import { step } from './rule-steps.ts';
import { typedDraft } from './rule-typed.ts';
import { shownDays } from './today.model.ts';

export interface RulePagesDeps {
  readonly site: Site;
  readonly rulebook: Rulebook;
  readonly ruleDays: (sinceDay: string) => Promise<readonly RuleDayCount[]>;
  /** Names of the brands that exist. */
  readonly brands: () => readonly string[];
  /** Shows the simulator with a draft in it. */
  readonly showSimulator: (req: Request, res: Response, document: string) => Promise<void>;
}

const orderForm = z.object({
  version: z.string().regex(/^\d{1,10}$/),
  ids: z.string().default(''),
  up: z.string().optional(),
  down: z.string().optional(),
});

interface Shown {
  readonly draft: RuleDraft;
  readonly version: number;
  readonly note?: string;
  readonly faults?: readonly Fault[];
  readonly overtaken?: { readonly words: string; readonly version: number };
  /** Whether it was typed before the session ended. */
  readonly wasKept?: boolean;
}

export function rulePages({ site, rulebook, ruleDays, brands, showSimulator }: RulePagesDeps): Router {
  const router = Router();
  const path = `${site.base}/admin/policy`;

  router.get('/admin/policy/new-rule', async (req, res) => {
    checkMay(req, 'policy:write');
    const kept = await keptForm(site, req);
    if (kept !== undefined) return sendKept(req, res, undefined, kept);
    const { version } = await rulebook.newest();
    await send(req, res, undefined, { draft: newDraft, version }, 200);
  });

  router.get('/admin/policy/rules/:rule', async (req, res) => {
    checkMay(req, 'policy:read');
    const newest = await rulebook.newest();
    const rule = rulesIn(newest.value).find(({ id }) => id === req.params.rule);
    if (rule === undefined) throw noSuchPage();
    const kept = mayHere(req, 'policy:write') ? await keptForm(site, req) : undefined;
    if (kept !== undefined) return sendKept(req, res, req.params.rule, kept);
    await send(req, res, req.params.rule, { draft: draftOf(rule), version: newest.version }, 200);
  });

  router.post('/admin/policy/new-rule', async (req, res) => {
    await take(req, res, undefined);
  });

  router.post('/admin/policy/rules/:rule', async (req, res) => {
    await take(req, res, req.params.rule);
  });

  router.post('/admin/policy/order', async (req, res) => {
    const { address: actor } = checkMay(req, 'policy:write');
    const fields = readForm(req, orderForm);
    const { value, version } = await rulebook.version(Number(fields.version));
    const rules = reordered(rulesIn(value), fields);
    const by = { actor, network: visitOf(req).network };
    const saved = await rulebook.save({ value: { ...fieldsOf(value), rules }, basedOn: version, ...by });
    leadDone(site, req, res, path, saved.changed.length === 0 ? 'same' : 'saved', '#rules-heading');
  });

  return router;

  async function take(req: Request, res: Response, id: string | undefined): Promise<void> {
    if (visitOf(req).session === undefined) return keepForm(site, req, res);
    checkMay(req, 'policy:write');
    const fields = await readPolicyFields(req);
    const button = fields.get('do') ?? '';
    if (button === 'discard') {
      await forgetForm(site, req);
      return res.redirect(303, pageOf(id));
    }
    const version = basisIn(fields);
    const typed = typedDraft(fields);
    const draft = id === undefined ? typed : { ...typed, id };
    const note = fields.get('note') ?? '';
    if (button !== 'save' && button !== 'test' && button !== 'remove') {
      const kind = fields.get(`kind ${button.replace(/^add /, '')}`) ?? '';
      return send(req, res, id, { draft: step(draft, button, kind), version, note }, 200);
    }
    const based = await rulebook.version(version);
    try {
      const value = button === 'remove' ? withoutRule(based.value, draft.id) : withRule(based.value, id, ruleOf(draft));
      if (button === 'test') return await showSimulator(req, res, writeDocumentText(value));
      const by = { actor: checkMay(req, 'policy:write').address, network: visitOf(req).network, note };
      const saved = await rulebook.save({ value, basedOn: version, ...by });
      await forgetForm(site, req);
      leadDone(site, req, res, path, saved.changed.length === 0 ? 'same' : 'saved', '#rules-heading');
    } catch (error) {
      if (error instanceof PolicyFaults) {
        const at = ruleIndex(based.value, id);
        await send(req, res, id, { draft, version, note, faults: ownFaults(error.faults, at) }, 422);
      } else if (isRefusal(error, 'request/outdated')) {
        const newest = await rulebook.newest();
        const words = overtakenWords(newest, based, draft.id);
        const overtaken = { words, version: newest.version };
        await send(req, res, id, { draft, version: newest.version, note, overtaken }, 412);
      } else throw error;
    }
  }

  function pageOf(id: string | undefined): string {
    return id === undefined ? `${path}/new-rule` : `${path}/rules/${id}`;
  }

  /** As it was when the session ended; it is to be saved by hand. */
  async function sendKept(
    req: Request,
    res: Response,
    id: string | undefined,
    fields: ReadonlyMap<string, string>,
  ): Promise<void> {
    const typed = typedDraft(fields);
    const draft = id === undefined ? typed : { ...typed, id };
    const shown = { draft, version: basisIn(fields), note: fields.get('note') ?? '', wasKept: true };
    await send(req, res, id, shown, 200);
  }

  async function send(
    req: Request,
    res: Response,
    id: string | undefined,
    shown: Shown,
    status: number,
  ): Promise<void> {
    const { draft, version, note = '', faults = [], overtaken, wasKept = false } = shown;
    const { value } = await rulebook.version(version);
    const days = shownDays(site.clock.nowMs());
    const counts = id === undefined ? [] : (await ruleDays(days[0] ?? '')).filter((one) => one.rule_id === id);
    const own = faults.filter((one) => !one.path.startsWith(ELSEWHERE));
    const elsewhere = faults.flatMap(({ path: at, says }) =>
      at.startsWith(ELSEWHERE) ? [{ path: at.slice(ELSEWHERE.length), says }] : [],
    );
    const parts = ruleParts(draft, namesIn(value, brands()), own, elsewhere);
    const self = pageOf(id);
    await sendPage(site, req, res, {
      name: 'rule',
      title: id === undefined ? 'New rule' : `Rule ${draft.name}`,
      at: 'policy',
      status,
      model: {
        action: self,
        isNew: id === undefined,
        mayChange: mayHere(req, 'policy:write'),
        version,
        id: draft.id,
        name: draft.name,
        ...parts,
        rest: Object.keys(draft.rest).length === 0 ? '' : JSON.stringify(draft.rest),
        note,
        hasFaults: faults.length > 0,
        wasKept,
        ...(overtaken === undefined
          ? {}
          : { overtaken: overtaken.words, overtakenUrl: `${path}/versions/${overtaken.version}` }),
        hits: id === undefined ? '' : hitsWords(counts),
        ...(id === undefined ? {} : { hitsUrl: `${self}/hits` }),
        backUrl: path,
      },
    });
  }
}

/** Marks a fault that is about another part of the document. */
const ELSEWHERE = ' ';

function ruleIndex(value: unknown, id: string | undefined): number {
  const rules = rulesIn(value);
  const at = rules.findIndex((rule) => rule['id'] === id);
  return at === -1 ? rules.length : at;
}

/** Of this rule with their paths in it; all others are marked. */
function ownFaults(faults: readonly Fault[], at: number): Fault[] {
  const own = `rules[${at}]`;
  return faults.map(({ path, says }) => {
    if (path === own) return { path: '', says };
    if (path.startsWith(`${own}.`)) return { path: path.slice(own.length + 1), says };
    // Text that could not be read is told by its place in the rule.
    return /^(?:when|unless|then)\b/.test(path) ? { path, says } : { path: `${ELSEWHERE}${path}`, says };
  });
}

function overtakenWords(newest: StoredVersion, based: StoredVersion, id: string): string {
  const [theirs, known] = [newest, based].map(({ value }) => rulesIn(value).find((rule) => rule['id'] === id));
  const who = `${newest.actor} saved version ${newest.version} while you were writing.`;
  if (known === undefined) return `${who} Save again, and your rule is added to their policy.`;
  if (theirs === undefined) return `${who} It holds this rule no more. Save again, and it is back.`;
  return JSON.stringify(theirs) === JSON.stringify(known)
    ? `${who} This rule they left as it was. Save again, and only this rule changes.`
    : `${who} They changed this rule as well. See what they changed; save again, and yours takes the place of theirs.`;
}

/** `ids`: all of them in another order; or one that goes up or down a place. */
function reordered(rules: readonly Fields[], fields: z.output<typeof orderForm>): Fields[] {
  const ids = fields.ids.split(' ').filter((id) => id !== '');
  if (ids.length > 0) {
    const inOrder = [...new Set(ids)].flatMap((id) => rules.filter((rule) => rule['id'] === id));
    if (inOrder.length === rules.length) return inOrder;
    throw new AppError('request/malformed', sentence('problem.field-unreadable'));
  }
  const up = rules.findIndex((rule) => rule['id'] === fields.up);
  const at = up === -1 ? rules.findIndex((rule) => rule['id'] === fields.down) + 1 : up;
  const [before, after] = [rules[at - 1], rules[at]];
  if (before === undefined || after === undefined) return [...rules];
  return [...rules.slice(0, at - 1), after, before, ...rules.slice(at + 1)];
}

// Owns the pages on which administrators build a template, a word list or a label by form. Each change is a version of the whole policy.
// To everybody without a role they do not exist.

import { Router } from 'express';
import type { Request, Response } from 'express';
import type { Fault } from '../core/document-faults.ts';
import { isRefusal } from '../core/errors.ts';
import { leadDone } from '../http/done.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, mayHere, visitOf } from '../http/visit.ts';
import { PolicyFaults } from '../policy/document-faults.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import type { Fields } from '../policy/document-fields.ts';
import { readDocumentText, writeDocumentText } from '../policy/document-text.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { initialOf, typedOf, valueOf } from './field-values.ts';
import { forgetForm, keepForm, keptForm } from './kept-form.ts';
import { partSectionIn, sectionShapes } from './part-words.ts';
import type { PartSection } from './part-words.ts';
import { basisIn, readPolicyFields } from './policy-fields.ts';
import type { Node } from './rule-draft.ts';
import { namesIn, partAlone } from './rule.model.ts';
import { YAML, typedFields } from './rule-typed.ts';

export interface PolicyPartDeps {
  readonly site: Site;
  readonly rulebook: Rulebook;
  readonly brands: () => readonly string[];
}

interface Shown {
  readonly section: PartSection;
  /** Undefined for a new one. */
  readonly name: string | undefined;
  readonly typedName: string;
  readonly node: Node;
  readonly version: number;
  readonly note?: string;
  readonly faults?: readonly Fault[];
  readonly overtakenBy?: number;
  /** Whether it was typed before the session ended. */
  readonly wasKept?: boolean;
}

export function policyPartPages({ site, rulebook, brands }: PolicyPartDeps): Router {
  const router = Router();
  const path = `${site.base}/admin/policy`;

  router.get('/admin/policy/parts/:section', async (req, res) => {
    checkMay(req, 'policy:write');
    const section = sectionOf(req);
    const kept = await keptForm(site, req);
    if (kept !== undefined) return sendKept(req, res, section, undefined, kept);
    const { version } = await rulebook.newest();
    const node: Node = { is: 'part', kind: section, typed: initialOf(sectionShapes[section].fields) };
    await send(req, res, { section, name: undefined, typedName: '', node, version }, 200);
  });

  router.get('/admin/policy/parts/:section/:name', async (req, res) => {
    checkMay(req, 'policy:read');
    const section = sectionOf(req);
    const newest = await rulebook.newest();
    const { name } = req.params;
    const part = partsIn(newest.value, section).find((one) => one[sectionShapes[section].key] === name);
    if (part === undefined) throw noSuchPage();
    const kept = mayHere(req, 'policy:write') ? await keptForm(site, req) : undefined;
    if (kept !== undefined) return sendKept(req, res, section, name, kept);
    await send(req, res, { section, name, typedName: name, node: nodeOf(section, part), version: newest.version }, 200);
  });

  router.post('/admin/policy/parts/:section', (req, res) => take(req, res, undefined));
  router.post('/admin/policy/parts/:section/:name', (req, res) => take(req, res, req.params.name));

  return router;

  async function take(req: Request, res: Response, name: string | undefined): Promise<void> {
    if (visitOf(req).session === undefined) return keepForm(site, req, res);
    const { address: actor } = checkMay(req, 'policy:write');
    const section = sectionOf(req);
    const fields = await readPolicyFields(req);
    if (fields.get('do') === 'discard') {
      await forgetForm(site, req);
      return res.redirect(303, pageOf(section, name));
    }
    const basedOn = basisIn(fields);
    const typedName = name ?? (fields.get('name') ?? '').trim();
    const note = fields.get('note') ?? '';
    const node = typedNode(fields, section);
    const shown = { section, name, typedName, node, note };
    const { value } = await rulebook.version(basedOn);
    const parts = partsIn(value, section);
    const { key } = sectionShapes[section];
    const found = parts.findIndex((one) => one[key] === name);
    // A new one, and one that somebody took away meanwhile, comes last.
    const at = found === -1 ? parts.length : found;
    try {
      const own = fields.get('do') === 'remove' ? [] : [{ [key]: typedName, ...partOf(section, node) }];
      const changed = withParts(value, section, [...parts.slice(0, at), ...own, ...parts.slice(at + 1)]);
      const saved = await rulebook.save({ value: changed, basedOn, actor, network: visitOf(req).network, note });
      await forgetForm(site, req);
      leadDone(site, req, res, path, saved.changed.length === 0 ? 'same' : 'saved', '#parts-heading');
    } catch (error) {
      if (error instanceof PolicyFaults) {
        await send(
          req,
          res,
          { ...shown, version: basedOn, faults: error.faults.map((one) => ownFault(one, section, at)) },
          422,
        );
      } else if (isRefusal(error, 'request/outdated')) {
        const { version } = await rulebook.newest();
        await send(req, res, { ...shown, version, overtakenBy: version }, 412);
      } else throw error;
    }
  }

  function pageOf(section: PartSection, name: string | undefined): string {
    const own = name === undefined ? '' : `/${encodeURIComponent(name)}`;
    return `${path}/parts/${section}${own}`;
  }

  /** As it was when the session ended; it is to be saved by hand. */
  async function sendKept(
    req: Request,
    res: Response,
    section: PartSection,
    name: string | undefined,
    fields: ReadonlyMap<string, string>,
  ): Promise<void> {
    const typedName = name ?? fields.get('name') ?? '';
    const node = typedNode(fields, section);
    const note = fields.get('note') ?? '';
    await send(req, res, { section, name, typedName, node, version: basisIn(fields), note, wasKept: true }, 200);
  }

  async function send(req: Request, res: Response, shown: Shown, status: number): Promise<void> {
    const { section, name, typedName, node, version, note = '', faults = [], overtakenBy, wasKept = false } = shown;
    const { one, keyLabel, keyHint, removal } = sectionShapes[section];
    const { value } = await rulebook.version(version);
    await sendPage(site, req, res, {
      name: 'policy-part',
      title: name === undefined ? `New ${one}` : `${one} ${name}`,
      at: 'policy',
      status,
      model: {
        action: pageOf(section, name),
        isNew: name === undefined,
        one,
        keyLabel,
        keyHint,
        removal,
        name: typedName,
        mayChange: mayHere(req, 'policy:write'),
        version,
        note,
        ...partAlone(node, sectionShapes, namesIn(value, brands()), faults),
        hasFaults: faults.length > 0,
        wasKept,
        ...(overtakenBy === undefined
          ? {}
          : { overtaken: overtakenBy, overtakenUrl: `${path}/versions/${overtakenBy}` }),
        backUrl: path,
      },
    });
  }
}

function sectionOf(req: Request): PartSection {
  const section = partSectionIn(req.params['section']);
  if (section === undefined) throw noSuchPage();
  return section;
}

export function partsIn(value: unknown, section: PartSection): Fields[] {
  const document = fieldsOf(value);
  const parts = section === 'labels' ? fieldsOf(document[section])['map'] : document[section];
  return Array.isArray(parts) ? parts.map(fieldsOf) : [];
}

function withParts(value: unknown, section: PartSection, parts: readonly Fields[]): Fields {
  const document = fieldsOf(value);
  const whole = section === 'labels' ? { ...fieldsOf(document[section]), map: parts } : parts;
  return { ...document, [section]: whole };
}

/** All but its name, which stays. What the fields cannot say exactly stands as text. */
function nodeOf(section: PartSection, part: Fields): Node {
  const rest = Object.fromEntries(Object.entries(part).filter(([key]) => key !== sectionShapes[section].key));
  const typed = typedOf(sectionShapes[section].fields, rest);
  return typed === undefined ? { is: 'text', text: writeDocumentText(rest) } : { is: 'part', kind: section, typed };
}

function typedNode(fields: ReadonlyMap<string, string>, section: PartSection): Node {
  if (fields.get('part:kind') === YAML) return { is: 'text', text: fields.get('part:yaml') ?? '' };
  return { is: 'part', kind: section, typed: typedFields(fields, 'part:', sectionShapes[section].fields) };
}

/** Throws PolicyFaults for text that cannot be read. */
function partOf(section: PartSection, node: Node): Fields {
  if (node.is === 'text') return fieldsOf(readDocumentText(node.text));
  return node.is === 'part' ? fieldsOf(valueOf(sectionShapes[section].fields, node.typed)) : {};
}

/** Of this part as the form has it, `part.templates.rights[0]`; all others as they are. */
function ownFault({ path, says }: Fault, section: PartSection, at: number): Fault {
  const own = section === 'labels' ? `labels.map[${at}]` : `${section}[${at}]`;
  if (path === own || path.startsWith(`${own}.`)) {
    const rest = path.slice(own.length);
    return { path: rest === `.${sectionShapes[section].key}` ? 'name' : `part.${section}${rest}`, says };
  }
  return { path, says };
}

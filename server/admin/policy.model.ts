// Owns what the pages about the policy are given.

import { z } from 'zod';
import type { DiffLine } from '../core/line-diff.ts';
import type { Site } from '../http/site.ts';
import { moment } from '../render/moment.ts';
import type { DiffLineView, PolicyPage, PolicyVersionRow } from '../render/page-models/policy.ts';
import type { VersionCard } from '../db/version-cards.ts';
import { partSections, sectionShapes } from './part-words.ts';
import { partsIn } from './policy-part.routes.ts';
import type { Shown } from './policy.routes.ts';

export const VERSIONS_SHOWN = 20;

export const restoreForm = z.object({
  version: z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number),
});

/** `versions`: one more than is shown, if there are as many. */
export function policyPage(
  site: Site,
  path: string,
  shown: Shown & { readonly mayChange: boolean; readonly rules: PolicyPage['rules'] },
  versions: readonly VersionCard[],
): PolicyPage {
  const { newest, text, note, faults, overtaken = false, version = newest.version } = shown;
  const rows = versions.slice(0, VERSIONS_SHOWN);
  const last = rows.at(-1);
  return {
    action: path,
    mayChange: shown.mayChange,
    tryUrl: `${path}/simulate`,
    text,
    note,
    version,
    faults,
    rules: shown.rules,
    newest: newest.version,
    parts: partSections.map((section) => ({
      many: sectionShapes[section].many,
      newLabel: `Make a ${sectionShapes[section].one}`,
      newUrl: `${path}/parts/${section}`,
      rows: partsIn(newest.value, section).map((part) => {
        const key = String(part[sectionShapes[section].key]);
        const { title } = part;
        const name = section === 'labels' && typeof title === 'string' ? title : key;
        return { name, url: `${path}/parts/${section}/${encodeURIComponent(key)}` };
      }),
    })),
    newRuleUrl: `${path}/new-rule`,
    orderAction: `${path}/order`,
    ...(overtaken ? { overtaken: versionRow(site, path, newest, newest.version) } : {}),
    rows: rows.map((row) => versionRow(site, path, row, newest.version)),
    ...(versions.length > rows.length && last !== undefined
      ? { pager: { olderUrl: `${path}?before=${last.version}` } }
      : {}),
  };
}

export function versionRow(
  { clock }: Site,
  path: string,
  { version, at, actor, note, changed }: VersionCard,
  newest: number,
): PolicyVersionRow {
  return {
    version,
    url: `${path}/versions/${version}`,
    actor,
    saved: moment(at, clock.nowMs()),
    note,
    changed,
    inForce: version === newest,
  };
}

export function diffView(lines: readonly DiffLine[]): DiffLineView[] {
  return lines.map(({ kind, text }) => ({ kind, mark: marks[kind], text }));
}

const marks = { same: ' ', added: '+', removed: '-', gap: '…' } as const;

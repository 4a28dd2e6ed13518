// Owns the policy that is in force: a document, made ready once so that each mail is decided fast. Pure.

import type { Look } from '../detect/look.ts';
import type { Bench } from './conditions/leaf.ts';
import { compileCondition, once } from './conditions/tree.ts';
import type { Tree } from './conditions/tree.ts';
import type { PolicyDocument, Rule } from './document.ts';
import { builtIn, parseRights } from './protection.ts';
import type { UsableTemplate } from './template-asks.ts';
import type { Template } from './templates.ts';

export interface Policy {
  readonly document: PolicyDocument;
  /** By name, the built-in ones among them. */
  readonly templates: ReadonlyMap<string, UsableTemplate>;
  /** By GUID. */
  readonly labels: ReadonlyMap<string, PolicyDocument['labels']['map'][number]>;
  readonly rules: readonly ReadyRule[];
  /** What the rules that are on or in shadow want to know of a mail's texts, each thing once. */
  readonly looks: readonly Look[];
  /** Whether they want to know anything of its content: what there is in it, or whether it can be read at all. */
  readonly readsContent: boolean;
}

export interface ReadyRule {
  readonly rule: Rule;
  readonly when: Tree | undefined;
  readonly unless: Tree | undefined;
  /** True when it may match for one recipient and not for another. */
  readonly perRecipient: boolean;
}

export function compilePolicy(document: PolicyDocument): Policy {
  const looks = new Map<string, Look>();
  let readsParts = false;
  const bench: Bench = {
    groups: new Map(document.groups.map((group) => [group.name, group])),
    lists: new Map(document.lists.map((list) => [list.name, list])),
    lookFor: (what) => {
      const key = JSON.stringify(what);
      const look = looks.get(key) ?? { id: `${what.kind}:${looks.size}`, what };
      looks.set(key, look);
      return look.id;
    },
    readParts: () => {
      readsParts = true;
    },
  };
  const rules = document.rules.map((rule) => readyRule(rule, bench));
  return {
    document,
    templates: new Map([
      ...builtIn.map((protection) => [protection.name, { asks: { protection } }] as const),
      ...document.templates.map((template) => [template.name, usable(template)] as const),
    ]),
    labels: new Map(document.labels.map.map((entry) => [entry.label, entry])),
    rules,
    looks: [...looks.values()],
    readsContent: readsParts || looks.size > 0,
  };
}

// A rule that is off is not made ready: what it looks for costs nothing.
function readyRule(rule: Rule, bench: Bench): ReadyRule {
  const off = rule.state === 'off';
  const when = off || rule.when === undefined ? undefined : once(compileCondition(rule.when, bench));
  const unless = off || rule.unless === undefined ? undefined : once(compileCondition(rule.unless, bench));
  return { rule, when, unless, perRecipient: when?.perRecipient === true || unless?.perRecipient === true };
}

function usable({ name, title, rights, expiry, signIn, ...asks }: Template): UsableTemplate {
  return {
    title,
    ...(expiry === undefined ? {} : { expiry }),
    asks: {
      ...asks,
      protection: { name, rights: parseRights(rights) },
      ...(signIn === undefined ? {} : { demands: signIn }),
    },
  };
}

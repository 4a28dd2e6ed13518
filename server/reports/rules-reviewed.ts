// Owns what a review says of the rules: which met nothing, which made no difference, and which can make none. Pure.

import type { PolicyDocument, Rule } from '../policy/document.ts';
import { shadowedRules, unreachableRules } from '../policy/subsumption.ts';
import type { Finding, ReportSection } from './report.ts';

export interface RuleDayCount {
  readonly day: string;
  readonly rule_id: string;
  readonly effect: 'applied' | 'idle' | 'refused' | 'shadow';
  readonly count: number;
}

export interface RulesToReview {
  readonly document: PolicyDocument;
  /** The newest first. */
  readonly versions: readonly { readonly version: number; readonly at: string; readonly changed: readonly string[] }[];
  readonly counts: readonly RuleDayCount[];
  readonly since: string;
  readonly days: number;
}

export function rulesReviewed(all: RulesToReview): ReportSection[] {
  const { document, counts, days } = all;
  const { rules, groups } = document;
  const tried = rules.filter(({ state }) => state !== 'off');
  const hits = (rule: Rule, ...effects: readonly RuleDayCount['effect'][]): number =>
    counts
      .filter((one) => one.rule_id === rule.id && (effects.length === 0 || effects.includes(one.effect)))
      .reduce((sum, { count }) => sum + count, 0);
  return [
    {
      id: 'without-hits',
      title: 'Rules without hits',
      means: `On or in shadow, and no mail of the last ${days} days matched. A rule that is younger than that had less time.`,
      findings: tried.filter((rule) => hits(rule) === 0).map((rule) => finding(rule, ageWords(rule, all))),
    },
    {
      id: 'overruled',
      title: 'Rules that made no difference',
      means:
        'On, matched, and every mail would have been treated just so without this one rule: a stricter wish or rule asked for more, another asked for the same, or another refused it. Of two that ask for the same, both stand here; not both could be taken away.',
      findings: tried
        .filter((rule) => rule.state === 'on' && hits(rule, 'idle') > 0 && hits(rule, 'applied', 'refused') === 0)
        .map((rule) => finding(rule, `matched ${hits(rule, 'idle')} mails, changed none`)),
    },
    {
      id: 'shadowed',
      title: 'Rules that can make no difference',
      means:
        'It follows from what the rules say: another rule matches whenever this one does, and refuses or does the same; or no mail can match. Only simple cases are seen; what is not listed may still be shadowed.',
      findings: [
        ...shadowedRules(rules).map(({ rule, by, why }) =>
          finding(
            rule,
            why === 'refuses'
              ? `“${by.name}” refuses all that it matches`
              : `“${by.name}” matches as well and does the same`,
          ),
        ),
        ...unreachableRules(rules, groups).map((rule) =>
          finding(rule, 'asks for a sender of a group that has no members'),
        ),
      ],
    },
    {
      id: 'off',
      title: 'Rules that are off, or only watched',
      means: 'They decide nothing as they stand.',
      findings: rules
        .filter(({ state }) => state !== 'on')
        .map((rule) =>
          finding(rule, rule.state === 'off' ? 'off' : `in shadow, ${hits(rule, 'shadow')} hits in ${days} days`),
        ),
    },
  ];
}

function finding({ id, name }: Rule, words: string): Finding {
  return { subject: `${name} (${id})`, words, state: 'attention', path: `/admin/policy/rules/${id}/hits` };
}

/** Since when it is as it is, as far as the versions tell. */
function ageWords({ id, state }: Rule, { versions, since }: RulesToReview): string {
  const shadow = state === 'shadow' ? 'in shadow; ' : '';
  const own = `rules.${id}`;
  const last = versions.find(({ changed }) =>
    changed.some((one) => one === own || one.startsWith(`${own}.`) || one.startsWith(`${own} `)),
  );
  if (last === undefined || last.at.slice(0, 10) < since) return `${shadow}unchanged all that time`;
  return `${shadow}only so since ${last.at.slice(0, 10)} (version ${last.version})`;
}

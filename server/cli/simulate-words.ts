// Owns how the simulator's answers are told in a terminal. Pure.

import type { ExplainedCondition, ExplainedRule, Explanation } from '../policy/explain.ts';
import { roadWords } from '../policy/roads.ts';
import type { StoredReplay } from '../simulator/replays.store.ts';
import { changeWords } from '../policy/replay-report.ts';

export function explanationLines({ outcome, refusal, decision, decidedBy, rules }: Explanation): string[] {
  return [
    refusal === undefined ? `Outcome: ${outcome}` : `Outcome: ${outcome}. ${refusal.sentence}`,
    ...(decision?.lines ?? []).map((line) => `  ${line}`),
    ...(decision === undefined
      ? []
      : [
          decidedBy === undefined
            ? 'Nobody asks for a protection.'
            : `Decided by: ${'wish' in decidedBy ? decidedBy.wish : `rule ${decidedBy.rule}`}`,
          'Recipients:',
          ...decision.recipients.map(({ address, ...road }) => {
            const { words, rule } = roadWords(road);
            return `  ${address}: ${decision.protection}, ${words}${rule === undefined ? '' : ` (rule ${rule})`}`;
          }),
        ]),
    rules.length === 0 ? 'There are no rules.' : 'Rules, in their order:',
    ...rules.flatMap(ruleLines),
  ];
}

function ruleLines({ id, name, state, matched, recipients, does, when, unless }: ExplainedRule): string[] {
  const met = matched ? 'matched' : 'did not match';
  const word = state === 'off' ? 'off' : state === 'shadow' ? `${met}, in shadow` : met;
  return [
    `  ${id} (${name}): ${word}; ${does.join(', ')}`,
    ...(recipients === undefined || recipients.length === 0 ? [] : [`      for ${recipients.join(', ')}`]),
    ...(when === undefined ? [] : conditionLines('when', when, '      ')),
    ...(unless === undefined ? [] : conditionLines('unless', unless, '      ')),
  ];
}

function conditionLines(word: string, condition: ExplainedCondition, indent: string): string[] {
  const { says, holds, there, places = [], of = [] } = condition;
  const first = `${indent}${word === '' ? '' : `${word} `}${says}: ${holds ? 'yes' : 'no'}`;
  return [
    there === undefined ? first : `${first} (${there})`,
    ...places.map(({ where, part, path = [], masked }) => {
      const place = [where, ...(part === undefined || part === 0 ? [] : [part]), ...path].join(' ');
      return `${indent}  ${place}: ${masked}`;
    }),
    ...of.flatMap((one) => conditionLines('', one, `${indent}  `)),
  ];
}

export function reportLines({ id, report }: StoredReplay): string[] {
  const { judged, notOpened, same, changes, rules, messages, policy } = report;
  return [
    `Replay ${id}: ${report.from} to ${report.upTo}, ${policy === 'draft' ? 'draft policy' : `policy version ${policy}`}`,
    `${judged} judged, ${same} as before`,
    `Not opened: ${notOpened.shredded} shredded, ${notOpened.damaged} damaged, ${notOpened.unknown} from before it was kept what they were judged by`,
    changes.length === 0 ? 'Nothing would change.' : 'What would change:',
    ...changes.map(
      ({ from, to, count }) => `  ${count} ${count === 1 ? 'message' : 'messages'} ${changeWords(from, to)}`,
    ),
    ...(rules.length === 0 ? [] : ['Rules:']),
    ...rules.map(
      ({ rule, state, hits, before }) => `  ${rule} (${state}): ${hits} hits, ${before} of them then as well`,
    ),
    ...(messages.length === 0 ? [] : ['Messages that would change:']),
    ...messages.map(({ id: message, from, to, rules: met, label }) =>
      [
        `  ${message} ${changeWords(from, to)}`,
        ...(met.length === 0 ? [] : [`rules ${met.join(', ')}`]),
        ...(label === undefined ? [] : [`label ${label}`]),
      ].join('; '),
    ),
  ];
}

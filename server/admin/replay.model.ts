// Owns what the simulator's pages are given about policies that were tried on earlier mails.

import { idTimeMs } from '../core/ids.ts';
import { isoTime } from '../core/clock.ts';
import type { StateView } from '../render/page-models/parts.ts';
import type { ReplayPage, ReplayRow } from '../render/page-models/simulator.ts';
import { moment } from '../render/moment.ts';
import type { StoredReplay } from '../simulator/replays.store.ts';
import { changeWords, percentOf } from '../policy/replay-report.ts';

export function replayRow({ id, state, report }: StoredReplay, path: string, nowMs: number): ReplayRow {
  const changed = report.judged - report.same;
  return {
    url: `${path}/${id}`,
    begun: moment(isoTime(idTimeMs(id)), nowMs),
    title: `${count(report.days, 'day')}, ${report.policy === 'draft' ? 'a draft' : `version ${report.policy}`}`,
    state: states[state],
    summary: `${count(changed, 'message')} of ${report.judged} would change`,
  };
}

export function replayPage(replay: StoredReplay, path: string, backUrl: string, nowMs: number): ReplayPage {
  const { state, report } = replay;
  const { judged, same, notOpened, changes, rules, messages } = report;
  return {
    ...replayRow(replay, path, nowMs),
    backUrl,
    running: state === 'running',
    percent: percentOf(report),
    judged,
    same,
    notOpened: [
      ...(notOpened.shredded === 0 ? [] : [`${count(notOpened.shredded, 'message')}: shredded, the key is gone`]),
      ...(notOpened.damaged === 0 ? [] : [`${count(notOpened.damaged, 'message')}: damaged; see sealpost verify`]),
      ...(notOpened.unknown === 0
        ? []
        : [`${count(notOpened.unknown, 'message')}: from before such replays were possible`]),
    ],
    changes: changes.map(({ from, to, count: many }) => `${count(many, 'message')} ${changeWords(from, to)}`),
    rules: rules.map(({ rule, name, state: ruleState, hits, before }) => ({
      id: rule,
      name,
      state: ruleState,
      words: ruleState === 'off' ? 'not tried' : `${count(hits, 'hit')}, ${before} of them then as well`,
    })),
    messages: messages.map(({ id, from, to, rules: met, label = '' }) => ({
      id,
      words: changeWords(from, to),
      rules: met,
      label,
    })),
    moreMessages: judged - same - messages.length,
  };
}

const states: Readonly<Record<StoredReplay['state'], StateView>> = {
  running: { words: 'Under way', tone: 'waiting' },
  done: { words: 'Done', tone: 'good' },
  failed: { words: 'Failed', tone: 'bad' },
  'broken-off': { words: 'Broken off', tone: 'off' },
};

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}

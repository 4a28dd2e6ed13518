// Owns the page that says what one rule met: day by day, and the messages behind it. To everybody without a role they do not
// exist.

import { Router } from 'express';
import { takePage } from '../http/pager.ts';
import { sendPage } from '../http/page.ts';
import { noSuchPage } from '../http/nothing-here.ts';
import type { Site } from '../http/site.ts';
import { checkMay } from '../http/visit.ts';
import { listMetByRule } from '../messages/rule-hits.store.ts';
import { fieldsOf } from '../policy/document-fields.ts';
import { hitEffects } from '../policy/hit-words.ts';
import { layOutChart } from '../render/chart.ts';
import type { ChartView } from '../render/chart.ts';
import { moment } from '../render/moment.ts';
import type { Rulebook } from '../rulebook/rulebook.ts';
import { effectNames, perDay, stateView, sumOf } from './rule-rows.ts';
import type { RuleDayCount } from './rule-rows.ts';
import { DAYS_SHOWN, shownDays } from './today.model.ts';

export interface RuleHitsDeps {
  readonly site: Site;
  readonly rulebook: Rulebook;
  readonly ruleDays: (sinceDay: string) => Promise<readonly RuleDayCount[]>;
}

export function ruleHitsPages({ site, rulebook, ruleDays }: RuleHitsDeps): Router {
  const router = Router();
  const path = `${site.base}/admin/policy`;

  router.get('/admin/policy/rules/:rule/hits', async (req, res) => {
    checkMay(req, 'policy:read');
    const { rule: id } = req.params;
    const nowMs = site.clock.nowMs();
    const days = shownDays(nowMs);
    const counts = (await ruleDays(days[0] ?? '')).filter((one) => one.rule_id === id);
    const { value } = await rulebook.newest();
    const rules: readonly unknown[] = [fieldsOf(value)['rules']].flat();
    const rule = rules.map(fieldsOf).find((one) => one['id'] === id);
    const own = `${path}/rules/${encodeURIComponent(id)}`;
    const list = (page: Parameters<typeof listMetByRule>[2]) => listMetByRule(site.db, id, page);
    const { rows, pager } = await takePage(req, `${own}/hits`, list, ({ messageId }) => messageId);
    // A rule that is gone keeps what it met; one that never was has no page.
    if (rule === undefined && counts.length === 0 && rows.length === 0) throw noSuchPage();
    const name = rule === undefined ? id : String(rule['name']);
    await sendPage(site, req, res, {
      name: 'rule-hits',
      title: `Hits of ${name}`,
      at: 'policy',
      model: {
        id,
        name,
        ...(rule === undefined ? {} : { state: stateView(rule['state']), ruleUrl: own }),
        chart: chartOf(counts, days),
        messages: rows.map(({ messageId, at, effect }) => ({
          id: messageId,
          at: moment(at, nowMs),
          effect: effect === 'shadow' ? 'in shadow' : 'applied',
          url: `${site.base}/admin/audit?message=${messageId}`,
        })),
        pager,
        refusedUrl: `${site.base}/admin/audit?event=message-refused`,
        backUrl: path,
      },
    });
  });

  return router;
}

function chartOf(counts: readonly RuleDayCount[], days: readonly string[]): ChartView {
  const total = sumOf(counts);
  return layOutChart({
    id: 'hits',
    title: 'Hits by day',
    summary: `${total} in ${DAYS_SHOWN} days, by what came of them`,
    days,
    series: hitEffects.map((effect) => ({
      words: effectNames[effect],
      values: perDay(
        counts.filter((one) => one.effect === effect),
        days,
      ),
    })),
  });
}

// Owns the page that says how the house runs: its health, what happened in the last weeks, and where to look further.

import { statfs } from 'node:fs/promises';
import { Router } from 'express';
import { OVER_SHOWN_MS } from '../alerts/alert.ts';
import { listOver, listStanding } from '../alerts/alerts.store.ts';
import { DAY_MS, isoNow } from '../core/clock.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, visitOf } from '../http/visit.ts';
import type { CountedFigure } from '../figures/figures.store.ts';
import { countQueue } from '../outbox/queue.store.ts';
import type { TodayPage } from '../render/page-models/today.ts';
import { bouncesByDomain } from './bounces.ts';
import { missingOf } from './setup.model.ts';
import type { SetupFacts } from './setup.model.ts';
import { DAYS_SHOWN, alertsOf, chartsOf, healthOf, shownDays } from './today.model.ts';

export interface TodayDeps {
  readonly site: Site;
  /** All figures from this day on. */
  readonly figures: (sinceDay: string) => Promise<readonly CountedFigure[]>;
  readonly dataDir: string;
  readonly setupFacts: () => Promise<SetupFacts>;
}

const OVER_SHOWN = 10;

export function todayPages({ site, figures, dataDir, setupFacts }: TodayDeps): Router {
  const router = Router();

  router.get('/admin/today', async (req, res) => {
    checkMay(req, 'figures:read');
    const { words } = visitOf(req);
    const { answer } = await site.readiness();
    const nowMs = site.clock.nowMs();
    const standing = await listStanding(site.keyring, site.db);
    const over = await listOver(site.keyring, site.db, isoNow(site.clock, -OVER_SHOWN_MS), OVER_SHOWN);
    const days = shownDays(nowMs);
    const counted = await figures(days[0] ?? '');
    const since = isoNow(site.clock, -DAYS_SHOWN * DAY_MS);
    const auditUrl = `${site.base}/admin/audit`;
    const today = days.at(-1);
    const ofToday = (name: string): string =>
      String(
        counted.filter((one) => one.name === name && one.day === today).reduce((sum, { count }) => sum + count, 0),
      );
    const missing = missingOf(await setupFacts());
    const { waiting, givenUp } = await countQueue(site.db);
    const model: TodayPage = {
      ...alertsOf(standing, over, { base: site.base, nowMs }),
      health: healthOf(answer),
      tiles: [
        {
          words: 'messages taken in today (UTC)',
          value: ofToday('taken-in'),
          url: `${auditUrl}?event=message-accepted`,
        },
        { words: 'notices out today', value: ofToday('notices'), url: `${auditUrl}?event=notice-sent` },
        { words: 'jobs that wait', value: waiting, url: `${site.base}/admin/queue` },
        { words: 'given up in the last week', value: givenUp, url: `${site.base}/admin/queue` },
        { words: 'free where the data is', value: words.size(await freeBytes(dataDir)) },
        { words: 'days old: the key that seals', value: keyAge(site) },
      ],
      charts: chartsOf(counted, days, auditUrl),
      bounces: await bouncesByDomain(site, since),
      bouncesUrl: `${auditUrl}?event=notice-failed`,
      readyUrl: `${site.base}/readyz`,
      ...(missing.length === 0 ? {} : { setup: { missing: missing.join(', '), url: `${site.base}/admin/setup` } }),
    };
    await sendPage(site, req, res, { name: 'today', title: 'Today', at: 'today', model });
  });

  return router;
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function keyAge({ keyring, clock }: Site): string {
  const current = keyring.keys().find(({ id }) => id === keyring.currentKeyId);
  if (current === undefined) return '–';
  return String(Math.floor((clock.nowMs() - Date.parse(current.createdAt)) / DAY_MS));
}

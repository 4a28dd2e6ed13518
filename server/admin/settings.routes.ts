// Owns the page that shows the settings, where each comes from, secrets masked, and the keys of the keyring. It changes
// nothing: settings are the environment's, keys the command line's.

import { Router } from 'express';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay } from '../http/visit.ts';
import { moment } from '../render/moment.ts';
import type { SettingsPage } from '../render/page-models/keys.ts';

/** `settings`: as the program found them when it started. */
export function settingsPages(site: Site, settings: SettingsPage['rows']): Router {
  const router = Router();

  router.get('/admin/settings', async (req, res) => {
    checkMay(req, 'settings:read');
    const nowMs = site.clock.nowMs();
    await sendPage(site, req, res, {
      name: 'settings',
      title: 'Settings',
      at: 'settings',
      model: {
        rows: settings,
        keys: site.keyring.keys().map(({ id, createdAt, state, isCurrent }) => ({
          id,
          created: moment(createdAt, nowMs),
          state: isCurrent
            ? { words: 'Seals what is new', tone: 'good' as const }
            : state === 'active'
              ? { words: 'Opens what it sealed', tone: 'waiting' as const }
              : { words: 'Retired', tone: 'off' as const },
        })),
      },
    });
  });

  return router;
}

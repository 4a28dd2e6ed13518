// Owns the first run: the list of its steps, and the step that names the organisation. Settings are the environment's: what is
// typed here is checked as a start would check it, and becomes lines for .env. Nothing of it is kept.

import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import { readForm } from '../http/forms.ts';
import { sendPage } from '../http/page.ts';
import type { Site } from '../http/site.ts';
import { checkMay, mayHere } from '../http/visit.ts';
import type { LinesView, SetupField, SetupOrganisationPage } from '../render/page-models/setup.ts';
import { countDone, environmentNote, organisationSettings, placeOf, sourceWords, stepsOf } from './setup.model.ts';
import type { SettingRow, SetupFacts } from './setup.model.ts';

/** config-typed.ts, handed in: nothing here reads the environment. */
export interface TypedSettings {
  readonly faults: (
    typed: Readonly<Record<string, string>>,
  ) => readonly { readonly setting: string; readonly expected: string }[];
  readonly line: (name: string, value: string) => string | undefined;
}

export interface SetupDeps {
  readonly site: Site;
  /** As the program found them when it started. */
  readonly settings: readonly SettingRow[];
  readonly typed: TypedSettings;
  readonly facts: () => Promise<SetupFacts>;
}

const text = z.string().max(4_000).default('');
const form = z.object({ ORG_NAME: text, ORG_DOMAINS: text, PUBLIC_URL: text, MAIL_FROM: text, ADMINS: text });
type Typed = z.output<typeof form>;

export function setupPages({ site, settings, typed, facts }: SetupDeps): Router {
  const path = `${site.base}/admin/setup`;
  const router = Router();

  router.get('/admin/setup', async (req, res) => {
    checkMay(req, 'settings:read');
    const steps = stepsOf(site.base, await facts());
    await sendPage(site, req, res, {
      name: 'setup',
      title: 'Set-up',
      at: 'setup',
      model: { steps, done: countDone(steps), settingsUrl: `${site.base}/admin/settings` },
    });
  });

  router.get('/admin/setup/organisation', async (req, res) => {
    checkMay(req, 'settings:read');
    const now = Object.fromEntries(organisationSettings.map((name) => [name, rowOf(name)?.value ?? '']));
    await sendPage(site, req, res, { ...frame, model: pageOf(req, form.parse(now), new Map()) });
  });

  router.post('/admin/setup/organisation', async (req, res) => {
    checkMay(req, 'settings:try');
    const given = trimmed(readForm(req, form));
    const errors = errorsIn(given);
    const result = errors.size > 0 ? undefined : linesFor(given);
    await sendPage(site, req, res, {
      ...frame,
      status: errors.size > 0 ? 422 : 200,
      model: { ...pageOf(req, given, errors), ...(result === undefined ? {} : { result }) },
    });
  });

  return router;

  function rowOf(name: string): SettingRow | undefined {
    return settings.find((row) => row.name === name);
  }

  function errorsIn(given: Typed): Map<string, string> {
    const errors = new Map<string, string>();
    for (const name of organisationSettings) if (given[name] === '') errors.set(name, 'This is needed.');
    const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
    for (const { setting, expected } of typed.faults(set))
      if (!errors.has(setting)) errors.set(setting, `Expected ${expected}.`);
    for (const [name, value] of Object.entries(set)) {
      if (typed.line(name, value) === undefined && !errors.has(name))
        errors.set(name, 'No way of quoting in .env holds this.');
    }
    return errors;
  }

  function linesFor(given: Typed): LinesView {
    const changed = organisationSettings.filter((name) => {
      const row = rowOf(name);
      return row === undefined || row.value !== given[name] || sourceWords(row.source).endsWith('not set');
    });
    return {
      lines: changed.map((name) => typed.line(name, given[name]) ?? ''),
      notes: changed.filter((name) => rowOf(name)?.source === 'environment').map(environmentNote),
    };
  }

  function pageOf(req: Request, given: Typed, errors: ReadonlyMap<string, string>): SetupOrganisationPage {
    return {
      place: placeOf(site.base, 'organisation'),
      action: `${path}/organisation`,
      mayTry: mayHere(req, 'settings:try'),
      hasErrors: errors.size > 0,
      fields: organisationSettings.map((name): SetupField => {
        const error = errors.get(name);
        return {
          name,
          setting: name,
          ...fieldWords[name],
          value: given[name],
          source: sourceWords(rowOf(name)?.source),
          ...(error === undefined ? {} : { error }),
        };
      }),
    };
  }
}

const frame = { name: 'setup-organisation', title: 'Organisation', at: 'setup' } as const;

const fieldWords: Readonly<Record<(typeof organisationSettings)[number], Pick<SetupField, 'label' | 'hint'>>> = {
  ORG_NAME: { label: 'Name', hint: 'As readers see it, in notices and on every page.' },
  ORG_DOMAINS: {
    label: 'Mail domains',
    hint: 'Separated by commas. People with addresses in them are senders; everybody else gets a notice.',
  },
  PUBLIC_URL: {
    label: 'Address of the portal',
    hint: 'As readers reach it, with https. Every link is made of it, so it should not change later.',
  },
  MAIL_FROM: {
    label: 'Author of notices and codes',
    hint: 'A name and an address whose mailbox takes bounces, such as Example Ltd <secure@example.com>.',
  },
  ADMINS: { label: 'First administrators', hint: 'Addresses in your domains, separated by commas.' },
};

function trimmed(given: Typed): Typed {
  return form.parse(Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value.trim()])));
}

// Owns the steps of the first run, and how each is known to be done: by what is set and what has happened, never by a tick. Pure.

import type { DomainsReport } from '../own-domains/report.ts';
import type { StateView } from '../render/page-models/parts.ts';
import type { SetupPlace, SetupStepView } from '../render/page-models/setup.ts';

export interface SettingRow {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

export interface SetupFacts {
  readonly settings: readonly SettingRow[];
  /** "smtp.example.net:587", "directly", or undefined in try-out mode. */
  readonly relay: string | undefined;
  /** Whether a mail came in from a mail server within the last months. */
  readonly hasTakenIn: boolean;
  readonly hasNotified: boolean;
  readonly domains: DomainsReport | undefined;
  readonly brandVersion: number;
}

export const organisationSettings = ['ORG_NAME', 'ORG_DOMAINS', 'PUBLIC_URL', 'MAIL_FROM', 'ADMINS'] as const;

export const stepTitles = [
  { key: 'organisation', title: 'Organisation', path: '/admin/setup/organisation' },
  { key: 'relay', title: 'Relay', path: '/admin/setup/relay' },
  { key: 'mail-server', title: 'Your mail server', path: '/admin/setup/mail-server' },
  { key: 'domain', title: 'DNS records', path: '/admin/domain' },
  { key: 'brand', title: 'First brand', path: '/admin/brands/default' },
  { key: 'test', title: 'Test message', path: '/admin/setup/test' },
] as const;
export type StepKey = (typeof stepTitles)[number]['key'];

export function stepsOf(base: string, facts: SetupFacts): SetupStepView[] {
  return stepTitles.map(({ key, title, path }) => ({ title, url: `${base}${path}`, ...judge[key](facts) }));
}

export function placeOf(base: string, key: StepKey): SetupPlace {
  const at = stepTitles.findIndex((step) => step.key === key);
  const next = stepTitles[at + 1];
  return {
    title: stepTitles[at]?.title ?? '',
    n: at + 1,
    of: stepTitles.length,
    overviewUrl: `${base}/admin/setup`,
    ...(next === undefined ? {} : { next: { title: next.title, url: `${base}${next.path}` } }),
  };
}

/** What is missing before people can be served; how it looks, and what nobody has looked at, do not count. */
export function missingOf(facts: SetupFacts): string[] {
  return stepsOf('', facts)
    .filter(({ state }, n) => state.tone !== 'good' && isNeeded(stepTitles[n]?.key, facts))
    .map(({ title }) => title);
}

function isNeeded(key: StepKey | undefined, { domains }: SetupFacts): boolean {
  return key === 'domain' ? (domains?.bad ?? 0) > 0 : key !== 'brand';
}

type Judged = Pick<SetupStepView, 'state' | 'words'>;

const done = { words: 'Done', tone: 'good' } as const;
const open = { words: 'To do', tone: 'waiting' } as const;

const judge: Readonly<Record<StepKey, (facts: SetupFacts) => Judged>> = {
  organisation: ({ settings }) => {
    const unset = organisationSettings.filter((name) => !isGiven(settings, name));
    return unset.length === 0
      ? { state: done, words: 'Name, domains, address and author are set.' }
      : { state: open, words: `Not set: ${unset.join(', ')}.` };
  },
  relay: ({ relay, hasNotified }) => {
    if (relay === undefined) return { state: open, words: 'RELAY_URL is not set: mail stays in the local mailbox.' };
    const proved = hasNotified ? 'has taken a notice' : 'has taken no notice yet';
    return { state: done, words: `${relay} is set, and ${proved}.` };
  },
  'mail-server': ({ hasTakenIn }) =>
    hasTakenIn
      ? { state: done, words: 'A mail has come in.' }
      : { state: open, words: 'No mail has come in from a mail server yet.' },
  domain: ({ domains }) => {
    if (domains === undefined) {
      return { state: { words: 'Not looked at', tone: 'off' }, words: 'Nobody has looked since the last start.' };
    }
    if (domains.bad > 0) return { state: { words: 'To do', tone: 'bad' }, words: `${domains.bad} to be mended.` };
    const better = domains.open === 0 ? '' : ` ${domains.open} could be better or are not known.`;
    return { state: done, words: `Nothing has to be mended.${better}` };
  },
  brand: ({ brandVersion }) =>
    brandVersion > 0
      ? {
          state: done,
          words: `The brand “default” has ${brandVersion === 1 ? 'a version' : `${brandVersion} versions`}.`,
        }
      : { state: open, words: 'Readers see the name of the organisation, and no logo yet.' },
  test: ({ hasNotified }) =>
    hasNotified ? { state: done, words: 'A notice has left.' } : { state: open, words: 'No notice has left yet.' },
};

function isGiven(settings: readonly SettingRow[], name: string): boolean {
  const source = settings.find((row) => row.name === name)?.source;
  return source === 'environment' || source === '.env' || source === 'file';
}

export function sourceWords(source: string | undefined): string {
  switch (source) {
    case 'environment':
      return 'set in the environment';
    case '.env':
      return 'set in .env';
    case 'file':
      return 'set in a file';
    case 'default':
      return 'a default, not set';
    default:
      return 'not set';
  }
}

export function environmentNote(name: string): string {
  return `${name} is set in the environment in which the program starts, which wins over .env: change it there.`;
}

export function countDone(steps: readonly SetupStepView[]): number {
  return steps.filter(({ state }: { readonly state: StateView }) => state.tone === 'good').length;
}

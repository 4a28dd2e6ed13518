// Owns the pieces of which the pages of the first run and of the organisation's domains are made.

import { guidesFor, intakeFacts, intakeWarnings } from '../../server/admin/mail-server-guide.ts';
import type { Intake } from '../../server/admin/mail-server-guide.ts';
import { relayLines } from '../../server/admin/relay-lines.ts';
import { trialView } from '../../server/admin/relay-words.ts';
import { countDone, placeOf, stepsOf } from '../../server/admin/setup.model.ts';
import type { SetupFacts } from '../../server/admin/setup.model.ts';
import { envLine } from '../../server/config-typed.ts';
import { settingNames } from '../../server/config-settings.ts';
import type { DomainFinding, DomainPage } from '../../server/render/page-models/domain.ts';
import type {
  RelayFields,
  SetupField,
  SetupMailServerPage,
  SetupOrganisationPage,
  SetupPage,
  SetupRelayPage,
  SetupTestPage,
} from '../../server/render/page-models/setup.ts';
import { hostile, longWord } from './fixture-people.ts';

const at = { iso: '2026-11-21T17:00:00Z', words: 'Saturday 21 November 2026, 17:00 UTC', relative: '2 hours ago' };

const nothing: SetupFacts = {
  settings: [],
  relay: undefined,
  hasTakenIn: false,
  hasNotified: false,
  domains: undefined,
  brandVersion: 0,
};
const everything: SetupFacts = {
  settings: ['ORG_NAME', 'ORG_DOMAINS', 'PUBLIC_URL', 'MAIL_FROM', 'ADMINS'].map((name) => ({
    name,
    value: 'x',
    source: '.env',
  })),
  relay: 'smtp.example.com:587',
  hasTakenIn: true,
  hasNotified: true,
  domains: { at: at.iso, domains: [], bad: 2, open: 1 },
  brandVersion: 3,
};

function overview(facts: SetupFacts): SetupPage {
  const steps = stepsOf('', facts);
  return { steps, done: countDone(steps), settingsUrl: '/admin/settings' };
}
export const setupEmpty = overview(nothing);
export const setup = overview(everything);

function field(name: string, label: string, value: string, error?: string): SetupField {
  const hint = 'As readers see it, in notices and on every page.';
  return {
    name,
    label,
    setting: name,
    hint,
    value,
    source: 'a default, not set',
    ...(error === undefined ? {} : { error }),
  };
}
export const organisation: SetupOrganisationPage = {
  place: placeOf('', 'organisation'),
  action: '/admin/setup/organisation',
  mayTry: true,
  hasErrors: false,
  fields: [
    field('ORG_NAME', 'Name', 'Example Ltd'),
    field('ORG_DOMAINS', 'Mail domains', 'example.com, example.org'),
    field('PUBLIC_URL', 'Address of the portal', 'https://secure.example.com'),
    field('MAIL_FROM', 'Author of notices and codes', 'Example Ltd <secure@example.com>'),
    field('ADMINS', 'First administrators', 'admin@example.com'),
  ],
};
export const organisationLines: SetupOrganisationPage = {
  ...organisation,
  result: {
    lines: [
      "ORG_NAME='Example Ltd'",
      "ORG_DOMAINS='example.com, example.org'",
      'PUBLIC_URL=https://secure.example.com',
    ],
    notes: ['PUBLIC_URL is set in the environment in which the program starts, which wins over .env: change it there.'],
  },
};
export const organisationHostile: SetupOrganisationPage = {
  ...organisation,
  mayTry: false,
  hasErrors: true,
  fields: [
    field('ORG_NAME', 'Name', hostile, `Expected ${longWord}`),
    field('ORG_DOMAINS', longWord, longWord, hostile),
  ],
  result: { lines: [longWord, hostile], notes: [hostile], command: longWord },
};

const fields: RelayFields = {
  host: 'smtp.example.com',
  port: '587',
  security: 'starttls',
  tls: 'verified',
  user: 'sealpost@example.com',
  from: 'secure@example.com',
  to: 'me@elsewhere.example',
};
export const relay: SetupRelayPage = {
  place: placeOf('', 'relay'),
  action: '/admin/setup/relay',
  now: 'None is set: this is try-out mode, and mail stays in the local mailbox.',
  fields: { ...fields, host: '', user: '' },
  problems: [],
  mayTry: true,
};
const line = (name: string, value: string): string | undefined => {
  const known = settingNames.find((one) => one === name);
  return known === undefined ? undefined : envLine(known, value);
};
export const relayTaken: SetupRelayPage = {
  ...relay,
  fields,
  trial: {
    ...trialView(fields, { failedAt: undefined, tls: 'verified', peer: undefined }),
    result: relayLines(fields, [{ name: 'RELAY_TLS', value: 'required', source: 'environment' }], true, line),
  },
};
export const relayRefused: SetupRelayPage = {
  ...relay,
  fields,
  trial: trialView(fields, { failedAt: 'AUTH', code: 535, enhanced: '5.7.8', tls: undefined, peer: undefined }),
};
export const relayHostile: SetupRelayPage = {
  ...relay,
  now: hostile,
  problems: [hostile, longWord],
  fields: { ...fields, host: hostile.replace('javascript:', ''), user: longWord, from: longWord },
  trial: trialView({ ...fields, host: longWord, to: longWord }, { failedAt: 'NAME', tls: undefined, peer: undefined }),
};

const intake: Intake = {
  host: 'secure.example.com',
  port: 2525,
  isLoopback: false,
  hasTls: true,
  requireTls: true,
  users: ['connector'],
  clients: ['10.0.0.0/8'],
  orgDomains: ['example.com', 'example.org'],
  messageBytesMax: 52_428_800,
};
function guidePage(of: Intake): SetupMailServerPage {
  return {
    place: placeOf('', 'mail-server'),
    facts: intakeFacts(of),
    warnings: intakeWarnings(of),
    guides: guidesFor(of),
  };
}
export const mailServer = guidePage(intake);
export const mailServerBare = guidePage({
  ...intake,
  isLoopback: true,
  hasTls: false,
  requireTls: false,
  users: [],
  clients: [],
  host: `${longWord.slice(0, 60).toLowerCase()}.example`,
});

export const testEmpty: SetupTestPage = {
  place: placeOf('', 'test'),
  action: '/admin/setup/test',
  here: '/admin/setup/test',
  address: 'admin@example.com',
  mayTry: true,
};
export const testSent: SetupTestPage = {
  ...testEmpty,
  mailboxUrl: '/try/mailbox',
  last: {
    id: '01h9xvqk3m5n7p9r1t3v5w7y9z',
    sent: at,
    state: { words: 'The relay took the notice', tone: 'good' },
    words: 'Open the notice in your mailbox, follow its link, and read the message with a code.',
    url: '/sent/01h9xvqk3m5n7p9r1t3v5w7y9z',
  },
};
export const testHostile: SetupTestPage = {
  ...testSent,
  address: `${longWord}@example.com`,
  problem: hostile,
  last: { ...(testSent.last ?? missing()), state: { words: 'The notice failed', tone: 'bad' }, words: hostile },
};

function missing(): never {
  throw new Error('the fixture has no last test');
}

const good: DomainFinding = {
  title: 'MX',
  state: { words: 'In order', tone: 'good' },
  says: 'It takes mail.',
  cure: '',
  found: ['10 mx.example.com'],
};
const key = 'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA'.repeat(9);
export const domain: DomainPage = {
  here: '/admin/domain',
  setupUrl: '/admin/setup',
  looked: at,
  summary: { words: '1 to be mended', tone: 'bad' },
  domains: [
    {
      domain: 'example.com',
      uses: 'notices and codes come from it; its people are senders; it signs what leaves',
      findings: [
        good,
        {
          title: 'SPF',
          state: { words: 'Could be better', tone: 'waiting' },
          says: 'It does not name 192.0.2.25, the address of the relay smtp.example.com.',
          cure: 'That is right only if the relay sends from other addresses: its operator says what to include. Otherwise add it.',
          found: ['v=spf1 mx include:_spf.provider.example -all'],
          publish: {
            type: 'TXT',
            name: 'example.com',
            value: 'v=spf1 mx include:_spf.provider.example a:smtp.example.com -all',
          },
        },
        {
          title: 'DKIM',
          state: { words: 'To be mended', tone: 'bad' },
          says: 'Another key is published than the one that signs here: each signature of ours is wrong for whoever checks it.',
          cure: 'Publish the key in use, or set DKIM_SELECTOR and DKIM_KEY to the key that is published.',
          found: [`v=DKIM1; k=rsa; p=${key.toLowerCase()}`],
          publish: { type: 'TXT', name: 'mail2026._domainkey.example.com', value: `v=DKIM1; k=rsa; p=${key}` },
        },
        {
          title: 'MTA-STS',
          state: { words: 'Could be better', tone: 'waiting' },
          says: 'It announces no policy: whoever sends to you cannot know that your servers speak TLS, and somebody on the way can take it off.',
          cure: 'Publish the record, and the file with it; begin with mode: testing.',
          found: [],
          publish: { type: 'TXT', name: '_mta-sts.example.com', value: 'v=STSv1; id=20261128120000' },
          file: {
            url: 'https://mta-sts.example.com/.well-known/mta-sts.txt',
            text: 'version: STSv1\nmode: testing\nmx: mx.example.com\nmax_age: 604800\n',
          },
        },
      ],
    },
    {
      domain: 'example.org',
      uses: 'its people are senders',
      findings: [
        good,
        {
          title: 'SPF',
          state: { words: 'Not known', tone: 'off' },
          says: 'The DNS gave no answer that can be believed.',
          cure: '',
          found: [],
        },
      ],
    },
  ],
};
export const domainHostile: DomainPage = {
  ...domain,
  domains: [
    {
      domain: longWord,
      uses: hostile,
      findings: [
        { ...good, title: 'SPF', says: hostile, cure: longWord, found: [hostile, longWord] },
        {
          ...good,
          publish: { type: 'TXT', name: longWord, value: longWord },
          file: { url: longWord, text: `${longWord}\n${hostile}` },
        },
      ],
    },
  ],
};

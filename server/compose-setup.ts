// Owns the wiring of the first run: what is set and has happened, a relay that is tried, and the pages that show it.

import type { Router } from 'express';
import { domainPages } from './admin/domain.routes.ts';
import type { Intake } from './admin/mail-server-guide.ts';
import { setupGuidePages } from './admin/setup-guide.routes.ts';
import { setupRelayPages } from './admin/setup-relay.routes.ts';
import { bindRelayBench } from './admin/relay-bench.ts';
import type { RelayBench, RelayToTry } from './admin/relay-bench.ts';
import { trialView } from './admin/relay-words.ts';
import type { SetupRelayDeps } from './admin/setup-relay.routes.ts';
import { setupTestPages } from './admin/setup-test.routes.ts';
import { setupPages } from './admin/setup.routes.ts';
import type { TypedSettings } from './admin/setup.routes.ts';
import type { SetupFacts } from './admin/setup.model.ts';
import { DEFAULT_BRAND_ID, getBrand, lastBrandVersion } from './brands/brand.store.ts';
import { mailBrand } from './brands/mail-brand.ts';
import { composeDomains } from './compose-domains.ts';
import type { DomainChecks } from './own-domains/domain-checks.ts';
import type { Tools } from './compose-tools.ts';
import type { Config } from './config.ts';
import type { ConfigRow } from './config-show.ts';
import { envLine, typedFaults } from './config-typed.ts';
import { settingNames } from './config-settings.ts';
import { domainOf } from './core/address.ts';
import { DAY_MS, isoNow } from './core/clock.ts';
import { isLoopbackHost } from './core/networks.ts';
import { newId } from './crypto/random.ts';
import { hasHappened } from './figures/count.ts';
import type { Site } from './http/site.ts';
import type { Accept } from './ingest/submission.ts';
import { DEFAULT_LANGUAGE } from './language/languages.ts';
import { wordsIn } from './language/words.ts';
import { composeMail } from './mail/compose.ts';
import { tryRelay } from './mail/courier-trial.ts';
import type { RelayTrial } from './mail/courier-trial.ts';
import { ownMailId } from './mail/own-mail-id.ts';

export interface Setup {
  readonly pages: Router[];
  readonly facts: () => Promise<SetupFacts>;
  readonly domains: DomainChecks;
  readonly relayTrials: RelayTrials;
}

/** Trying a relay, and saying in words what came of it. */
export interface RelayTrials {
  readonly bench: RelayBench;
  readonly told: typeof trialView;
  readonly mailFrom: string;
}

/** What has not happened for so long is to be seen to again. */
const LOOKED_BACK_DAYS = 400;

export function composeSetup(tools: Tools, site: Site, accept: Accept, settings: readonly ConfigRow[]): Setup {
  const { config, store, clock } = tools;
  const domains = composeDomains(config, clock);
  const typed: TypedSettings = {
    faults: typedFaults,
    line: (name, value) => {
      const known = settingNames.find((one) => one === name);
      return known === undefined ? undefined : envLine(known, value);
    },
  };
  const bench = bindRelayBench({ site, typed, send: (relay) => sendTrial(tools, relay) });
  const facts = async (): Promise<SetupFacts> => {
    const since = isoNow(clock, -LOOKED_BACK_DAYS * DAY_MS).slice(0, 10);
    return {
      settings,
      relay: relayWords(config),
      hasTakenIn: await hasHappened(store, 'taken-in', since, 'smtp'),
      hasNotified: await hasHappened(store, 'notices', since),
      domains: domains.last(),
      brandVersion: await lastBrandVersion(store.db, DEFAULT_BRAND_ID),
    };
  };
  return {
    facts,
    domains,
    relayTrials: { bench, told: trialView, mailFrom: config.mailFrom.address },
    pages: [
      setupPages({ site, settings, typed, facts }),
      setupRelayPages({
        site,
        settings,
        typed,
        now: relayNow(config),
        bench,
      }),
      setupGuidePages(site, intakeOf(config)),
      setupTestPages({ site, accept }),
      domainPages({ site, domains }),
    ],
  };
}

async function sendTrial({ config, store, templates }: Tools, { url, tls, from, to }: RelayToTry): Promise<RelayTrial> {
  const { db, vault } = store;
  const brand = await getBrand(db, DEFAULT_BRAND_ID, config.org.name);
  const host = domainOf(from);
  const raw = await composeMail({
    from: { address: from, name: config.org.name },
    to: { address: to, name: '' },
    subject: `Test mail from ${brand.name}`,
    ...templates.mail('test', wordsIn(DEFAULT_LANGUAGE), { brand: mailBrand({ ...brand, logoPng: undefined }) }),
    mailId: ownMailId(newId(vault.clock), host),
    date: new Date(vault.clock.nowMs()),
    loopMark: host,
  });
  const name = config.portal.publicUrl.hostname;
  return tryRelay({ url, tls, name, ...(config.dkim === undefined ? {} : { dkim: config.dkim }) }, { from, to, raw });
}

function relayWords({ relay, delivery }: Config): string | undefined {
  if (delivery.isDirect) return 'Delivery to each domain’s own servers';
  return relay === undefined ? undefined : relay.url.host;
}

function relayNow({ relay, delivery }: Config): SetupRelayDeps['now'] {
  const fields = { host: '', port: '587', security: 'starttls', tls: delivery.tls };
  if (delivery.isDirect)
    return { words: 'Mail goes directly to each domain’s own servers (RELAY_URL=direct).', fields };
  if (relay === undefined)
    return { words: 'None is set: this is try-out mode, and mail stays in the local mailbox.', fields };
  const { protocol, hostname, port, username, host } = relay.url;
  const security = protocol === 'smtps:' ? 'tls' : 'starttls';
  const login = username === '' ? '' : ', with a sign-in';
  return {
    words: `Mail leaves by ${host}, RELAY_TLS=${relay.tls}${login}.`,
    fields: {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? (security === 'tls' ? '465' : '587') : port,
      security,
      tls: relay.tls,
    },
  };
}

function intakeOf({ smtp, portal, org, messageBytesMax }: Config): Intake {
  return {
    host: portal.publicUrl.hostname,
    port: smtp.port,
    isLoopback: isLoopbackHost(smtp.host),
    hasTls: smtp.tls !== undefined,
    requireTls: smtp.requireTls,
    users: smtp.users.map(({ user }) => user),
    clients: smtp.clients,
    orgDomains: org.domains,
    messageBytesMax,
  };
}

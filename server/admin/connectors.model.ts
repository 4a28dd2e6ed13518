// Owns what the page about connectors is given, and how its form is read.

import { demandOf } from '../delivery/connector.ts';
import type { Connector } from '../delivery/connector.ts';
import type { KeptTest } from '../delivery/connector-tests.store.ts';
import { demandWords } from '../delivery/test-domain.ts';
import type { DomainTest, HostTest } from '../delivery/test-domain.ts';
import { moment } from '../render/moment.ts';
import type { ConnectorFields, ConnectorReport, ConnectorRow, HostReport } from '../render/page-models/connectors.ts';
import type { SavedForm } from './connectors.routes.ts';

export const emptyFields: ConnectorFields = {
  domain: '',
  hosts: '',
  minTls: '1.2',
  by: 'host-name',
  names: '',
  pins: '',
  certificate: '',
  hasKey: false,
};

export function fieldsOf({ domain, hosts = [], minTls, certificate, client }: Connector): ConnectorFields {
  return {
    domain,
    hosts: hosts.map(({ host, port }) => (port === 25 ? host : `${host}:${port}`)).join('\n'),
    minTls,
    by: certificate.by,
    names: certificate.by === 'names' ? certificate.names.join('\n') : '',
    pins: certificate.by === 'key' ? certificate.pins.join('\n') : '',
    certificate: client?.certificate ?? '',
    hasKey: client !== undefined,
  };
}

/** What the form says, as the API would be given it: it is checked where all are. */
export function connectorOf(form: SavedForm): { readonly domain: string } & Record<string, unknown> {
  const hosts = listed(form.hosts).map((entry) => {
    const [, host = entry, port] = /^([^:]*):(\d{1,5})$/.exec(entry) ?? [];
    return { host, ...(port === undefined ? {} : { port: Number(port) }) };
  });
  const certificate =
    form.by === 'names'
      ? { by: 'names', names: listed(form.names) }
      : form.by === 'key'
        ? { by: 'key', pins: listed(form.pins) }
        : { by: form.by };
  const shown = form.certificate.replace(/\r\n/g, '\n').trim();
  const key = form.key.replace(/\r\n/g, '\n').trim();
  return {
    domain: form.domain.trim().toLowerCase(),
    ...(hosts.length === 0 ? {} : { hosts }),
    minTls: form.minTls,
    certificate,
    ...(shown === '' ? {} : { client: { certificate: `${shown}\n`, ...(key === '' ? {} : { key: `${key}\n` }) } }),
  };
}

export function connectorRow(path: string, connector: Connector): ConnectorRow {
  const { domain, hosts } = connector;
  return {
    domain,
    where: hosts?.map(({ host, port }) => (port === 25 ? host : `${host}:${port}`)).join(', ') ?? 'its MX hosts',
    asked: demandWords(demandOf(connector, 'the host’s own name')),
    editUrl: `${path}?edit=${encodeURIComponent(domain)}`,
  };
}

const testViews = {
  good: { words: 'Proves no less than before', tone: 'good' },
  weakened: { words: 'Proves less than before', tone: 'bad' },
  failing: { words: 'Mail does not go', tone: 'bad' },
  unsure: { words: 'Could not be reached', tone: 'waiting' },
  untested: { words: 'Not tested yet', tone: 'off' },
} as const;

/** What is kept of the connector's last test. */
export function testOf(kept: KeptTest | undefined, nowMs: number): Pick<ConnectorRow, 'test'> {
  if (kept?.card === undefined) return {};
  const { last, weaker, changes } = kept.card;
  return {
    test: {
      state: testViews[kept.state],
      at: moment(last.at, nowMs),
      notes: [...weaker, ...changes],
      mayAccept: kept.state === 'weakened',
      report: reportView(last.test),
    },
  };
}

export function reportView({ domain, goes, outcome, notes, hosts }: DomainTest): ConnectorReport {
  return { domain, goes, outcome, notes, hosts: hosts.map(hostView) };
}

function hostView({
  host,
  port,
  addresses,
  evidence,
  asked,
  protocol,
  cipher,
  chain,
  goes,
  why,
}: HostTest): HostReport {
  const [leaf, ...issuers] = chain;
  return {
    host: `${host}:${port}`,
    stateWords: goes ? 'Proved' : 'Not proved',
    tone: goes ? 'good' : 'bad',
    facts: [
      { name: 'Address', words: addresses.join(', ') || 'left to the system' },
      { name: 'Asked', words: evidence === undefined ? asked : `${asked} (by ${evidenceNames[evidence]})` },
      ...(protocol === undefined ? [] : [{ name: 'TLS', words: `${protocol}, ${cipher ?? ''}` }]),
      ...(leaf === undefined
        ? []
        : [
            {
              name: 'Certificate',
              words: `for ${leaf.names.join(', ') || 'no name'}, until ${leaf.until.slice(0, 10)}`,
            },
            { name: 'Key', words: leaf.pin },
          ]),
      ...issuers.map(({ subject, until }) => ({ name: 'Signed by', words: `${subject}, until ${until.slice(0, 10)}` })),
    ],
    why,
  };
}

const evidenceNames = { connector: 'the connector', rule: 'a rule', dane: 'DANE', 'mta-sts': 'MTA-STS' } as const;

function listed(text: string): string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

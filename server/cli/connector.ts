// Owns the commands about connectors: what partners' mail servers have to prove.

import type { Command } from 'commander';
import { isDomain } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import { composeDelivery } from '../compose-delivery.ts';
import { demandWords } from '../delivery/test-domain.ts';
import type { DomainTest, HostTest } from '../delivery/test-domain.ts';
import { demandOf } from '../delivery/connector.ts';
import { inboundWords } from '../delivery/inbound.ts';
import { withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

export function registerConnector(program: Command): void {
  const connector = program
    .command('connector')
    .description('Mail servers of partners, and what they have to prove; peers that hand in mail by a certificate');

  connector
    .command('list')
    .description('List the connectors')
    .action(() => withStore(list));

  connector
    .command('test')
    .argument('<domain>')
    .description('Connect to each mail server of the domain, send nothing, and say what it proves and what is missing')
    .action((domain: string) => withStore((desk) => test(desk, domain)));
}

async function list({ config, store, print }: Desk): Promise<void> {
  const { connectors, courier } = composeDelivery(config, store);
  try {
    const newest = await connectors.newest();
    for (const one of newest.connectors) {
      const hosts = one.hosts?.map(({ host, port }) => `${host}:${port}`).join(', ') ?? 'its MX hosts';
      print(`${one.domain}: ${hosts}; ${demandWords(demandOf(one, 'the host’s name'))}`);
    }
    for (const peer of newest.inbound) print(`from ${peer.name}: ${inboundWords(peer)}`);
  } finally {
    await courier.close();
  }
}

async function test({ config, store, print }: Desk, text: string): Promise<void> {
  const domain = text.toLowerCase();
  if (!isDomain(domain)) throw new AppError('request/malformed', 'This is not a domain.');
  const delivery = composeDelivery(config, store);
  try {
    const found = await delivery.tests.test(domain);
    for (const line of testLines(found)) print(line);
    if (!found.goes) process.exitCode = 1;
  } finally {
    await delivery.courier.close();
  }
}

function testLines({ domain, outcome, notes, hosts }: DomainTest): string[] {
  return [`${domain}: ${outcome}`, ...notes.map((note) => `  ${note}`), ...hosts.flatMap(hostLines)];
}

function hostLines({ host, port, addresses, evidence, asked, protocol, cipher, chain, goes, why }: HostTest): string[] {
  return [
    `  ${host}:${port} (${addresses.join(', ') || 'address left to the system'}): ${goes ? 'proved' : 'not proved'}`,
    `    asked by ${evidence ?? 'nobody'}: ${asked}`,
    ...(protocol === undefined ? [] : [`    speaks ${protocol}, ${cipher ?? ''}`]),
    ...chain.map(
      ({ subject, names, until, pin }, n) =>
        `    ${n === 0 ? 'certificate' : 'signed by'} ${subject || '(no subject)'}${n === 0 ? `, for ${names.join(', ') || 'no name'}` : ''}, until ${until.slice(0, 10)}${n === 0 ? `, key ${pin}` : ''}`,
    ),
    ...(why === '' ? [] : [`    ${why}`]),
  ];
}

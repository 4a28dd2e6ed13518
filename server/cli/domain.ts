// Owns the command that says what the world sees of the organisation's own domains.

import type { Command } from 'commander';
import { composeDelivery } from '../compose-delivery.ts';
import { composeDomains } from '../compose-domains.ts';
import type { DomainReport, ToldFinding } from '../own-domains/report.ts';
import { withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

export function registerDomain(program: Command): void {
  program
    .command('domain')
    .description('The organisation’s own domains')
    .command('check')
    .description('Look at MX, SPF, DKIM, DMARC, MTA-STS and TLS-RPT from outside, and say what to publish')
    .action(() => withStore(check));
}

async function check({ config, store, clock, print }: Desk): Promise<void> {
  const delivery = composeDelivery(config, store);
  try {
    const report = await composeDomains(config, clock, delivery).look();
    for (const domain of report.domains) for (const line of domainLines(domain)) print(line);
    if (report.bad > 0) process.exitCode = 1;
  } finally {
    await delivery.courier.close();
  }
}

function domainLines({ domain, uses, findings }: DomainReport): string[] {
  return [`${domain} (${uses.join('; ')})`, ...findings.flatMap(findingLines)];
}

function findingLines({ title, state, says, cure, found, publish, file }: ToldFinding): string[] {
  return [
    `  ${title.padEnd(8)} ${state}: ${says}`,
    ...found.map((text) => `           found    ${plain(text)}`),
    ...(cure === undefined ? [] : [`           cure     ${cure}`]),
    ...(publish === undefined ? [] : [`           publish  ${publish.name}. IN ${publish.type} ${shown(publish)}`]),
    ...(file === undefined
      ? []
      : [
          `           file     ${file.url}`,
          ...file.text
            .trim()
            .split('\n')
            .map((line) => `             ${line}`),
        ]),
  ];
}

function shown({ type, value }: { readonly type: string; readonly value: string }): string {
  return type === 'TXT' ? (value.match(/.{1,255}/g) ?? []).map((piece) => `"${piece}"`).join(' ') : value;
}

/** A stranger's record may hold what a terminal obeys. */
function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

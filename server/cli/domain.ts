// Owns the command that says what the world sees of the organisation's own domains.

import type { Command } from 'commander';
import { composeDomains } from '../compose-domains.ts';
import type { DomainReport, ToldFinding } from '../own-domains/report.ts';
import { loadConfig, readEnvironment } from '../config.ts';
import { SteadyClock } from '../core/clock.ts';
import { print, tell } from './with-store.ts';

export function registerDomain(program: Command): void {
  program
    .command('domain')
    .description('The organisation’s own domains')
    .command('check')
    .description('Look at MX, SPF, DKIM, DMARC, MTA-STS and TLS-RPT from outside, and say what to publish')
    .action(() => tell(check));
}

async function check(): Promise<void> {
  const report = await composeDomains(loadConfig(readEnvironment().env), new SteadyClock()).look();
  for (const domain of report.domains) for (const line of domainLines(domain)) print(line);
  if (report.bad > 0) process.exitCode = 1;
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

// Owns the commands about the policy: the document that says how mail is protected.

import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { AppError, hasCode } from '../core/errors.ts';
import { DEFAULT_BRAND_ID, listBrandNames } from '../brands/brand.store.ts';
import { faultLine } from '../core/document-faults.ts';
import { PolicyFaults } from '../policy/document-faults.ts';
import { documentText, readDocumentText } from '../policy/document-text.ts';
import { bindRulebook } from '../rulebook/rulebook.ts';
import type { Rulebook, Saved } from '../rulebook/rulebook.ts';
import type { StoredVersion } from '../rulebook/policies.store.ts';
import { fail, withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

const ACTOR = 'command line';
const VERSIONS_SHOWN = 50;

interface ImportOptions {
  readonly note?: string;
  readonly basedOn?: string;
}

export function registerPolicy(program: Command): void {
  const policy = program
    .command('policy')
    .description('Templates, labels and rules: what decides how mail is protected');

  policy
    .command('show')
    .argument('[version]', 'without it, the newest')
    .description('Print the document as YAML')
    .action((version?: string) =>
      withRulebook(async ({ print }, rulebook) => {
        print(documentText(await pick(rulebook, version)).trimEnd());
      }),
    );

  policy
    .command('export')
    .argument('<file>', 'JSON when its name ends so, else YAML; a file that is there is replaced')
    .description('Write the document that is in force to a file')
    .action((file: string) =>
      withRulebook(async ({ print }, rulebook) => {
        const newest = await rulebook.newest();
        await writeFile(file, isJson(file) ? `${JSON.stringify(newest.value, null, 2)}\n` : documentText(newest));
        print(newest.version === 0 ? 'There is no version yet; written what holds without one.' : written(newest));
      }),
    );

  policy
    .command('import')
    .argument('<file>', 'YAML or JSON')
    .option('--note <text>', 'why; stands in the list of versions')
    .option('--based-on <version>', 'refuse when the newest version is another one by now')
    .description('Save the document in the file as the newest version; running servers follow within five seconds')
    .action((file: string, options: ImportOptions) =>
      withRulebook(async (desk, rulebook) => {
        const value = readDocumentText(await readText(file));
        const basedOn =
          options.basedOn === undefined ? (await rulebook.newest()).version : readVersion(options.basedOn);
        tellSaved(desk, await rulebook.save({ value, basedOn, actor: ACTOR, ...noteOf(options) }));
      }),
    );

  policy
    .command('versions')
    .description('List the versions, newest first: when, by whom, what changed')
    .action(() =>
      withRulebook(async ({ print }, rulebook) => {
        for (const { version, at, actor, note, changed } of await rulebook.versions({ limit: VERSIONS_SHOWN })) {
          print([version, at, actor, changed.join(', '), note].join('  ').trimEnd());
        }
      }),
    );

  policy
    .command('diff')
    .argument('<from>', 'a version')
    .argument('[to]', 'a version; without it, the newest')
    .description('Show what changed between two versions')
    .action((from: string, to?: string) =>
      withRulebook(async ({ print }, rulebook) => {
        const lines = rulebook.difference(await pick(rulebook, from), await pick(rulebook, to));
        for (const { kind, text } of lines) print(kind === 'gap' ? '…' : `${marks[kind]}${text}`);
      }),
    );

  policy
    .command('back')
    .argument('<version>')
    .option('--note <text>', 'why; stands in the list of versions')
    .description('Save an earlier version anew, as the newest')
    .action((version: string, options: ImportOptions) =>
      withRulebook(async (desk, rulebook) => {
        const { version: basedOn } = await rulebook.newest();
        tellSaved(desk, await rulebook.goBack(readVersion(version), { basedOn, actor: ACTOR, ...noteOf(options) }));
      }),
    );
}

const marks = { same: ' ', added: '+', removed: '-' } as const;

/** A document that is refused has each fault on a line of its own. */
function withRulebook(work: (desk: Desk, rulebook: Rulebook) => Promise<void>): Promise<void> {
  return withStore(async (desk) => {
    const { db, vault } = desk.store;
    const { expiryDaysMax, org } = desk.config;
    const saved = (): Promise<void> => Promise.resolve();
    const names = [DEFAULT_BRAND_ID, ...(await listBrandNames(db)).map(({ id }) => id)];
    try {
      await work(desk, bindRulebook({ db, vault, expiryDaysMax, orgDomains: org.domains, brands: () => names, saved }));
    } catch (error) {
      if (!(error instanceof PolicyFaults)) throw error;
      fail(['Nothing was saved:', ...error.faults.map((one) => `  ${faultLine(one)}`)].join('\n'));
    }
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EISDIR', 'EACCES')) throw error;
    throw new AppError('request/not-found', 'The file to import is not there, or not for this user.');
  }
}

function tellSaved({ print }: Desk, { version, changed }: Saved): void {
  if (changed.length === 0) print(`It says what version ${version} says already.`);
  else print(`Version ${version}: ${changed.join(', ')}`);
}

function written({ version }: StoredVersion): string {
  return `Written: version ${version}.`;
}

function noteOf({ note }: ImportOptions): { note?: string } {
  return note === undefined ? {} : { note };
}

async function pick(rulebook: Rulebook, version: string | undefined): Promise<StoredVersion> {
  return version === undefined ? rulebook.newest() : rulebook.version(readVersion(version));
}

function readVersion(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new AppError('request/malformed', 'A version is a whole number, as sealpost policy versions lists it.');
}

function isJson(file: string): boolean {
  return file.toLowerCase().endsWith('.json');
}

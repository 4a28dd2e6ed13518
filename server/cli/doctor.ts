// Owns looking at everything the server needs. It changes none of it: pointed at the wrong folder it makes no
// keyring there, and it migrates nothing.

import type { Command } from 'commander';
import { composeDomains } from '../compose-domains.ts';
import { alertWords } from '../alerts/alert-words.ts';
import { listStanding } from '../alerts/alerts.store.ts';
import { loadConfig, readEnvironment } from '../config.ts';
import type { Config } from '../config.ts';
import { SteadyClock, systemClock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { checkDatabase } from '../db/engine.ts';
import type { Db } from '../db/engine.ts';
import { countBlobs, newestBlobs } from '../messages/parts.store.ts';
import { blobFaults } from '../messages/verify-blobs.ts';
import { operatorWords } from '../operator-words.ts';
import { queueAgeMs } from '../outbox/outbox.store.ts';
import { faultLine } from '../core/document-faults.ts';
import { PolicyFaults } from '../policy/document-faults.ts';
import { validatingDns } from '../delivery/validating-dns.ts';
import { loadPolicy } from '../rulebook/follow.ts';
import { newestVersion } from '../rulebook/policies.store.ts';
import { lookAtWitness } from '../shredding/look-at-witness.ts';
import { secondsBehind, setClock } from '../timekeeping.ts';
import { canIsolate } from '../viewing/locked-process.ts';
import { placeOfOffice } from '../viewing/office.ts';
import { blobsThere, checkFits, keyringThere, withDatabaseThere } from './what-is-there.ts';
import { print, tell } from './with-store.ts';

/** A small store is looked through; of a large one, what is newest. */
const BLOBS_LOOKED_AT = 1_000;
const FAULTS_NAMED = 5;
const DOMAIN_MS = 5_000;

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Check settings, keyring, database, blobs, policy and queue')
    .action(() => tell(async () => examine(loadConfig(readEnvironment().env))));
}

async function examine(config: Config): Promise<void> {
  let keyring: Keyring | undefined;
  await look('settings', async () =>
    config.tryOut ? 'try-out mode: mail stays in the local mailbox' : 'ready for production',
  );
  await look('keyring', async () => {
    keyring = await keyringThere(config);
    const count = keyring.keyIds().length;
    return `${count} ${count === 1 ? 'key' : 'keys'}; ${keyring.currentKeyId} seals new messages`;
  });
  await look('database', () =>
    withDatabaseThere(config, async (db) => {
      await checkDatabase(db);
      await checkFits(db, keyring);
      return 'up to date';
    }),
  );
  await look('blobs', async () => {
    await (await blobsThere(config)).check();
    return 'can be written';
  });
  await look('contents', () => lookAtContents(config));
  await look('witness', () =>
    withTablesThere(config, async (db) => {
      if (keyring === undefined) throw new Finding('is read with the keyring');
      const { isGood, words } = await lookAtWitness(db, config.witness, keyring);
      if (isGood) return words;
      throw new Finding(words);
    }),
  );
  await look('clock', () =>
    withTablesThere(config, async (db) => {
      const clock = new SteadyClock();
      await setClock(db, clock);
      const behind = secondsBehind(clock);
      if (behind === 0) return 'not behind the latest time seen';
      throw new Finding(`${behind} s behind the latest time seen; set it right, or see sealpost clock --help`);
    }),
  );
  await look('policy', () =>
    withTablesThere(config, async (db) => {
      if (keyring === undefined) throw new Finding('is read with the keyring');
      return whatIsInForce(db, keyring);
    }),
  );
  await look('alerts', () =>
    withTablesThere(config, async (db) => {
      if (keyring === undefined) throw new Finding('are read with the keyring');
      return whatStands(db, keyring);
    }),
  );
  await look('resolver', () => lookAtResolver(config));
  await look('domain', () => lookAtDomains(config));
  await look('viewing', howFilesAreShown);
  await look('queue', () =>
    withTablesThere(config, async (db) => {
      const seconds = Math.round((await queueAgeMs(db, systemClock)) / 1000);
      return `oldest due job waits ${seconds} s`;
    }),
  );
}

async function whatIsInForce(db: Db, keyring: Keyring): Promise<string> {
  const version = await newestVersion(db);
  if (version === 0) return 'none yet: every mail gets the default, and what it asks for itself';
  try {
    const { document } = await loadPolicy(keyring, db, version);
    return `version ${version}; rules: ${document.rules.length}, templates: ${document.templates.length}`;
  } catch (error) {
    if (!(error instanceof PolicyFaults)) throw error;
    const [first] = error.faults;
    const words = first === undefined ? '' : `: ${faultLine(first)}`;
    throw new Finding(`version ${version} cannot be read, so no mail is taken in${words}; see sealpost policy --help`);
  }
}

/** What running servers have found, and told administrators of. */
async function whatStands(db: Db, keyring: Keyring): Promise<string> {
  const standing = await listStanding(keyring, db);
  if (standing.length === 0) return 'none stands';
  const named = standing.slice(0, FAULTS_NAMED).map((alert) => `since ${alert.since}: ${alertWords(alert).says}`);
  throw new Finding(`${standing.length} ${standing.length === 1 ? 'stands' : 'stand'}; ${named.join(' ')}`);
}

/** A resolver that is named and silent delays whatever would go directly. */
async function lookAtResolver({ delivery: { resolver }, org }: Config): Promise<string> {
  if (resolver === undefined) return 'the system’s own: no DANE without DNS_RESOLVER';
  const found = await validatingDns(resolver).mx(org.domains[0] ?? 'localhost');
  if (found.kind === 'failed') throw new Finding('does not answer; see DNS_RESOLVER');
  return 'answers';
}

/** In try-out mode the domain is an example’s, or nobody’s yet. */
async function lookAtDomains(config: Config): Promise<string> {
  if (config.tryOut) return 'not looked at in try-out mode; sealpost domain check does';
  const { bad, open } = await composeDomains(config, systemClock, DOMAIN_MS).look();
  if (bad > 0)
    throw new Finding(
      `${bad} ${bad === 1 ? 'record has' : 'records have'} to be mended; sealpost domain check says how`,
    );
  return open === 0
    ? 'SPF, DKIM, DMARC, MTA-STS and TLS-RPT are in order'
    : `nothing has to be mended; ${open} could be better or are not known`;
}

/** What a reader of an attachment gets here. Less than all of it is no fault. */
async function howFilesAreShown(): Promise<string> {
  if (!(await canIsolate())) return 'files are opened without isolation (no namespaces here); Office files as text';
  const office = placeOfOffice() === undefined ? 'as text (no LibreOffice here)' : 'by LibreOffice';
  return `files are opened in isolation; Office files ${office}`;
}

/** Whether the blobs that messages name are there, by their size alone. */
function lookAtContents(config: Config): Promise<string> {
  return withTablesThere(config, async (db) => {
    const blobs = await blobsThere(config);
    const count = await countBlobs(db);
    const newest = await newestBlobs(db, BLOBS_LOOKED_AT);
    const all = count <= newest.length;
    const looked = all ? `all ${newest.length} blobs of messages` : `the newest ${newest.length} of ${count} blobs`;
    const faults = await blobFaults({ db, blobs }, newest);
    const more = all ? '' : '; sealpost verify looks at all';
    if (faults.length === 0) return `${looked} are there${more}`;
    const named = faults.slice(0, FAULTS_NAMED).map(({ messageId, n, what }) => `${messageId} part ${n} ${what}`);
    throw new Finding(`of ${looked}, ${faults.length} are damaged: ${named.join(', ')}; sealpost verify names all`);
  });
}

/** Runs `work` on tables that are up to date, and on no others. */
function withTablesThere<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  return withDatabaseThere(config, async (db) => {
    await checkFits(db, undefined);
    return work(db);
  });
}

/** What is wrong, in words for the operator. */
class Finding extends Error {}

async function look(name: string, check: () => Promise<string>): Promise<void> {
  try {
    print(`ok      ${name.padEnd(9)} ${await check()}`);
  } catch (error) {
    process.exitCode = 1;
    print(`failed  ${name.padEnd(9)} ${wordsFor(error)}`);
  }
}

function wordsFor(error: unknown): string {
  if (error instanceof Finding) return error.message;
  return operatorWords(error) ?? (error instanceof Error && 'code' in error ? String(error.code) : String(error));
}

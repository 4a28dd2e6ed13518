// Owns the command that looks whether everything stored is there and opens. It changes nothing, holds no more than a
// page of rows and a piece of a blob, and names what is damaged by its place, never by what is in it.

import type { Command } from 'commander';
import { breachWords, verifyAudit } from '../audit/verify-audit.ts';
import type { Blobs } from '../blobs/blobs.ts';
import { loadConfig, readEnvironment } from '../config.ts';
import type { Config } from '../config.ts';
import { SteadyClock } from '../core/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { createSigner } from '../crypto/signing-key.ts';
import type { Signer } from '../crypto/signing-key.ts';
import { unlessBroken } from '../crypto/seal-broken.ts';
import type { Db } from '../db/engine.ts';
import { integrityFaults } from '../db/integrity.ts';
import { pages } from '../db/pages.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import { loadRecord, recordPages } from '../keys/rewrap.store.ts';
import { listNamedBlobs, unnamedBlobs } from '../messages/parts.store.ts';
import type { NamedBlob } from '../messages/parts.store.ts';
import { blobFaults } from '../messages/verify-blobs.ts';
import { verifyMessage } from '../messages/verify-message.ts';
import { listMessagesAfter } from '../messages/verify.store.ts';
import { sealedColumns } from '../sealed-columns.ts';
import { Findings } from './findings.ts';
import { blobsThere, checkFits, keyringThere, withDatabaseThere } from './what-is-there.ts';
import { tell } from './with-store.ts';

interface Subject {
  readonly db: Db;
  readonly blobs: Blobs;
  readonly keyring: Keyring;
  readonly signer: Signer;
  readonly findings: Findings;
}

const PAGE_ROWS = 200;
const INTEGRITY_FAULTS_MAX = 20;

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .option('--read-data', 'open every message, file and record to its last byte, and not only look at sizes')
    .description('Look whether everything that is stored is there; the exit code is 1 when anything is damaged')
    .action((options: { readData?: true }) => tell(() => verify(options.readData === true)));
}

async function verify(readData: boolean): Promise<void> {
  const config = loadConfig(readEnvironment().env);
  const keyring = await keyringThere(config);
  await withDatabaseThere(config, async (db) => {
    const findings = new Findings();
    // In a file that is not whole the rest would be guesswork.
    if (!(await verifyFile(config, db, findings))) return findings.conclude();
    await checkFits(db, keyring);
    const subject = { db, blobs: await blobsThere(config), keyring, signer: createSigner(keyring), findings };
    await verifyBlobs(subject);
    await countOrphans(subject);
    if (readData) {
      await verifyMessages(subject);
      await verifyRecords(subject);
    }
    await verifyChain(subject);
    findings.conclude();
  });
}

async function verifyFile({ database }: Config, db: Db, findings: Findings): Promise<boolean> {
  if (database.kind !== 'sqlite') return true;
  findings.progress('the database');
  const faults = await integrityFaults(db, INTEGRITY_FAULTS_MAX);
  for (const fault of faults) findings.damaged(`the database ${database.file}: ${fault}`);
  if (faults.length === 0) findings.looked('database', 'its file is whole');
  return faults.length === 0;
}

async function verifyBlobs({ db, blobs, findings }: Subject): Promise<void> {
  let count = 0;
  const load = (after: string): Promise<NamedBlob[]> => listNamedBlobs(db, after, PAGE_ROWS);
  for await (const page of pages(load, '', ({ blobId }) => blobId)) {
    for (const { messageId, n, what } of await blobFaults({ db, blobs }, page)) {
      findings.damaged(`${messageId} part ${n} ${what}`);
    }
    count += page.length;
    findings.progress(`${count} blobs`);
  }
  findings.looked('blobs', `${count} of messages looked at`);
}

async function countOrphans({ db, blobs, findings }: Subject): Promise<void> {
  let count = 0;
  let after: string | undefined;
  do {
    const { ids, next } = await blobs.list(after);
    count += (await unnamedBlobs(db, ids)).length;
    after = next;
  } while (after !== undefined);
  const words = count === 0 ? 'none' : `${count}; the server removes what is older than a day`;
  findings.looked('orphans', `blobs without a message: ${words}`);
}

async function verifyMessages({ db, blobs, keyring, findings }: Subject): Promise<void> {
  const vault = { keyring, blobs, clock: new SteadyClock() };
  let [messages, destroyed, parts, bytes] = [0, 0, 0, 0];
  const load = (after: string): Promise<MessagesTable[]> => listMessagesAfter(db, after, PAGE_ROWS);
  for await (const page of pages(load, '', ({ id }) => id)) {
    for (const row of page) {
      messages += 1;
      if (row.destroyed_at !== null) destroyed += 1;
      else {
        const verdict = await verifyMessage({ db, vault }, row);
        for (const fault of verdict.faults) findings.damaged(`${row.id} ${fault}`);
        parts += verdict.parts;
        bytes += verdict.bytes;
      }
      findings.progress(`${messages} messages, ${mb(bytes)}`);
    }
  }
  findings.looked('messages', `${messages}, ${destroyed} of them destroyed; ${parts} parts opened, ${mb(bytes)}`);
}

async function verifyRecords({ db, keyring, findings }: Subject): Promise<void> {
  let count = 0;
  for (const column of sealedColumns) {
    for await (const page of recordPages(db, column, PAGE_ROWS)) {
      for (const { key } of page) {
        const record = await loadRecord(db, column, key);
        if (record === null) continue; // done with meanwhile
        count += 1;
        const name = column.name(key);
        if (unlessBroken(() => keyring.openRecord(name, record)) === undefined)
          findings.damaged(`record ${name} does not open`);
      }
      findings.progress(`${count} records`);
    }
  }
  findings.looked('records', `${count} looked at`);
}

async function verifyChain({ db, keyring, signer, findings }: Subject): Promise<void> {
  const verdict = await verifyAudit({ db, keyring, signer });
  if (verdict.holds) findings.looked('audit', `the chain of ${verdict.entries} entries holds`);
  else findings.damaged(breachWords(verdict));
}

function mb(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

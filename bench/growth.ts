// Owns the measurement of growth: what the program's work costs with a thousand messages in the store and with a
// million, side by side in one process, so that the machine is the same for both. `node bench/growth.ts [MESSAGES]
// [FOLDER]`; a folder that is named is kept, and filled only once.

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SteadyClock, isoNow } from '../server/core/clock.ts';
import { createLog } from '../server/core/log.ts';
import { addressIndex } from '../server/crypto/address-index.ts';
import { inTransaction } from '../server/db/engine.ts';
import { migrate } from '../server/db/migrate.ts';
import { loadConfig } from '../server/config.ts';
import { createPublicFetch } from '../server/smime/fetch-public.ts';
import { claimJobs, enqueue, sweepOutbox } from '../server/outbox/outbox.store.ts';
import { openStore } from '../server/store.ts';
import { sweeps } from '../server/worker/sweep.ts';
import { address, fill } from '../test/growth/fill.ts';
import { makeClient } from '../test/roads/api-client.ts';
import { signInByAddress } from '../test/support/mailbox.ts';
import { startProgram } from '../test/support/program.ts';
import type { Running } from '../test/support/program.ts';
import type { Benchmark } from './benchmark.ts';
import { rowOf, tableOf } from './report.ts';
import { inRounds, median, seconds } from './rounds.ts';

const FEW = 1_000;
const BAR = { below: 1.2 };
const ROUNDS = 300;
const READER = 'bob@recipient.example';
const SENDER = 'alice@example.com';
const ADMIN = 'admin@example.com';
// So that the few last for all rounds.
const SWEPT_AT_ONCE = 3;

/** Each does one piece of work, the `round`-th. */
type Works = Readonly<Record<string, (round: number) => Promise<unknown>>>;

await main(Number(process.argv[2] ?? 1_000_000), process.argv[3]);

async function main(many: number, folder: string | undefined): Promise<void> {
  const dir = folder ?? (await mkdtemp(join(tmpdir(), 'sealpost-growth-')));
  const clock = Object.assign(new SteadyClock(), { forward: () => undefined });
  const [small, large] = [await store('few', FEW), await store('many', many)];
  try {
    const [ofFew, ofMany] = [await works(small), await works(large)];
    const results: { benchmark: Benchmark; row: ReturnType<typeof rowOf> }[] = [];
    for (const [name, work] of Object.entries(ofFew)) {
      let round = 0;
      const contest = {
        few: () => millisecondsOf(() => work(round)),
        many: () => millisecondsOf(() => other(round++)),
      };
      const other = ofMany[name] ?? work;
      await inRounds(20, contest);
      const figures = await inRounds(ROUNDS, contest);
      const benchmark: Benchmark = {
        name,
        unit: 'ms (p50)',
        peer: `with ${FEW.toLocaleString('en')} messages`,
        bar: BAR,
        run: () => Promise.reject(new Error('has run')),
      };
      const measured = { value: median(figures.many), peerValue: median(figures.few) };
      results.push({ benchmark, row: rowOf(benchmark, measured) });
      tell(`${name}: ${measured.value.toFixed(3)} ms, with few ${measured.peerValue.toFixed(3)} ms`);
    }
    process.stdout.write(`\nWith ${many.toLocaleString('en')} messages\n\n${tableOf(results)}`);
  } finally {
    await Promise.all([small.stop(), large.stop()]);
    if (folder === undefined) await rm(dir, { recursive: true, force: true });
  }

  async function store(name: string, count: number): Promise<Running> {
    const dataDir = join(dir, `${name}-${count}`);
    if (!existsSync(dataDir)) await fillNew(dataDir, count);
    return startProgram({ dataDir, clock, keep: true });
  }
}

async function fillNew(dataDir: string, count: number): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const store = await openStore(loadConfig({ DATA_DIR: dataDir }), new SteadyClock());
  await migrate(store.db);
  const start = performance.now();
  await fill(store, {
    count,
    onProgress: (done) => {
      if (done % 50_000 === 0) tell(`filled ${done} in ${Math.round((performance.now() - start) / 1000)} s`);
    },
  });
  await store.close();
}

async function works(running: Running): Promise<Works> {
  const { db, vault } = running.store;
  // What an earlier measurement of a kept store has left waiting.
  await running.drain();
  const reader = await signInByAddress(running, READER);
  const sender = await signInByAddress(running, SENDER);
  const admin = await signInByAddress(running, ADMIN);
  const api = await makeClient(running);
  const indexOf = (text: string): string => addressIndex(vault.keyring, address(text));
  const received = await idsOf(
    db.selectFrom('recipients').select('message_id as id').where('address_index', '=', indexOf(READER)).execute(),
  );
  const sent = await idsOf(
    db.selectFrom('messages').select('id').where('sender_index', '=', indexOf(SENDER)).execute(),
  );
  // Work for a claim each round, and in the larger store a longer queue behind it.
  const waiting = Math.max(1_000, Math.round(received.length / 10));
  await inTransaction(db, async (tx) => {
    for (let n = 0; n < waiting; n += 1) await enqueue(vault, tx, { kind: 'notice' });
  });
  const page = async (get: Promise<{ status: number }>): Promise<void> => {
    const { status } = await get;
    if (status !== 200) throw new Error(`answered ${status}`);
  };
  const mail = { from: SENDER, to: [READER], subject: 'Growth', text: 'x'.repeat(10_000) };
  return {
    'a message’s page': (round) => page(reader.get(`/messages/${pick(received, round)}`)),
    'the inbox': () => page(reader.get('/messages')),
    'a page of the inbox, anywhere': (round) => page(reader.get(`/messages?before=${pick(received, round)}`)),
    'sent messages': () => page(sender.get('/sent')),
    'a page of them, anywhere': (round) => page(sender.get(`/sent?before=${pick(sent, round)}`)),
    'one of them': (round) => page(sender.get(`/sent/${pick(sent, round)}`)),
    'the API’s list of 50': () => page(api.get('/messages')),
    'searching them for a recipient': () => page(api.sendJson('/messages/find', { sender: SENDER, recipient: READER })),
    'searching them for a word': () => page(api.sendJson('/messages/find', { sender: SENDER, subject: 'nowhere' })),
    'the audit log': () => page(admin.get('/admin/audit')),
    'the figures of today': () => page(admin.get('/admin/today')),
    'the queue': () => page(admin.get('/admin/queue')),
    'taking a message in': async () => {
      const { status, text } = await api.sendJson('/messages', mail);
      if (status !== 201) throw new Error(text);
    },
    'claiming a job': () => claimJobs(vault, db, ['notice', 'answer', 'failure'], 1, 60_000),
    'looking for what has run out': async () => {
      const deps = {
        db,
        vault,
        signer: running.store.signer,
        witness: running.store.witness,
        auditKeepDays: undefined,
        countFigures: () => Promise.resolve(0),
        testConnectors: () => Promise.resolve(0),
        reportTls: () => Promise.resolve(0),
        log: createLog({ level: 'silent', pretty: false }),
        shredder: { shredExpired: () => Promise.resolve(0) },
        listAdmins: () => Promise.resolve([]),
        fetchPublic: createPublicFetch(),
      };
      for (const name of ['challenges', 'sessions', 'counters']) await sweeps[name]?.(deps, 500);
    },
    [`sweeping ${SWEPT_AT_ONCE} settled jobs`]: () => sweepOutbox(db, isoNow(vault.clock), SWEPT_AT_ONCE),
  };
}

/** All over the years, and none so old that the list after it is short. */
async function idsOf(rows: Promise<{ id: string }[]>): Promise<readonly string[]> {
  const ids = (await rows).map((row) => row.id).sort();
  return ids.slice(ids.length / 2);
}

function pick(ids: readonly string[], round: number): string {
  // A prime apart, so that no round finds what the one before it has just brought into memory.
  return ids[(round * 7_919) % ids.length] ?? '';
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  return (await seconds(work)) * 1_000;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

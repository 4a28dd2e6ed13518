// Owns what outlives the database: which messages were shredded, and how far the audit log had come. It lies beside the
// keyring and in no backup, so that an older database shows as what it is and brings nothing shredded back. Each line
// is signed; it is written by whoever holds the lock WITNESS_LOCK.

import { z } from 'zod';
import type { AuditPoint } from '../audit/audit-head.store.ts';
import { unlessBrokenLater } from '../crypto/seal-broken.ts';
import type { Signer } from '../crypto/signing-key.ts';
import { tombstoneSchema } from '../messages/tombstone.ts';
import type { Tombstone } from '../messages/tombstone.ts';
import type { WitnessLines } from './witness-file.ts';

/** To be held with holdLock by each transaction that writes to the witness. */
export const WITNESS_LOCK = 'witness';

export interface Witness {
  /** Undefined when there is no file. @throws {WitnessFault} when a line was changed or is another keyring's. */
  recall(): Promise<Memory | undefined>;
  /** Remembers what is being shredded: to be called before the transaction that shreds commits. */
  remember(tombstones: readonly Tombstone[]): Promise<void>;
  /** Remembers that the audit log has come this far. */
  mark(point: AuditPoint): Promise<void>;
  /** Somebody has heard that an earlier one was lost. @returns false when there was nothing to hear. */
  acceptLoss(): Promise<boolean>;
  /** Begins anew with this and with what was settled before. */
  rewrite(fresh: FreshMemory): Promise<void>;
  /** Whether this process knows the witness to remember the message: true for those of late only. */
  knowsOf(messageId: string): boolean;
  /** Up to which entry this process knows the audit log to be marked. */
  markedSeq(): number;
  /** Whether there is so much in it besides settled tombstones that it should be written anew. */
  isLong(): boolean;
}

/** The first line of each witness. */
export interface Beginning {
  /** Since when it remembers what was shredded. ISO 8601 UTC. */
  readonly begun: string;
  /** Whether there had been another that was lost, and nobody has heard of it yet. */
  readonly afterLoss: boolean;
}

export interface Memory {
  /** Undefined when the file holds nothing, or only what was shredded after its loss. */
  readonly beginning: Beginning | undefined;
  /** Known to be shredded in the database that the mark is of: years of them, so they come in pieces. */
  settled(): AsyncGenerator<readonly Tombstone[]>;
  /** Remembered since: the process may have been killed before the database knew. */
  readonly loose: readonly Tombstone[];
  readonly mark: AuditPoint | undefined;
}

export interface FreshMemory {
  readonly beginning: Beginning | undefined;
  /** To be added to what is settled. */
  readonly settled: readonly Tombstone[];
  readonly loose: readonly Tombstone[];
  readonly mark: AuditPoint | undefined;
  /** What was shredded before this time is forgotten. ISO 8601 UTC. */
  readonly forgetBefore: string;
}

/** A witness that cannot be believed; the message says what to do. */
export class WitnessFault extends Error {
  constructor(name: string, line: number) {
    super(
      `The witness ${name} cannot be used: line ${line} was changed, or comes from another keyring. Bring it back ` +
        `from its copy. If there is none, move it away: Sealpost then begins a new one, and what was shredded since ` +
        `the last backup can no longer be recognised in that backup.`,
    );
    this.name = 'WitnessFault';
  }
}

const LOOSE = 'sealpost-witness';
const SETTLED = 'sealpost-witness-settled';
const TOMBSTONES_PER_LINE = 1_000;
const LOOSE_LINES_MAX = 500;

const tombstones = z.array(tombstoneSchema);
const looseSchema = z.union([
  z.strictObject({ tombstones }),
  z.strictObject({ begun: z.string(), afterLoss: z.boolean() }),
  z.strictObject({ mark: z.strictObject({ seq: z.number(), at: z.string(), hash: z.string() }) }),
]);
const settledSchema = z.strictObject({ tombstones });

export function createWitness(lines: WitnessLines, signer: Signer): Witness {
  let markedSeq = 0;
  let looseLines = 0;
  let known = new Set<string>();

  async function append(statement: z.infer<typeof looseSchema>): Promise<void> {
    await lines.append(await signer.sign(LOOSE, statement));
    looseLines += 1;
  }

  const witness: Witness = {
    markedSeq: () => markedSeq,
    knowsOf: (messageId) => known.has(messageId),
    isLong: () => looseLines > LOOSE_LINES_MAX,

    async recall() {
      const written = await lines.read();
      if (written === undefined) return undefined;
      const settled: string[] = [];
      const loose: Tombstone[] = [];
      let mark: AuditPoint | undefined;
      let beginning: Beginning | undefined;
      for (const [index, line] of written.entries()) {
        const type = signer.typeOf(line);
        const statement = await unlessBrokenLater(() => signer.verify(type === SETTLED ? SETTLED : LOOSE, line));
        if (type === SETTLED && statement !== undefined) {
          settled.push(line);
          continue;
        }
        const { data } = looseSchema.safeParse(statement);
        if (data === undefined) throw new WitnessFault(lines.name, index + 1);
        if ('tombstones' in data) loose.push(...data.tombstones);
        else if ('begun' in data) beginning = data;
        // Two processes may mark in another order than they looked.
        else if (mark === undefined || data.mark.seq > mark.seq) ({ mark } = data);
      }
      markedSeq = mark?.seq ?? 0;
      looseLines = written.length - settled.length;
      known = idsOf(loose);
      return { beginning, settled: () => readSettled(signer, settled), loose, mark };
    },

    async remember(shredded) {
      await append({ tombstones: [...shredded] });
      for (const { messageId } of shredded) known.add(messageId);
    },

    async mark({ seq, at, hash }) {
      await append({ mark: { seq, at, hash } });
      markedSeq = seq;
    },

    async acceptLoss() {
      const { beginning } = (await witness.recall()) ?? {};
      if (beginning?.afterLoss !== true) return false;
      await append({ ...beginning, afterLoss: false });
      return true;
    },

    async rewrite({ beginning, settled, loose, mark, forgetBefore }) {
      const isKept = async (line: string): Promise<boolean> => {
        if (signer.typeOf(line) !== SETTLED) return false;
        for await (const before of readSettled(signer, [line])) return before.some(({ at }) => at >= forgetBefore);
        return false;
      };
      const fresh: string[] = [];
      if (beginning !== undefined) fresh.push(await signer.sign(LOOSE, { ...beginning }));
      for (const line of (await lines.read()) ?? []) if (await isKept(line)) fresh.push(line);
      for (let from = 0; from < settled.length; from += TOMBSTONES_PER_LINE) {
        const some = settled.slice(from, from + TOMBSTONES_PER_LINE);
        fresh.push(await signer.sign(SETTLED, { tombstones: some }));
      }
      if (loose.length > 0) fresh.push(await signer.sign(LOOSE, { tombstones: loose }));
      if (mark !== undefined) {
        const { seq, at, hash } = mark;
        fresh.push(await signer.sign(LOOSE, { mark: { seq, at, hash } }));
      }
      await lines.replace(fresh);
      looseLines = 0;
      known = idsOf([...settled, ...loose]);
      markedSeq = mark?.seq ?? 0;
    },
  };
  return witness;
}

function idsOf(some: readonly Tombstone[]): Set<string> {
  return new Set(some.map(({ messageId }) => messageId));
}

async function* readSettled(signer: Signer, lines: readonly string[]): AsyncGenerator<readonly Tombstone[]> {
  for (const line of lines) yield settledSchema.parse(await signer.verify(SETTLED, line)).tombstones;
}

// Owns what outlives the database: which messages were shredded, and how far the audit log had come. It lies beside the
// keyring and in no backup, so that an older database shows as what it is and brings nothing shredded back. Each line
// is signed; it is written by whoever holds the lock WITNESS_LOCK.

import { z } from 'zod';
import type { AuditPoint } from '../audit/audit-head.store.ts';
import { SealBroken } from '../crypto/seal-broken.ts';
import type { Signer } from '../crypto/signing-key.ts';
import { tombstoneSchema } from '../messages/tombstone.ts';
import type { Tombstone } from '../messages/tombstone.ts';
import type { WitnessLines } from './witness-file.ts';

/** To be held with holdLock by each transaction that writes to the witness. */
export const WITNESS_LOCK = 'witness';

export interface Witness {
  /** Where it is, for the operator. */
  readonly name: string;
  /** Undefined when there is none yet. @throws {WitnessFault} when a line was changed or is another keyring's. */
  recall(): Promise<Memory | undefined>;
  /** Remembers what is being shredded: to be called before the transaction that shreds commits. */
  remember(tombstones: readonly Tombstone[]): Promise<void>;
  /** Remembers that the audit log has come this far. */
  mark(point: AuditPoint): Promise<void>;
  /** Begins anew with this alone. */
  rewrite(memory: Memory): Promise<void>;
  /** Up to which entry this process knows the audit log to be marked. */
  markedSeq(): number;
  /** Whether there is so much in it besides settled tombstones that it should be written anew. */
  isLong(): boolean;
}

export interface Memory {
  /** Known to be shredded in the database that the mark is of. */
  readonly settled: readonly Tombstone[];
  /** Remembered since: the process may have been killed before the database knew. */
  readonly loose: readonly Tombstone[];
  readonly mark?: AuditPoint | undefined;
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

const TYPE = 'sealpost-witness';
const TOMBSTONES_PER_LINE = 1_000;
const LOOSE_LINES_MAX = 500;
const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('shredded'), settled: z.boolean(), tombstones: z.array(tombstoneSchema) }),
  z.strictObject({ kind: z.literal('mark'), seq: z.number(), at: z.string(), hash: z.string() }),
]);
type Entry = z.infer<typeof entrySchema>;

export function createWitness(lines: WitnessLines, signer: Signer): Witness {
  const line = (entry: Entry): Promise<string> => signer.sign(TYPE, entry);

  let markedSeq = 0;
  let looseLines = 0;

  return {
    name: lines.name,
    markedSeq: () => markedSeq,
    isLong: () => looseLines > LOOSE_LINES_MAX,

    async recall() {
      const written = await lines.read();
      if (written === undefined) return undefined;
      const settled: Tombstone[] = [];
      const loose: Tombstone[] = [];
      looseLines = 0;
      let mark: AuditPoint | undefined;
      for (const [index, text] of written.entries()) {
        const entry = await readEntry(signer, text);
        if (entry === undefined) throw new WitnessFault(lines.name, index + 1);
        if (entry.kind === 'shredded') (entry.settled ? settled : loose).push(...entry.tombstones);
        // Two processes may mark in another order than they looked.
        else if (mark === undefined || entry.seq > mark.seq) mark = entry;
        if (entry.kind === 'mark' || !entry.settled) looseLines += 1;
      }
      markedSeq = mark?.seq ?? 0;
      return { settled, loose, mark };
    },

    async remember(tombstones) {
      await lines.append(await line({ kind: 'shredded', settled: false, tombstones: [...tombstones] }));
      looseLines += 1;
    },

    async mark({ seq, at, hash }) {
      await lines.append(await line({ kind: 'mark', seq, at, hash }));
      looseLines += 1;
      markedSeq = seq;
    },

    async rewrite({ settled, loose, mark }) {
      const entries: Entry[] = [];
      for (let from = 0; from < settled.length; from += TOMBSTONES_PER_LINE) {
        const tombstones = settled.slice(from, from + TOMBSTONES_PER_LINE);
        entries.push({ kind: 'shredded', settled: true, tombstones });
      }
      if (loose.length > 0) entries.push({ kind: 'shredded', settled: false, tombstones: [...loose] });
      if (mark !== undefined) entries.push({ kind: 'mark', seq: mark.seq, at: mark.at, hash: mark.hash });
      await lines.replace(await Promise.all(entries.map(line)));
      looseLines = 0;
      markedSeq = mark?.seq ?? 0;
    },
  };
}

async function readEntry(signer: Signer, text: string): Promise<Entry | undefined> {
  try {
    return entrySchema.safeParse(await signer.verify(TYPE, text)).data;
  } catch (error) {
    if (error instanceof SealBroken) return undefined;
    throw error;
  }
}

// Owns who may write to the SQLite file, and when it becomes durable. Writers take turns, each within a savepoint of
// its own; those whose turns come one upon the other share one transaction, one COMMIT and one fsync, and none hears
// that it is stored before that. It knows no statement's meaning.

import { setTimeout as sleep } from 'node:timers/promises';

/** What is needed of the writing connection. */
export interface WriteHandle {
  exec(sql: string): void;
  /** False again when SQLite rolled the transaction back by itself, as it may when the disk is full. */
  readonly inTransaction: boolean;
}

/** A turn at writing. Either `commit` or `rollback` ends it, and nothing after does anything. */
export interface Turn {
  /** Resolves when what was written is durable. */
  commit(): Promise<void>;
  /** A statement failed: if it took the whole transaction with it, this is what the others hear. */
  failed(error: unknown): void;
  /** Undoes what was written in this turn, and in no other. */
  rollback(): void;
}

interface Waiting {
  readonly begin: () => void;
  readonly refuse: (error: unknown) => void;
}

interface Member {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

// However many wait, those who wrote first get their answer.
const MEMBERS_MAX = 128;
const ROUNDS_MAX = 128;
const ROUNDS_FOR_EACH_OTHER = 4;
const BUSY_WAIT_MS = 10_000;
const BUSY_PAUSE_MS = 2;

export class GroupCommit {
  readonly #handle: WriteHandle;
  readonly #waiting: Waiting[] = [];
  #members: Member[] = [];
  #turnTaken = false;
  /** The turn under way, or the last there was. */
  #latest: Turn | undefined;
  #commitPlanned = false;

  constructor(handle: WriteHandle) {
    this.#handle = handle;
  }

  /** Waits for a turn. Rejects when the file cannot be written now. */
  async begin(): Promise<Turn> {
    await this.#takeTurn();
    try {
      if (!this.#handle.inTransaction) await this.#beginGroup();
      this.#handle.exec('savepoint turn');
    } catch (error) {
      this.#undoGroup(error);
      this.#pass();
      throw error;
    }
    this.#latest = this.#turn();
    return this.#latest;
  }

  /** Does what no transaction may be open for, once it is this caller's turn. */
  async alone<T>(work: () => T): Promise<T> {
    await this.#takeTurn();
    try {
      if (this.#handle.inTransaction) this.#commitGroup();
      return work();
    } finally {
      this.#pass();
    }
  }

  /** Commits what has had its turn, undoes what is still having it, and lets nobody write any more. */
  close(): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(new Error('the database was closed'));
    this.#latest?.rollback();
    if (this.#handle.inTransaction) this.#commitGroup();
  }

  async #takeTurn(): Promise<void> {
    if (this.#turnTaken) await new Promise<void>((begin, refuse) => this.#waiting.push({ begin, refuse }));
    this.#turnTaken = true;
  }

  // Taking the write lock at the start: a transaction that reads first, and writes after another process wrote, fails
  // at once with SQLITE_BUSY_SNAPSHOT. Another process's transaction is waited for here and not by SQLite, which would
  // hold up everything else this process does.
  async #beginGroup(): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += BUSY_PAUSE_MS) {
      try {
        this.#handle.exec('begin immediate');
        return;
      } catch (error) {
        if (waitedMs >= BUSY_WAIT_MS || !isBusy(error)) throw error;
        await sleep(BUSY_PAUSE_MS);
      }
    }
  }

  #turn(): Turn {
    let ended = false;
    let fault: unknown;
    const end = (...statements: readonly string[]): void => {
      ended = true;
      try {
        if (!this.#handle.inTransaction) throw fault ?? transactionLost();
        for (const sql of statements) this.#handle.exec(sql);
      } catch (error) {
        // What cannot be told from the work of others is undone with it.
        this.#undoGroup(error);
      } finally {
        this.#pass();
      }
    };
    return {
      commit: () =>
        new Promise<void>((resolve, reject) => {
          if (ended) return reject(transactionLost());
          // Before the turn is passed on: whoever is next may find the group full and commit it.
          this.#members.push({ resolve, reject });
          end('release turn');
        }),
      failed: (error) => {
        fault = error;
      },
      rollback: () => {
        if (!ended) end('rollback to turn', 'release turn');
      },
    };
  }

  /** The next in line writes in the same transaction; when nobody waits, the commit is planned. */
  #pass(): void {
    if (this.#members.length >= MEMBERS_MAX) this.#commitGroup();
    const next = this.#waiting.shift();
    if (next !== undefined) return next.begin();
    this.#turnTaken = false;
    if (!this.#commitPlanned) this.#planCommit();
  }

  // A commit costs much and each more in it little, so others that are nearly ready are waited for: some rounds without
  // anybody new for each member beyond the first. Who writes alone waits for one; where many write, more will come.
  #planCommit(): void {
    this.#commitPlanned = true;
    let members = this.#members.length;
    let rounds = 0;
    let empty = 0;
    const look = (): void => {
      // Somebody is writing: with the end of that turn comes the next look.
      if (this.#turnTaken || !this.#handle.inTransaction) {
        this.#commitPlanned = false;
        return;
      }
      rounds += 1;
      empty = this.#members.length === members ? empty + 1 : 0;
      members = this.#members.length;
      if (empty > ROUNDS_FOR_EACH_OTHER * (members - 1) || rounds === ROUNDS_MAX) {
        this.#commitPlanned = false;
        this.#commitGroup();
        return;
      }
      setImmediate(look);
    };
    setImmediate(look);
  }

  #commitGroup(): void {
    try {
      this.#handle.exec('commit');
    } catch (error) {
      this.#undoGroup(error);
    }
    for (const { resolve } of this.#members.splice(0)) resolve();
  }

  /** All who had their turn in it lose what they wrote; SQLite may have ended it by itself already. */
  #undoGroup(error: unknown): void {
    try {
      if (this.#handle.inTransaction) this.#handle.exec('rollback');
    } finally {
      for (const { reject } of this.#members.splice(0)) reject(error);
    }
  }
}

function transactionLost(): Error {
  return new Error('the transaction was lost');
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

// Owns that a running server's keyring becomes what its source has become: when a change is announced, when something
// names a key that is not here, and once a minute in any case. It asks the source at most once a second.

import { AppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { KeyringFault } from '../crypto/keyring-format.ts';
import type { Db } from '../db/engine.ts';
import { sentence } from '../language/words.ts';
import { announcedIds, loadAnnounced } from './key-marks.ts';
import { KeyringMissing } from './source.ts';
import type { KeyringSource } from './source.ts';

export interface FollowDeps {
  readonly db: Db;
  readonly keyring: Keyring;
  readonly source: KeyringSource;
  readonly log: Log;
}

const LOOKS_BETWEEN_LOADS = 60;
const LOOKS_BETWEEN_TRIES = 5;

export class KeyringFollower {
  readonly #deps: FollowDeps;
  /** What was announced when the source was last read. */
  #announced: string | undefined;
  /** Announced, but not there yet: this machine's copy is behind. */
  #awaited: readonly string[] = [];
  /** Named by something since the last look. */
  readonly #asked = new Set<string>();
  /** Named by something, and nowhere to be found. */
  readonly #nowhere = new Set<string>();
  #looksSinceLoad = LOOKS_BETWEEN_LOADS;
  #isFailing = false;

  constructor(deps: FollowDeps) {
    this.#deps = deps;
    deps.keyring.whenKeyIsMissing((id) => this.#ask(id));
  }

  /** To be called about once a second. */
  async look(): Promise<void> {
    // Asked first: a key that is announced after this is not among those that count as nowhere to be found.
    const asked = [...this.#asked];
    this.#asked.clear();
    const announced = await loadAnnounced(this.#deps.db);
    this.#looksSinceLoad += 1;
    const isTroubled = this.#isFailing || this.#awaited.length > 0;
    const isDue = this.#looksSinceLoad >= (isTroubled ? LOOKS_BETWEEN_TRIES : LOOKS_BETWEEN_LOADS);
    if (announced === this.#announced && asked.length === 0 && !isDue) return;
    this.#looksSinceLoad = 0;
    if (announced !== this.#announced) this.#nowhere.clear();
    if (await this.#load()) this.#compare(announced, asked);
  }

  async #load(): Promise<boolean> {
    const { source, log } = this.#deps;
    try {
      this.#adopt(await source.load());
      this.#isFailing = false;
      return true;
    } catch (error) {
      // What is known already goes on working; the next start would not.
      if (!this.#isFailing) log.error('keyring.unreadable', { reason: wordsFor(error), err: error });
      this.#isFailing = true;
      return false;
    }
  }

  #compare(announced: string | undefined, asked: readonly string[]): void {
    const { keyring, log } = this.#deps;
    const held = new Set(keyring.keyIds());
    const awaited = announced === undefined ? [] : announcedIds(announced).filter((id) => !held.has(id));
    for (const keyId of awaited) if (!this.#awaited.includes(keyId)) log.error('keyring.behind', { keyId });
    for (const id of asked) if (!held.has(id) && !awaited.includes(id)) this.#nowhere.add(id);
    this.#awaited = awaited;
    this.#announced = announced;
  }

  #adopt(newer: Keyring): void {
    const { keyring, log } = this.#deps;
    const before = keyring.currentKeyId;
    keyring.adopt(newer);
    if (keyring.currentKeyId !== before) log.info('keyring.changed', { keyId: keyring.currentKeyId });
  }

  // Another machine may have the key already, and seal with it: until the source was asked, that is weather.
  #ask(id: string): void {
    this.#loadChanged();
    if (this.#deps.keyring.keyIds().includes(id) || this.#nowhere.has(id)) return;
    this.#asked.add(id);
    throw new AppError('server/busy', sentence('problem.busy-means'), {
      detail: 'a key is named that has not come here yet',
    });
  }

  #loadChanged(): void {
    try {
      const changed = this.#deps.source.loadChanged?.();
      if (changed !== undefined) this.#adopt(changed);
    } catch {
      // The next look says what is wrong with it.
    }
  }
}

function wordsFor(error: unknown): string | undefined {
  return error instanceof KeyringFault || error instanceof KeyringMissing ? error.message : undefined;
}

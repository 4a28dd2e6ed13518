// Owns looking up a mail's header lines by their names. Pure.

import { AppError } from '../../core/errors.ts';
import type { HeaderLine } from '../asks.ts';

export class HeaderBook {
  readonly #values = new Map<string, string[]>();

  constructor(lines: readonly HeaderLine[]) {
    for (const { name, value } of lines) {
      const values = this.#values.get(name);
      if (values === undefined) this.#values.set(name, [value]);
      else values.push(value);
    }
  }

  /** All values under this name, which is in lower case. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** The names that begin so. */
  namesWith(prefix: string): string[] {
    return [...this.#values.keys()].filter((name) => name.startsWith(prefix));
  }

  /**
   * The one value under this name. Throws policy/unknown-value when it stands there more than once: which of them another
   * program would read, nobody knows.
   */
  one(name: string, where: string): string | undefined {
    const [value, ...others] = this.all(name);
    if (others.length > 0) throw new AppError('policy/unknown-value', `${where} stands in the mail more than once.`);
    return value?.trim();
  }
}

// Owns remembering what a pure function made of its argument, where asking Intl each time would cost more than all else
// on a page. Bounded: what is full begins anew.

export class Remembered<Result> {
  readonly #most: number;
  readonly #make: (argument: string) => Result;
  readonly #made = new Map<string, Result>();

  constructor(most: number, make: (argument: string) => Result) {
    this.#most = most;
    this.#make = make;
  }

  of(argument: string): Result {
    const known = this.#made.get(argument);
    if (known !== undefined) return known;
    const made = this.#make(argument);
    if (this.#made.size >= this.#most) this.#made.clear();
    this.#made.set(argument, made);
    return made;
  }
}

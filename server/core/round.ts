// Owns work that a running server does again and again.

/** Work that is done again and again, but never twice at once. */
export class Round {
  readonly #work: () => Promise<void>;
  #isUnderWay = false;
  #isFailing = false;
  ended: Promise<void> = Promise.resolve();

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** `failed` hears of the first failure in a row: on a full disk, say, there is one each second. */
  begin(failed: (error: unknown) => void): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.ended = this.#work()
      .then(
        () => {
          this.#isFailing = false;
        },
        (error: unknown) => {
          if (!this.#isFailing) failed(error);
          this.#isFailing = true;
        },
      )
      .finally(() => {
        this.#isUnderWay = false;
      });
  }
}

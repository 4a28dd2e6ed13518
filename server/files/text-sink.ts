// Owns gathering a text piece by piece up to a length, and no further.

export class TextSink {
  readonly #charactersMax: number;
  readonly #pieces: string[] = [];
  #characters = 0;
  #isCut = false;

  constructor(charactersMax: number) {
    this.#charactersMax = charactersMax;
  }

  /** There was more than fits. */
  get isCut(): boolean {
    return this.#isCut;
  }

  get characters(): number {
    return this.#characters;
  }

  write(text: string): void {
    const room = this.#charactersMax - this.#characters;
    if (text.length > room) this.#isCut = true;
    const piece = text.length > room ? text.slice(0, room) : text;
    if (piece === '') return;
    this.#pieces.push(piece);
    this.#characters += piece.length;
  }

  text(): string {
    return this.#pieces.join('');
  }
}

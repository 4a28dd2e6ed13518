// Owns reading base64 that arrives in pieces, and nothing that is not exactly base64: no other alphabet, no line
// ends, no missing padding.
// RFC 4648 section 4.

const WHOLE = /^[A-Za-z0-9+/]*={0,2}$/;

export class Base64Decoder {
  #rest = '';
  #padded = false;

  /** The bytes that `text` completes; undefined when it cannot be base64. */
  take(text: string): Buffer | undefined {
    const all = this.#rest + text;
    const whole = all.slice(0, all.length - (all.length % 4));
    this.#rest = all.slice(whole.length);
    if (this.#padded && all !== '') return undefined;
    this.#padded = whole.endsWith('=');
    return WHOLE.test(whole) ? Buffer.from(whole, 'base64') : undefined;
  }

  /** Whether it may end here. */
  get isWhole(): boolean {
    return this.#rest === '';
  }
}

// Owns knowing, element by element, what of a mail's HTML is quoted from an earlier mail. The outermost of each is what a
// reader sees folded.

export class QuotedParts {
  /** Whether the element that was just opened begins a quoted part. */
  isStart = false;
  count = 0;
  readonly #isOn: boolean;
  #depth = 0;
  /** How deep the quoted part lies that we are in. */
  #since: number | undefined;
  /** How deep the head lies that Outlook sets before what it quotes: what follows beside it is the quote. */
  #headAt: number | undefined;

  constructor(isOn: boolean) {
    this.#isOn = isOn;
  }

  get isInside(): boolean {
    return this.#since !== undefined;
  }

  open(tag: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth += 1;
    this.isStart = this.#isOn && this.#since === undefined && this.#isQuoted(tag, attributes);
    if (!this.isStart) return;
    this.#since = this.#depth;
    this.count += 1;
  }

  close(): void {
    if (this.#since === this.#depth) this.#since = undefined;
    if (this.#headAt !== undefined && this.#depth < this.#headAt) this.#headAt = undefined;
    this.#depth -= 1;
    this.isStart = false;
  }

  #isQuoted(tag: string, { class: classes = '', id = '' }: Readonly<Record<string, string>>): boolean {
    if (tag === 'blockquote') return true;
    if (tag !== 'div') return false;
    if (QUOTED_ID.test(id) || classes.split(/\s+/).some((name) => QUOTED_CLASS.test(name))) return true;
    if (HEAD_ID.test(id)) {
      this.#headAt = this.#depth;
      return false;
    }
    return this.#headAt === this.#depth;
  }
}

// As Gmail, Yahoo, Proton, Zoho and Outlook for the web and the phone name them; Outlook puts "x_" before each at every reply.
const QUOTED_CLASS = /^(?:x_)*(?:gmail_quote|yahoo_quoted|protonmail_quote|zmail_extra)$/;
const QUOTED_ID = /^(?:x_)*(?:mail-editor-reference-message-container|reply-intro)$/;
const HEAD_ID = /^(?:x_)*divRplyFwdMsg$/;

// Owns the reading of an address header (From, To, Cc) into names and addresses. One pass, no back-tracking.
// It does not judge the addresses; core/address.ts does.

import { decodeWords } from './encoded-words.ts';

export interface ListedAddress {
  /** Decoded; '' when there is none. */
  readonly name: string;
  /** As written, not checked. */
  readonly address: string;
}

export interface AddressList {
  readonly entries: readonly ListedAddress[];
  /**
   * False when anything but `address` and `Name <address>` stood there: groups (they are flattened), empty
   * places, open quotes, two addresses in one place. The author of a mail must be plain.
   */
  readonly plain: boolean;
}

/** RFC 5322 section 3.4, with the obsolete forms that are still seen. Never throws. */
export function parseAddressList(text: string): AddressList {
  const reader = new AddressReader();
  for (let at = 0; at < text.length;) at = reader.read(text, at);
  return reader.finish();
}

/** A backslash takes the next character as it is (RFC 5322 section 3.2.1). */
function readDelimited(text: string, at: number, closing: string): { content: string; next: number; closed: boolean } {
  let content = '';
  for (let i = at + 1; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === closing) return { content, next: i + 1, closed: true };
    if (character === '\\' && closing !== '>') content += text.charAt(++i);
    else content += character;
  }
  return { content, next: text.length, closed: false };
}

/** Comments nest (RFC 5322 section 3.2.2). */
function readComment(text: string, at: number): { content: string; next: number; closed: boolean } {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '\\') i++;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return { content: text.slice(at + 1, i), next: i + 1, closed: true };
  }
  return { content: text.slice(at + 1), next: text.length, closed: false };
}

class AddressReader {
  readonly #entries: ListedAddress[] = [];
  #plain = true;
  #started = false;
  #phrase = ''; // as shown, quotes taken off
  #bare = ''; // as written, quotes and all
  #unquoted = ''; // of that, what stood outside quotes
  #comment = '';
  #angle: string | undefined;

  /** Reads one token and says where the next begins. */
  read(text: string, at: number): number {
    const character = text.charAt(at);
    switch (character) {
      case '"': {
        const quoted = readDelimited(text, at, '"');
        this.#check(quoted.closed && this.#angle === undefined);
        this.#phrase += quoted.content;
        this.#bare += text.slice(at, quoted.next);
        return quoted.next;
      }
      case '(': {
        const comment = readComment(text, at);
        this.#check(comment.closed);
        this.#comment = comment.content;
        return comment.next;
      }
      case '<': {
        const angle = readDelimited(text, at, '>');
        this.#check(angle.closed && this.#angle === undefined);
        this.#angle ??= angle.content.trim();
        return angle.next;
      }
      case ',':
        this.#endEntry(true);
        return at + 1;
      case ';':
        this.#plain = false;
        this.#endEntry(false);
        return at + 1;
      case ':':
        // A group's name goes before its colon (section 3.4); its members are read as if it were not there.
        this.#plain = false;
        this.#clear();
        return at + 1;
      default: {
        let next = at + 1;
        while (next < text.length && !SPECIAL.includes(text.charAt(next))) next++;
        const word = text.slice(at, next);
        if (word.trim() !== '') this.#check(this.#angle === undefined);
        this.#phrase += word;
        this.#bare += word;
        this.#unquoted += word;
        return next;
      }
    }
  }

  finish(): AddressList {
    this.#endEntry(this.#started);
    return { entries: this.#entries, plain: this.#plain };
  }

  #endEntry(expected: boolean): void {
    const bare = this.#bare.trim();
    const phrase = this.#phrase.trim();
    if (this.#angle !== undefined) {
      // An address as the name is common, but only when it is the same one: else two readers see two authors.
      if (this.#unquoted.includes('@')) this.#check(bare.toLowerCase() === this.#angle.toLowerCase());
      this.#entries.push({ name: decodeWords(phrase || this.#comment), address: this.#angle });
    } else if (bare !== '') {
      this.#entries.push({ name: decodeWords(this.#comment), address: bare });
    } else if (expected) {
      this.#plain = false;
    }
    this.#clear();
    this.#started = expected;
  }

  #clear(): void {
    this.#phrase = '';
    this.#bare = '';
    this.#unquoted = '';
    this.#comment = '';
    this.#angle = undefined;
  }

  #check(fine: boolean): void {
    if (!fine) this.#plain = false;
  }
}

const SPECIAL = '"(<,;:';

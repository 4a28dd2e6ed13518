// Owns reading XML mark by mark. The only wrapper of saxes: it is strict, it streams, and it expands no entity but the
// five of XML itself and numbered characters. A document type is refused, so that nothing can swell or be fetched.

import { SaxesParser } from 'saxes';
import { streamDecoder, xmlCharset } from './charsets.ts';
import { FileFault } from './file-fault.ts';

/** Gets names without their prefixes: which one stands for what is each document's own choice. */
export interface XmlTarget {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  text(text: string): void;
}

export class XmlReader {
  readonly #parser = new SaxesParser({ xmlns: false, position: false });
  #decode: ((piece?: Uint8Array) => string) | undefined;

  constructor(target: XmlTarget) {
    this.#parser.on('doctype', () => {
      throw new FileFault('broken');
    });
    this.#parser.on('opentag', ({ name, attributes }) => target.open(localName(name), attributes));
    this.#parser.on('closetag', ({ name }) => target.close(localName(name)));
    this.#parser.on('text', (text) => target.text(text));
    this.#parser.on('cdata', (text) => target.text(text));
  }

  /** The first piece must hold the whole XML declaration. Throws FileFault. */
  write(piece: Uint8Array): void {
    this.#decode ??= streamDecoder(xmlCharset(piece));
    this.#parse(this.#decode(piece));
  }

  /** Throws FileFault when something is left open. */
  end(): void {
    this.#parse(this.#decode?.() ?? '');
    try {
      this.#parser.close();
    } catch (error) {
      throw asFault(error);
    }
  }

  #parse(text: string): void {
    try {
      this.#parser.write(text);
    } catch (error) {
      throw asFault(error);
    }
  }
}

/** The value of an attribute, whatever its prefix. */
export function attributeOf(attributes: Readonly<Record<string, string>>, name: string): string | undefined {
  const plain = attributes[name];
  if (plain !== undefined) return plain;
  const key = Object.keys(attributes).find((one) => localName(one) === name);
  return key === undefined ? undefined : attributes[key];
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

// Its message quotes the document.
function asFault(error: unknown): FileFault {
  return error instanceof FileFault ? error : new FileFault('broken');
}

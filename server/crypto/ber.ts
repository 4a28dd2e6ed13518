// Owns reading and writing the few shapes of ASN.1 (X.690) that CMS and certificates are made of. What is read may be hostile:
// depth and number of elements are bounded before anything else looks at the bytes. It knows no object identifier's meaning.

/** One element. `tag` is its first byte, with class and constructed bit. */
export interface BerNode {
  readonly tag: number;
  /** The whole element, as it was sent. */
  readonly bytes: Buffer;
  /** Without tag and length, and without the end marker of an indefinite length. */
  readonly content: Buffer;
  /** Of a constructed element, in order. */
  readonly children: readonly BerNode[];
}

/** Bytes that are not what they should be. It says which rule was broken and nothing of the bytes. */
export class BerFault extends Error {}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
} as const;

const DEPTH_MAX = 40;
const ELEMENTS_MAX = 300_000;
const CONSTRUCTED = 0x20;

/** The one element that the bytes are. @throws {BerFault} also when something follows it. */
export function parseBer(bytes: Buffer): BerNode {
  const reader = { bytes, left: ELEMENTS_MAX };
  const { node, end } = readNode(reader, 0, bytes.length, 0);
  if (end !== bytes.length) throw new BerFault('something follows');
  return node;
}

interface Reader {
  readonly bytes: Buffer;
  left: number;
}

function readNode(reader: Reader, start: number, limit: number, depth: number): { node: BerNode; end: number } {
  if (depth > DEPTH_MAX || --reader.left < 0) throw new BerFault('too deep or too many elements');
  const { bytes } = reader;
  const tag = byteAt(bytes, start, limit);
  if ((tag & 0x1f) === 0x1f) throw new BerFault('a tag of several bytes');
  const isConstructed = (tag & CONSTRUCTED) !== 0;
  const first = byteAt(bytes, start + 1, limit);
  if (first === 0x80) {
    if (!isConstructed) throw new BerFault('a value without a length');
    return readIndefinite(reader, start, limit, depth, tag);
  }
  let at = start + 2;
  let length = first;
  if (first > 0x80) {
    const count = first & 0x7f;
    if (count > 5) throw new BerFault('a length too long');
    length = 0;
    for (let n = 0; n < count; n++) length = length * 256 + byteAt(bytes, at++, limit);
  }
  const end = at + length;
  if (end > limit) throw new BerFault('it ends too early');
  const children: BerNode[] = [];
  for (let next = at; isConstructed && next < end;) {
    const child = readNode(reader, next, end, depth + 1);
    children.push(child.node);
    next = child.end;
  }
  return { node: { tag, bytes: bytes.subarray(start, end), content: bytes.subarray(at, end), children }, end };
}

function readIndefinite(
  reader: Reader,
  start: number,
  limit: number,
  depth: number,
  tag: number,
): { node: BerNode; end: number } {
  const { bytes } = reader;
  const children: BerNode[] = [];
  let at = start + 2;
  for (;;) {
    if (byteAt(bytes, at, limit) === 0 && byteAt(bytes, at + 1, limit) === 0) break;
    const child = readNode(reader, at, limit, depth + 1);
    children.push(child.node);
    at = child.end;
  }
  const end = at + 2;
  return { node: { tag, bytes: bytes.subarray(start, end), content: bytes.subarray(start + 2, at), children }, end };
}

function byteAt(bytes: Buffer, at: number, limit: number): number {
  const byte = at < limit ? bytes[at] : undefined;
  if (byte === undefined) throw new BerFault('it ends too early');
  return byte;
}

/** The child at this place. @throws {BerFault} when there is none, or it has another tag. */
export function childOf(node: BerNode, n: number, tag?: number): BerNode {
  const child = node.children[n];
  if (child === undefined || (tag !== undefined && child.tag !== tag)) throw new BerFault('an element is missing');
  return child;
}

/** The bytes of an OCTET STRING, whole or in pieces, under whatever tag stands for it. */
export function octetsOf(node: BerNode): Buffer {
  return (node.tag & CONSTRUCTED) === 0 ? node.content : Buffer.concat(node.children.map(octetsOf));
}

/** An OBJECT IDENTIFIER in its dotted form. @throws {BerFault} */
export function oidOf(node: BerNode): string {
  const { content } = node;
  const last = content.at(-1);
  if (node.tag !== tags.oid || last === undefined || last > 0x7f) throw new BerFault('not an object identifier');
  const arcs: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) throw new BerFault('an object identifier too long');
    if (byte > 0x7f) continue;
    arcs.push(...(arcs.length > 0 ? [value] : value < 80 ? [Math.floor(value / 40), value % 40] : [2, value - 80]));
    value = 0;
  }
  return arcs.join('.');
}

/** One element as DER. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, { length: more }) => sum + more, 0);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 | digits.length, ...digits];
  return Buffer.concat([Buffer.from(head), ...contents]);
}

export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(128 | (left % 128));
    return digits;
  });
  return der(tags.oid, Buffer.from(bytes));
}

/** A small non-negative INTEGER. */
export function derInteger(value: number): Buffer {
  return der(tags.integer, Buffer.from([value]));
}

/** The same elements as a SET OF, in DER's order. */
export function derSet(...elements: readonly Buffer[]): Buffer {
  return der(tags.set, ...elements.toSorted(Buffer.compare));
}

// Owns the edges of the word machine: from a state, by a letter, to the next state. They lie in one open-addressed table,
// so that ten thousand words take a few megabytes. It never follows a text.

export interface Edges {
  /** The state behind this edge, which is made when there is none. */
  readonly add: (state: number, symbol: number) => number;
  /** The state behind this edge, or -1. */
  readonly follow: (state: number, symbol: number) => number;
  readonly children: (state: number) => readonly { readonly symbol: number; readonly state: number }[];
  readonly states: () => number;
}

/** The state in which nothing is begun. */
export const ROOT = 0;
export const NONE = -1;
const SYMBOLS = 0x1_0000;
const FIELDS = 3;
const FULL = 0.5;

/** A table with the first state alone. */
export function edgeTable(): Edges {
  // The first state is left by almost every letter of a text: it has a table of its own.
  const fromRoot = new Int32Array(SYMBOLS).fill(NONE);
  const children: { symbol: number; state: number }[][] = [[]];
  let capacity = 1_024;
  let slots = new Int32Array(capacity * FIELDS).fill(NONE);
  let used = 0;

  function slotOf(state: number, symbol: number): number {
    let slot = (Math.imul(state, 0x9e37_79b1) ^ Math.imul(symbol, 0x85eb_ca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & (capacity - 1);
    while (slots[slot * FIELDS] !== NONE && (slots[slot * FIELDS] !== state || slots[slot * FIELDS + 1] !== symbol)) {
      slot = (slot + 1) & (capacity - 1);
    }
    return slot * FIELDS;
  }

  function put(state: number, symbol: number, to: number): void {
    const slot = slotOf(state, symbol);
    slots[slot] = state;
    slots[slot + 1] = symbol;
    slots[slot + 2] = to;
  }

  function grow(): void {
    const old = slots;
    capacity *= 2;
    slots = new Int32Array(capacity * FIELDS).fill(NONE);
    for (let slot = 0; slot < old.length; slot += FIELDS) {
      const [state = NONE, symbol = NONE, to = NONE] = old.subarray(slot, slot + FIELDS);
      if (state !== NONE) put(state, symbol, to);
    }
  }

  function follow(state: number, symbol: number): number {
    if (state === ROOT) return fromRoot[symbol] ?? NONE;
    const slot = slotOf(state, symbol);
    return slots[slot + 2] ?? NONE;
  }

  function add(state: number, symbol: number): number {
    const known = follow(state, symbol);
    if (known !== NONE) return known;
    const made = children.length;
    children.push([]);
    children[state]?.push({ symbol, state: made });
    if (state === ROOT) fromRoot[symbol] = made;
    else {
      used += 1;
      if (used > capacity * FULL) grow();
      put(state, symbol, made);
    }
    return made;
  }

  return {
    add,
    follow,
    children: (state) => children[state] ?? [],
    states: () => children.length,
  };
}

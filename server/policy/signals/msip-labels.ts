// Owns reading the header `msip_labels`, in which Office says which sensitivity labels a mail bears. It says what stands
// there; whether a label counts is decided in labels.ts. Pure.

export interface MsipLabel {
  /** Lower case. */
  readonly guid: string;
  readonly enabled: boolean;
  /** Entra tenant, lower case. */
  readonly siteId: string | undefined;
  /** ISO 8601 with seven digits of a second, so that it sorts as time does; '' when it cannot be read. */
  readonly setDate: string;
  /** What it was called when it was set: to be shown, never to go by. */
  readonly name: string | undefined;
  /** Bits; undefined when it does not say, NaN when it cannot be read. */
  readonly contentBits: number | undefined;
}

/** Each label once, in the order of the header. Pairs that are none of a label's are passed over. */
export function parseMsipLabels(value: string): MsipLabel[] {
  const labels = new Map<string, Map<string, string>>();
  for (const part of value.split(';')) {
    const [, guid = '', attribute = '', text = ''] = PAIR.exec(part.trim()) ?? [];
    if (guid === '') continue;
    const key = guid.toLowerCase();
    const attributes = labels.get(key) ?? new Map<string, string>();
    labels.set(key, attributes);
    const name = attribute.toLowerCase();
    // Said twice and not alike: no reader may pick the one that suits it.
    attributes.set(name, attributes.has(name) && attributes.get(name) !== text ? DOUBTFUL : text);
  }
  return [...labels].map(([guid, attributes]) => ({
    guid,
    enabled: attributes.get('enabled')?.toLowerCase() === 'true',
    siteId: attributes.get('siteid')?.toLowerCase(),
    setDate: sortable(attributes.get('setdate') ?? ''),
    name: attributes.get('name'),
    contentBits: bits(attributes.get('contentbits')),
  }));
}

// Values may hold blanks, commas and equals signs. A folded line has become one with its blank left in.
const PAIR = /^MSIP_Label_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_([^=\s]+)\s*=\s*(.*)$/is;
const DOUBTFUL = '?';
const SET_DATE = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,7}))?Z$/i;

function sortable(text: string): string {
  const [, seconds, fraction = ''] = SET_DATE.exec(text) ?? [];
  return seconds === undefined ? '' : `${seconds.toUpperCase()}.${fraction.padEnd(7, '0')}Z`;
}

function bits(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,9}$/.test(text) ? Number(text) : NaN;
}

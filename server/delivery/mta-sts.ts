// Owns reading what a domain says of its own mail servers by MTA-STS (RFC 8461). Pure and strict: what is not plainly a policy
// is none.

import { isDomain } from '../core/address.ts';

export interface StsPolicy {
  readonly mode: 'enforce' | 'testing' | 'none';
  readonly maxAgeSeconds: number;
  /** `mx.example.net`, or `*.example.net`. */
  readonly mx: readonly string[];
}

export const STS_POLICY_BYTES_MAX = 64 * 1024;
/** RFC 8461 section 3.2. */
export const MAX_AGE_SECONDS_MAX = 31_557_600;
const MX_MAX = 100;

/** The id that the TXT records at `_mta-sts` announce; undefined when there is none, or more than one says so. */
export function stsIdOf(records: readonly string[]): string | undefined {
  // RFC 8461 section 3.1.
  const announced = records.filter((text) => /^v=STSv1[ \t]*;/.test(text));
  const [only] = announced;
  if (only === undefined || announced.length > 1) return undefined;
  const fields = only.split(';').map((field) => field.trim());
  return fields.flatMap((field) => /^id=([A-Za-z0-9]{1,32})$/.exec(field)?.[1] ?? [])[0];
}

/** RFC 8461 section 3.2; undefined for what is no policy. */
export function parseStsPolicy(text: string): StsPolicy | undefined {
  const fields = text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => /^([A-Za-z0-9_][A-Za-z0-9_.-]{0,31})[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line));
  if (fields.includes(null)) return undefined;
  const all = (name: string): string[] => fields.flatMap((field) => (field?.[1] === name ? (field[2] ?? '') : []));
  const [version] = all('version');
  const [mode] = all('mode');
  const [age = ''] = all('max_age');
  if (version !== 'STSv1' || !isMode(mode) || !/^\d{1,10}$/.test(age)) return undefined;
  const mx = all('mx').map((pattern) => pattern.toLowerCase());
  if (mx.length > MX_MAX || !mx.every(isMxPattern) || (mx.length === 0 && mode !== 'none')) return undefined;
  return { mode, maxAgeSeconds: Math.min(Number(age), MAX_AGE_SECONDS_MAX), mx };
}

/** RFC 8461 section 4.1: a wildcard stands for exactly one label. */
export function matchesMx({ mx }: Pick<StsPolicy, 'mx'>, host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  const dot = name.indexOf('.');
  return mx.some((pattern) =>
    pattern.startsWith('*.') ? dot > 0 && name.slice(dot) === pattern.slice(1) : name === pattern,
  );
}

function isMode(text: string | undefined): text is StsPolicy['mode'] {
  return text === 'enforce' || text === 'testing' || text === 'none';
}

export function isMxPattern(pattern: string): boolean {
  return isDomain(pattern.startsWith('*.') ? pattern.slice(2) : pattern);
}

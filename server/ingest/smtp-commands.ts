// Owns the strict reading of MAIL and RCPT: path, parameters, sizes. Pure functions over one command line; it
// must never decide who may send, only whether the words mean anything.

import { type Address, parseAddress } from '../core/address.ts';
import { answers, type SmtpAnswer } from './smtp-answers.ts';

/** What stood in a MAIL or RCPT command. The path is raw text, not yet an address. */
export interface PathCommand {
  readonly path: string;
  /** Keyword in upper case → value, or true when there was no `=`. */
  readonly parameters: ReadonlyMap<string, string | true>;
  /** A keyword that was given twice. */
  readonly duplicate: string | undefined;
}

/**
 * Reads `MAIL FROM:<path> parameters` or `RCPT TO:<path> parameters`; undefined when it is neither. One blank
 * after the colon is let pass, since many programs send it.
 *
 * RFC 5321 sections 4.1.1.2 and 4.1.1.3.
 */
export function parsePathCommand(name: 'MAIL FROM' | 'RCPT TO', line: string): PathCommand | undefined {
  const match = /^([A-Z]{4} [A-Z]{2,4}): ?<([^<>\s]*)>((?: +[^ ]+)*) *$/i.exec(line);
  if (match?.[1]?.toUpperCase() !== name) return undefined;
  const parameters = new Map<string, string | true>();
  let duplicate: string | undefined;
  for (const word of (match[3] ?? '').split(' ')) {
    if (word === '') continue;
    // RFC 5321 section 4.1.2: esmtp-param.
    const parameter = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([\x21-\x3c\x3e-\x7e]+))?$/.exec(word);
    const keyword = parameter?.[1]?.toUpperCase();
    if (keyword === undefined) return undefined;
    if (parameters.has(keyword)) duplicate = keyword;
    parameters.set(keyword, parameter?.[2] ?? true);
  }
  return { path: match[2] ?? '', parameters, duplicate };
}

/** The refusal that the parameters of MAIL earn, or undefined. Sizes are bytes. */
export function refuseMailParameters(
  parameters: ReadonlyMap<string, string | true>,
  offered: { readonly bytesMax: number; readonly signIn: boolean },
): SmtpAnswer | undefined {
  for (const [keyword, value] of parameters) {
    const refusal = refuseMailParameter(keyword, value, offered);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refuseMailParameter(
  keyword: string,
  value: string | true,
  offered: { readonly bytesMax: number; readonly signIn: boolean },
): SmtpAnswer | undefined {
  if (keyword === 'SIZE') {
    // RFC 1870 section 4: 1*20DIGIT. Twenty digits overflow no comparison: a double keeps their order.
    if (value === true || !/^\d{1,20}$/.test(value)) return answers.badParameter;
    return Number(value) > offered.bytesMax ? answers.tooLarge : undefined;
  }
  if (keyword === 'BODY') {
    // RFC 6152 section 2. BINARYMIME needs BDAT, which is not offered.
    return value === true || !/^(?:7BIT|8BITMIME)$/i.test(value) ? answers.badParameter : undefined;
  }
  if (keyword === 'AUTH' && offered.signIn) {
    // RFC 4954 section 5: to be taken by whoever offers AUTH, and free to be ignored.
    return value === true ? answers.badParameter : undefined;
  }
  return answers.unknownParameter;
}

/** The address of a path, or the answer that refuses it. `refusal` is the answer to one that is ASCII but malformed. */
export function readPath(path: string, refusal: SmtpAnswer): { address: Address } | { refusal: SmtpAnswer } {
  const address = parseAddress(path);
  if (address !== undefined) return { address };
  return { refusal: /[^\x00-\x7f]/.test(path) ? answers.asciiOnly : refusal };
}

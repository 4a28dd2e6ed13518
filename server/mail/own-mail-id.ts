// Owns the Message-IDs made here. Pure; RFC 5322 section 3.6.4.

import { isId } from '../core/ids.ts';

/** `<ID@HOST>`, with `suffix` telling several mails about one thing apart. */
export function ownMailId(id: string, host: string, suffix = ''): string {
  return `<${id}${suffix === '' ? '' : `.${suffix}`}@${host}>`;
}

/** The id in a Message-ID that was made here, or in one that looks like it; undefined when it is none. */
export function parseOwnMailId(mailId: string, host: string): string | undefined {
  const [, id, at] = /^<([0-9a-z]{26})(?:\.[0-9a-z-]+)?@(.+)>$/i.exec(mailId) ?? [];
  // Servers that change upper and lower case are no reason to lose an answer.
  const lower = id?.toLowerCase();
  return lower !== undefined && at?.toLowerCase() === host.toLowerCase() && isId(lower) ? lower : undefined;
}

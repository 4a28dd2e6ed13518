// Owns the Message-IDs made here. Pure; RFC 5322 section 3.6.4.

/** `<ID@HOST>`, with `suffix` telling several mails about one thing apart. */
export function ownMailId(id: string, host: string, suffix = ''): string {
  return `<${id}${suffix === '' ? '' : `.${suffix}`}@${host}>`;
}

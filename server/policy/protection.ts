// Owns the protections that exist and the rights each grants. Pure. A message keeps the rights it was taken
// in with.

/** What a recipient may do beyond reading. */
export type Right = 'reply' | 'reply-all' | 'forward' | 'print' | 'copy' | 'download';

export interface Protection {
  readonly name: string;
  readonly rights: readonly Right[];
}

export const encryptOnly: Protection = {
  name: 'encrypt-only',
  rights: ['reply', 'reply-all', 'forward', 'print', 'copy', 'download'],
};

export const doNotForward: Protection = {
  name: 'do-not-forward',
  rights: ['reply', 'reply-all'],
};

const byName = new Map([encryptOnly, doNotForward].map((protection) => [protection.name, protection]));

/** The protection of that name, in any case of letters; undefined when there is none. */
export function loadProtection(name: string): Protection | undefined {
  return byName.get(name.trim().toLowerCase());
}

/** The one that grants fewer rights; of two that grant as many, the first. */
export function stricter(a: Protection, b: Protection): Protection {
  return b.rights.length < a.rights.length ? b : a;
}

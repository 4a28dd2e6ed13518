// Owns the protections that are built in and the rights each grants. Pure. A message keeps the rights it was taken
// in with.

/** What a recipient may do beyond reading, in the order in which rights are listed. */
export const rightsInOrder = ['reply', 'reply-all', 'forward', 'print', 'copy', 'download'] as const;
export type Right = (typeof rightsInOrder)[number];

export interface Protection {
  readonly name: string;
  readonly rights: readonly Right[];
}

export const encryptOnly: Protection = { name: 'encrypt-only', rights: rightsInOrder };

export const doNotForward: Protection = {
  name: 'do-not-forward',
  rights: ['reply', 'reply-all'],
};

export const builtIn = [encryptOnly, doNotForward];

/** What can be asked for by name, wherever Sealpost runs. */
export const builtInNames: readonly string[] = builtIn.map(({ name }) => name);

/** Rights that headers of other programs put together one by one; nobody can ask for it by name. */
export const LIMITED = 'limited';

/** No template of an administrator may be called so. */
export const reservedNames: readonly string[] = [...builtInNames, LIMITED];

/** What a column of rights says; words that mean nothing here grant nothing. */
export function parseRights(words: readonly string[]): Right[] {
  return rightsInOrder.filter((right) => words.includes(right));
}

/** The one that grants fewer rights; of two that grant as many, the first. */
export function stricter(a: Protection, b: Protection): Protection {
  return b.rights.length < a.rights.length ? b : a;
}

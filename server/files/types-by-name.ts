// Owns which media types the end of a file's name stands for, as IANA, Apache and nginx say. The only wrapper of mime-db,
// which keeps that list. Pure.

import db from 'mime-db';

/** Without the dot, in lower case: `exe` of `a.EXE. `; '' where there is none. */
export function extensionOf(filename: string): string {
  // Windows drops dots and blanks at the end, and takes what looks like a Latin letter for what it is.
  const name = filename.normalize('NFKC').replace(/[. ]{1,255}$/, '');
  const at = name.lastIndexOf('.');
  return at === -1 ? '' : name.slice(at + 1).toLowerCase();
}

/** All of them, since an end may stand for several; none of an end that nobody knows. */
export function typesOfExtension(extension: string): readonly string[] {
  return known().get(extension) ?? [];
}

let made: ReadonlyMap<string, readonly string[]> | undefined;

function known(): ReadonlyMap<string, readonly string[]> {
  made ??= byExtension();
  return made;
}

function byExtension(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [type, { extensions = [] }] of Object.entries(db)) {
    for (const extension of extensions) found.set(extension, [...(found.get(extension) ?? []), type]);
  }
  return found;
}

// Owns the tags in a subject that ask for protection, and taking them off. Pure.

import type { Wish } from './ask.ts';
import { doNotForward, encryptOnly } from './protection.ts';
import type { Protection } from './protection.ts';

const tags: readonly { readonly tag: string; readonly protection: Protection }[] = [
  { tag: '[encrypt]', protection: encryptOnly },
  { tag: '[secure]', protection: encryptOnly },
  { tag: '[dnf]', protection: doNotForward },
];

/** The wishes of the subject's tags, wherever they stand, and the subject without them. */
export function subjectTags(subject: string): { wishes: Wish[]; subject: string } {
  const wishes: Wish[] = [];
  let rest = subject;
  for (const { tag, protection } of tags) {
    const parts = splitInsensitive(rest, tag);
    if (parts.length === 1) continue;
    wishes.push({ source: 'subject', words: `subject tag ${tag}`, protection });
    rest = parts.join(' ');
  }
  return { wishes, subject: wishes.length === 0 ? subject : rest.replace(/\s+/g, ' ').trim() };
}

function splitInsensitive(text: string, tag: string): string[] {
  const parts: string[] = [];
  const lower = text.toLowerCase();
  let from = 0;
  // Letters whose lower case is longer (İ) shift positions; such a subject is searched as it stands.
  const hay = lower.length === text.length ? lower : text;
  for (let at = hay.indexOf(tag); at !== -1; at = hay.indexOf(tag, from)) {
    parts.push(text.slice(from, at));
    from = at + tag.length;
  }
  parts.push(text.slice(from));
  return parts;
}

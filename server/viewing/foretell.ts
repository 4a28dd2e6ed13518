// Owns saying, before a file was opened, that no view of it can be made. Only what its label leaves no doubt about: all
// else is opened and found out by its bytes. Pure.

import { viewingLimits } from './limits.ts';

const NEVER =
  /^(?:audio|video|font)\/|^application\/(?:zip|gzip|x-(?:tar|gzip|bzip2|xz|7z-compressed|rar-compressed)|vnd\.rar|msword|vnd\.ms-(?:excel|powerpoint|outlook))$/;

export function foretell(part: { contentType: string; size: number }): 'empty' | 'too-large' | 'type' | undefined {
  if (part.size === 0) return 'empty';
  if (part.size > viewingLimits.inputBytesMax) return 'too-large';
  return NEVER.test(part.contentType) ? 'type' : undefined;
}

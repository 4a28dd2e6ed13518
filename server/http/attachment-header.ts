// Owns the Content-Disposition of a download, RFC 6266. The only wrapper of content-disposition.

import { create } from 'content-disposition';

/** Always `attachment`, with the name in both spellings where it needs them. */
export function attachmentHeader(filename: string): string {
  return create(filename, { type: 'attachment' });
}

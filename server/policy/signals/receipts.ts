// Owns the wish of a mail's sender to hear when it is read. Pure.

import type { Wish } from '../asks.ts';
import type { HeaderBook } from './header-book.ts';

/** RFC 8098 section 2.1. To whom it should go stands there too, and is not followed: nobody but the sender is told. */
export function receiptWishes(headers: HeaderBook): Wish[] {
  if (headers.all('disposition-notification-to').length === 0) return [];
  return [{ words: 'Disposition-Notification-To: asks for a read receipt', isNote: true, readReceipt: true }];
}

// Owns having a mail looked through before anything is decided about it: its attachments are sealed by then, and are read
// back, a piece at a time. Where the rules ask nothing about content, nothing is done.

import type { Seen } from '../detect/look.ts';
import { nothingSeen } from '../inspect/inspect.ts';
import type { Inspector } from '../inspect/inspect.ts';
import type { MailTree } from '../mail/mail-tree.ts';
import type { Policy } from '../policy/policy.ts';
import type { Sealing } from '../messages/seal.ts';

/** Throws server/busy; weather passes through. */
export async function inspectMail(
  { inspector }: { readonly inspector: Inspector },
  { looks, readsContent }: Pick<Policy, 'looks' | 'readsContent'>,
  { subject, text, html, parts }: MailTree,
  sealing: Sealing,
): Promise<Seen> {
  if (!readsContent) return nothingSeen;
  // What is staged cannot be read everywhere. It is made durable a little early; a mail that is refused takes it along.
  await sealing.commitBlobs();
  const inspected = parts.map(({ n, filename, contentType, charset, size }) => ({
    n,
    filename,
    contentType,
    charset,
    size,
    read: () => sealing.readPart(n),
  }));
  return inspector.inspect({ subject, text, html, parts: inspected }, looks);
}

// Owns the picture of a message that was written here or by a call, and never was a mail: no header says anything of it.

import type { MailTree } from './mail-tree.ts';

type Written = Pick<MailTree, 'from' | 'to' | 'subject' | 'sentAt' | 'text' | 'html' | 'parts'> &
  Partial<Pick<MailTree, 'cc' | 'inReplyTo'>>;

export function writtenTree({ cc = [], inReplyTo, ...written }: Written): MailTree {
  return { headers: [], cc, mailId: undefined, inReplyTo, references: [], automatic: false, ...written };
}

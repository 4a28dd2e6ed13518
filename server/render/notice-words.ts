// Owns how a notice begins, in its subject and its first line. Pure.

import type { Words } from '../language/words.ts';

export type NoticeKind = 'message' | 'reply' | 'forward' | 'reminder';

export interface NoticePeople {
  readonly sender: string;
  /** Of a forwarded one, else ''. */
  readonly forwarder: string;
}

export function noticeSubject(words: Words, kind: NoticeKind, { sender, forwarder }: NoticePeople): string {
  switch (kind) {
    case 'message':
      return words.say('mail.notice-subject', { sender });
    case 'reply':
      return words.say('mail.notice-subject-reply', { sender });
    case 'forward':
      return words.say('mail.notice-subject-forward', { forwarder });
    case 'reminder':
      return words.say('mail.notice-subject-reminder', { sender });
  }
}

export function noticeLead(words: Words, kind: NoticeKind, { sender, forwarder }: NoticePeople): string {
  switch (kind) {
    case 'message':
      return words.say('mail.notice-lead', { sender });
    case 'reply':
      return words.say('mail.notice-lead-reply', { sender });
    case 'forward':
      return words.say('mail.notice-lead-forward', { forwarder });
    case 'reminder':
      return words.say('mail.notice-lead-reminder', { sender });
  }
}

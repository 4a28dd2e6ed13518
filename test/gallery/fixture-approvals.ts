// Owns the fixed data of the pages about messages that a rule holds.

import { dayAt } from '../../server/language/told.ts';
import { wordsIn } from '../../server/language/words.ts';
import type { ApprovalPage, ApprovalRow } from '../../server/render/page-models/approvals.ts';
import type { SentMessagePage } from '../../server/render/page-models/sent.ts';
import { alice, bob, hostile, hostilePerson, longName, longWord } from './fixture-people.ts';
import { files, message, moment } from './fixture-parts.ts';
import { recipients } from './fixture-rows.ts';

const words = wordsIn('en');
const rule = 'Card numbers need a second pair of eyes';

export const waiting: readonly ApprovalRow[] = [
  { url: '/approvals/1', subject: message.subject, from: alice, rule, since: moment() },
  { url: '/approvals/2', subject: `${longName} ${longWord}`, from: alice, rule: longWord, since: moment('5 days ago') },
  { url: '/approvals/3', subject: hostile, from: hostilePerson, rule: hostile, since: moment('5 days ago') },
];

export const open: ApprovalPage = {
  subject: message.subject,
  from: alice,
  recipients: [bob],
  rule,
  since: moment(),
  reasons: [`rule “${rule}”: holds it for approval`, 'protection encrypt-only by default'],
  runs: [{ text: 'Dear Bob,\n\nplease charge the card 4111 1111 1111 1111.\n\nAlice' }],
  attachments: files(2).map(({ filename, kind, mark, size }, i) => ({
    filename,
    kind,
    mark,
    size,
    viewUrl: `/approvals/1/attachments/${i + 1}?view=1`,
  })),
  listUrl: '/approvals',
  action: '/approvals/1',
};

export const hostileOpen: ApprovalPage = {
  ...open,
  subject: hostile,
  from: hostilePerson,
  recipients: [hostilePerson],
  rule: hostile,
  reasons: [hostile],
  runs: [{ text: hostile }],
};

export const answered: ApprovalPage = {
  ...open,
  from: { name: '', address: '' },
  recipients: [],
  reasons: [],
  runs: [],
  answered: words.tell('approval.is-released', { day: dayAt(moment().iso) }),
};

export const held: Pick<SentMessagePage, 'holds' | 'recipients' | 'readableCount'> = {
  holds: [words.tell('approval.sent-open', { rule, day: dayAt(moment().iso) })],
  recipients: recipients
    .slice(0, 1)
    .map((one) => ({ ...one, stateWords: 'Waits for approval', tone: 'waiting', facts: [], mayResend: false })),
  readableCount: 3,
};

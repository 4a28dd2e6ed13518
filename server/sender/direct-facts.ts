// Owns what a sender is told of a mail that goes to a recipient's own server: whether it went, what vouched for that server, and
// that nobody can take it back.

import type { RecipientsTable } from '../db/tables/messages.ts';
import type { Key } from '../language/catalogue.ts';
import { momentAt, plainly } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import type { DeliveryRecord } from '../messages/message.ts';
import { openDelivery } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import type { StateView } from '../render/page-models/parts.ts';

type Direct = Pick<RecipientsTable, 'road' | 'notified_at' | 'opened_at' | 'replied_at'>;

/** The mail itself lies in the recipient's mailbox. */
export function isDelivered({ road, notified_at }: Direct): boolean {
  return road === 'direct' && notified_at !== null;
}

interface State {
  readonly key: Key;
  readonly tone: StateView['tone'];
}

export const deliveredState: State = { key: 'sending.direct-state', tone: 'good' };

/** Undefined where the state is that of any recipient. */
export function directState(recipient: Direct): State | undefined {
  const isPlain = recipient.opened_at === null && recipient.replied_at === null;
  return isDelivered(recipient) && isPlain ? deliveredState : undefined;
}

export function directFacts(words: Words, message: OpenMessage, recipient: RecipientsTable): Told[] {
  const record = openDelivery(message, recipient);
  if (record === undefined) return recipient.road === 'direct' ? [plainly(words.say('sending.direct-waiting'))] : [];
  if (record.road === 'portal') return [plainly(words.say('sending.direct-portal'))];
  const { at, host, protocol, evidence } = record;
  return [
    words.tell('sending.direct-sent', { time: momentAt(at) }),
    plainly(words.say('sending.direct-proof', { host, protocol, evidence: evidenceWords[evidence] })),
    plainly(words.say('sending.direct-stays')),
  ];
}

/** As the sentence tells them apart. */
const evidenceWords: Readonly<Record<(DeliveryRecord & { readonly road: 'tls' })['evidence'], string>> = {
  dane: 'dane',
  'mta-sts': 'sts',
  connector: 'partner',
  rule: 'partner',
};

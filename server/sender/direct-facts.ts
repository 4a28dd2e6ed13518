// Owns what a sender is told of a mail that goes itself: whether it went, by which certificate or by what vouched for the recipient's
// own server, and that nobody can take it back.

import type { RecipientsTable } from '../db/tables/messages.ts';
import type { Key } from '../language/catalogue.ts';
import { momentAt, plainly } from '../language/told.ts';
import type { Told } from '../language/told.ts';
import type { Words } from '../language/words.ts';
import type { DeliveryRecord, Rung } from '../messages/message.ts';
import { openDelivery, openRecipient } from '../messages/open.ts';
import type { OpenMessage } from '../messages/open.ts';
import type { StateView } from '../render/page-models/parts.ts';

/** The mail itself lies in the recipient's mailbox. */
export function isDelivered({ road, notified_at }: Pick<RecipientsTable, 'road' | 'notified_at'>): boolean {
  return road === 'direct' && notified_at !== null;
}

interface State {
  readonly key: Key;
  readonly tone: StateView['tone'];
}

const deliveredState: State = { key: 'sending.direct-state', tone: 'good' };
// That it lies in their mailbox nobody has said.
const encryptedState: State = { key: 'sending.smime-state', tone: 'good' };

/** Undefined where the state is that of any recipient. `message`: undefined of one that is destroyed. */
export function directState(message: OpenMessage | undefined, recipient: RecipientsTable): State | undefined {
  const isPlain = recipient.opened_at === null && recipient.replied_at === null && recipient.failed_at === null;
  if (!isDelivered(recipient) || !isPlain) return undefined;
  const record = message === undefined ? undefined : openDelivery(message, recipient);
  return record?.road === 'smime' ? encryptedState : deliveredState;
}

export function directFacts(words: Words, message: OpenMessage, recipient: RecipientsTable): Told[] {
  const record = openDelivery(message, recipient);
  const { rungs = [] } = openRecipient(message, recipient);
  if (record === undefined) return recipient.road === 'direct' ? [plainly(words.say(waitingKey(rungs)))] : [];
  if (record.road === 'portal') return [plainly(words.say(portalKey(rungs, record.why)))];
  if (record.road === 'smime') return encryptedFacts(words, record);
  const { at, host, protocol, evidence } = record;
  return [
    words.tell('sending.direct-sent', { time: momentAt(at) }),
    plainly(words.say('sending.direct-proof', { host, protocol, evidence: evidenceWords[evidence] })),
    plainly(words.say('sending.direct-stays')),
  ];
}

export function encryptedFacts(words: Words, record: DeliveryRecord & { readonly road: 'smime' }): Told[] {
  const { at, certificate, algorithms, isSigned } = record;
  const { fingerprint, issuer, notAfter } = certificate;
  // In groups, so that it can be compared by eye, and broken where a line ends.
  const grouped = fingerprint.replace(/.{4}(?=.)/g, '$& ');
  return [
    words.tell('sending.smime-sent', { time: momentAt(at) }),
    words.tell('sending.smime-proof', { fingerprint: grouped, issuer, algorithms, until: momentAt(notAfter) }),
    ...(isSigned ? [plainly(words.say('sending.smime-signed'))] : []),
    plainly(words.say('sending.direct-stays')),
  ];
}

function waitingKey(rungs: readonly Rung[]): Key {
  if (!rungs.includes('smime')) return 'sending.direct-waiting';
  return rungs.includes('tls') ? 'sending.best-waiting' : 'sending.smime-waiting';
}

function portalKey(rungs: readonly Rung[], why: string): Key {
  if (why === 'CERTIFICATE') return 'sending.smime-portal';
  // With the other way left, it is that one which failed last.
  return rungs.includes('smime') && !why.startsWith('TLS') ? 'sending.smime-failed' : 'sending.direct-portal';
}

/** As the sentence tells them apart. */
const evidenceWords: Readonly<Record<(DeliveryRecord & { readonly road: 'tls' })['evidence'], string>> = {
  dane: 'dane',
  'mta-sts': 'sts',
  connector: 'partner',
  rule: 'partner',
};

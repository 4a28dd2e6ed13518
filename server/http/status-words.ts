// Owns how it stands with one recipient, as the sender and whoever passed the message on see it.

import type { Key } from '../language/catalogue.ts';
import type { RecipientStatus } from '../messages/recipient-state.ts';
import type { StateView } from '../render/page-models/parts.ts';

export const statusWords: Readonly<Record<RecipientStatus, { readonly key: Key; readonly tone: StateView['tone'] }>> = {
  queued: { key: 'reading.status-queued', tone: 'waiting' },
  notified: { key: 'reading.status-notified', tone: 'waiting' },
  bounced: { key: 'reading.status-bounced', tone: 'bad' },
  opened: { key: 'reading.status-opened', tone: 'good' },
  replied: { key: 'reading.status-replied', tone: 'good' },
  expired: { key: 'reading.status-expired', tone: 'off' },
  revoked: { key: 'reading.status-revoked', tone: 'off' },
};

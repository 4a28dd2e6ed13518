// Owns the list of all columns that hold records: whatever is to be done to everything sealed goes through it.

import { alertRecords } from './alerts/alerts.store.ts';
import { auditRecords } from './audit/audit.store.ts';
import type { SealedColumn } from './db/sealed-column.ts';
import { brandCards } from './brands/brand.store.ts';
import { connectorTestRecords } from './delivery/connector-tests.store.ts';
import { connectorRecords } from './delivery/connectors.store.ts';
import { ownStsRecords } from './delivery/own-sts.store.ts';
import { stsPolicyRecords } from './delivery/sts-policies.store.ts';
import { inboundSeenRecords } from './delivery/inbound-seen.store.ts';
import { tlsReportRecords } from './delivery/tls-reports.store.ts';
import { tlsResultRecords } from './delivery/tls-results.store.ts';
import { keptLetterRecords } from './messages/kept-letters.store.ts';
import { holdRecords } from './messages/holds.store.ts';
import { requestRecords } from './messages/requests.store.ts';
import { newsWishRecords } from './people/news.store.ts';
import { jobRecords } from './outbox/outbox.store.ts';
import { apiKeyRecords } from './signin/api-keys.store.ts';
import { ceremonyRecords } from './signin/ceremonies.store.ts';
import { challengeRecords, codeRecords } from './signin/challenge-seal.ts';
import { passkeyRecords } from './signin/passkeys.store.ts';
import { codeMailRecords } from './signin/code-mail.ts';
import { policyCards, policyRecords } from './rulebook/policies.store.ts';
import { sessionRecords } from './signin/sessions.store.ts';
import { totpRecords } from './signin/totps.store.ts';
import { keptFormRecords } from './staff/kept-forms.store.ts';
import { rosterRecords } from './staff/staff.store.ts';
import { replayRecords } from './simulator/replays.store.ts';
import { certificateKeys, certificateRecords } from './smime/certificates.store.ts';
import { tryMailRecords } from './try/try-mail.store.ts';
import { webhookRecords } from './webhooks/webhooks.store.ts';

export const sealedColumns: readonly SealedColumn[] = [
  apiKeyRecords,
  jobRecords,
  sessionRecords,
  ceremonyRecords,
  passkeyRecords,
  totpRecords,
  challengeRecords,
  codeRecords,
  codeMailRecords,
  requestRecords,
  newsWishRecords,
  keptLetterRecords,
  holdRecords,
  tryMailRecords,
  policyRecords,
  policyCards,
  brandCards,
  replayRecords,
  rosterRecords,
  keptFormRecords,
  certificateRecords,
  certificateKeys,
  connectorRecords,
  connectorTestRecords,
  stsPolicyRecords,
  ownStsRecords,
  inboundSeenRecords,
  tlsReportRecords,
  tlsResultRecords,
  webhookRecords,
  alertRecords,
  auditRecords,
];

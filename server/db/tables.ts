// Owns the list of all tables, for Kysely; their rows stand by room in tables/. Times are ISO 8601 UTC text, flags 0 or 1,
// sealed things bytes: what both engines hold alike. No column holds an address, a subject or a name in the clear;
// `*_index` columns are keyed blind indexes and `*_hash` columns one-way.

import type {
  AlertsTable,
  AuditCheckpointsTable,
  AuditTable,
  BrandDraftsTable,
  BrandNamesTable,
  BrandVersionsTable,
  ConnectorTestsTable,
  ConnectorsTable,
  CountersTable,
  DailyFiguresTable,
  InboundSeenTable,
  MarksTable,
  NewsTable,
  NewsWishesTable,
  OwnStsTable,
  PeopleTable,
  PoliciesTable,
  ReplaysTable,
  KeptFormsTable,
  RostersTable,
  RuleDaysTable,
  StsPoliciesTable,
  TlsReportsTable,
  TlsResultsTable,
} from './tables/administration.ts';
import type { CertificateAddressesTable, CertificatesTable } from './tables/certificates.ts';
import type {
  DraftsTable,
  KeptLettersTable,
  MessagesTable,
  PartsTable,
  RecipientsTable,
  RequestsTable,
  RuleHitsTable,
  TombstonesTable,
} from './tables/messages.ts';
import type { HeldRecipientsTable, HoldApproversTable, HoldsTable } from './tables/holds.ts';
import type { OutboxTable, TryMailTable } from './tables/outbox.ts';
import type {
  ApiKeysTable,
  CeremoniesTable,
  ChallengesTable,
  CodesTable,
  IdentitiesTable,
  PasskeysTable,
  PhraseProofsTable,
  PhrasesTable,
  RecoveryCodesTable,
  SessionsTable,
  TotpsTable,
} from './tables/signin.ts';
import type { WebhookAttemptsTable, WebhookDeliveriesTable, WebhooksTable } from './tables/webhooks.ts';

export interface Tables {
  messages: MessagesTable;
  recipients: RecipientsTable;
  parts: PartsTable;
  outbox: OutboxTable;
  challenges: ChallengesTable;
  codes: CodesTable;
  sessions: SessionsTable;
  ceremonies: CeremoniesTable;
  identities: IdentitiesTable;
  passkeys: PasskeysTable;
  phrases: PhrasesTable;
  phrase_proofs: PhraseProofsTable;
  counters: CountersTable;
  brand_names: BrandNamesTable;
  brand_versions: BrandVersionsTable;
  brand_drafts: BrandDraftsTable;
  api_keys: ApiKeysTable;
  audit: AuditTable;
  alerts: AlertsTable;
  daily_figures: DailyFiguresTable;
  rule_days: RuleDaysTable;
  audit_checkpoints: AuditCheckpointsTable;
  try_mail: TryMailTable;
  people: PeopleTable;
  news_wishes: NewsWishesTable;
  news: NewsTable;
  requests: RequestsTable;
  marks: MarksTable;
  tombstones: TombstonesTable;
  drafts: DraftsTable;
  kept_letters: KeptLettersTable;
  policies: PoliciesTable;
  replays: ReplaysTable;
  rule_hits: RuleHitsTable;
  holds: HoldsTable;
  hold_approvers: HoldApproversTable;
  held_recipients: HeldRecipientsTable;
  rosters: RostersTable;
  kept_forms: KeptFormsTable;
  totps: TotpsTable;
  recovery_codes: RecoveryCodesTable;
  certificates: CertificatesTable;
  certificate_addresses: CertificateAddressesTable;
  connectors: ConnectorsTable;
  connector_tests: ConnectorTestsTable;
  sts_policies: StsPoliciesTable;
  own_sts: OwnStsTable;
  inbound_seen: InboundSeenTable;
  tls_reports: TlsReportsTable;
  tls_results: TlsResultsTable;
  webhooks: WebhooksTable;
  webhook_deliveries: WebhookDeliveriesTable;
  webhook_attempts: WebhookAttemptsTable;
}

// Owns the list of all pages and what each is given: every field a template may read, and no other. The models stand by area
// in page-models/. Routes build them, templates show them; nothing there reads a row. All strings are plain text; the
// templates escape.

import type { ApiDocsPage } from './page-models/api-docs.ts';
import type { AccountPage, PasskeysPage } from './page-models/account.ts';
import type { BrandPage, BrandRemovePage, BrandVersionPage, BrandsPage } from './page-models/brands.ts';
import type { ApprovalPage, ApprovalsPage } from './page-models/approvals.ts';
import type { AuditPage } from './page-models/audit.ts';
import type { AttachmentPage } from './page-models/attachment.ts';
import type { CertificatePage, CertificatesPage } from './page-models/certificates.ts';
import type { DomainPage } from './page-models/domain.ts';
import type {
  SetupMailServerPage,
  SetupOrganisationPage,
  SetupPage,
  SetupRelayPage,
  SetupTestPage,
} from './page-models/setup.ts';
import type { ConnectorsPage } from './page-models/connectors.ts';
import type { InboundPage } from './page-models/inbound.ts';
import type { TlsReportsPage } from './page-models/tls-reports.ts';
import type { MtaStsPage } from './page-models/mta-sts.ts';
import type {
  EndedPage,
  GenuinePage,
  LeavePage,
  LostLinkPage,
  NoticesPage,
  OtherMailboxPage,
  ProblemPage,
  SignedOutPage,
} from './page-models/dead-ends.ts';
import type { InboxPage } from './page-models/inbox.ts';
import type { MessagePage } from './page-models/message.ts';
import type { HelpDeskPage, PeoplePage, RemovalPage } from './page-models/people.ts';
import type { DestroyPage, RequestPage, SentMessagePage, SentNoticesPage, SentPage } from './page-models/sent.ts';
import type {
  AwayPage,
  EnterPage,
  HomePage,
  SecondStepPage,
  SignInPage,
  StepUpPage,
  VerifyPage,
} from './page-models/signing-in.ts';
import type { PolicyPage, PolicyRestorePage, PolicyVersionPage, RuleHitsPage } from './page-models/policy.ts';
import type { ReplayPage, SimulatorPage } from './page-models/simulator.ts';
import type { ApiKeysPage, SettingsPage } from './page-models/keys.ts';
import type { ReportPage, ReportsPage } from './page-models/reports.ts';
import type { PolicyPartPage, RulePage } from './page-models/rule.ts';
import type { QueuePage, TodayPage } from './page-models/today.ts';
import type { TryMailPage, TryMailboxPage } from './page-models/try.ts';
import type { WebhookPage, WebhookSecretPage, WebhooksPage } from './page-models/webhooks.ts';
import type { ComposePage, WritePage, WrittenPage } from './page-models/writing.ts';

/** The page's own part by the name of its template in views/pages/. */
export interface PageModels {
  home: HomePage;
  enter: EnterPage;
  verify: VerifyPage;
  'sign-in': SignInPage;
  away: AwayPage;
  'step-up': StepUpPage;
  'second-step': SecondStepPage;
  passkeys: PasskeysPage;
  'other-mailbox': OtherMailboxPage;
  'lost-link': LostLinkPage;
  notices: NoticesPage;
  genuine: GenuinePage;
  'api-docs': ApiDocsPage;
  ended: EndedPage;
  request: RequestPage;
  inbox: InboxPage;
  message: MessagePage;
  attachment: AttachmentPage;
  leave: LeavePage;
  'signed-out': SignedOutPage;
  problem: ProblemPage;
  sent: SentPage;
  'sent-notices': SentNoticesPage;
  'sent-message': SentMessagePage;
  destroy: DestroyPage;
  approvals: ApprovalsPage;
  approval: ApprovalPage;
  compose: ComposePage;
  write: WritePage;
  written: WrittenPage;
  'prove-address': SignInPage;
  account: AccountPage;
  today: TodayPage;
  queue: QueuePage;
  'api-keys': ApiKeysPage;
  settings: SettingsPage;
  setup: SetupPage;
  'setup-organisation': SetupOrganisationPage;
  'setup-relay': SetupRelayPage;
  'setup-mail-server': SetupMailServerPage;
  'setup-test': SetupTestPage;
  domain: DomainPage;
  audit: AuditPage;
  brands: BrandsPage;
  brand: BrandPage;
  'brand-version': BrandVersionPage;
  'brand-remove': BrandRemovePage;
  connectors: ConnectorsPage;
  inbound: InboundPage;
  'mta-sts': MtaStsPage;
  'tls-reports': TlsReportsPage;
  policy: PolicyPage;
  'policy-version': PolicyVersionPage;
  'policy-restore': PolicyRestorePage;
  'rule-hits': RuleHitsPage;
  rule: RulePage;
  'policy-part': PolicyPartPage;
  reports: ReportsPage;
  report: ReportPage;
  'policy-simulator': SimulatorPage;
  certificates: CertificatesPage;
  certificate: CertificatePage;
  'policy-replay': ReplayPage;
  people: PeoplePage;
  removal: RemovalPage;
  'help-desk': HelpDeskPage;
  webhooks: WebhooksPage;
  webhook: WebhookPage;
  'webhook-secret': WebhookSecretPage;
  'try-mailbox': TryMailboxPage;
  'try-mail': TryMailPage;
}

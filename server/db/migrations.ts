// Owns the order of the tables' history, oldest first. What has been released is never edited, renamed or moved: a change is a
// new file in migrations/ and a new last line here. They run in the order of their names.

import type { Migration } from 'kysely';
import { messages } from './migrations/001-messages.ts';
import { outbox } from './migrations/002-outbox.ts';
import { signin } from './migrations/003-signin.ts';
import { administration } from './migrations/004-administration.ts';
import { durability } from './migrations/005-durability.ts';
import { people } from './migrations/006-people.ts';
import { waysIn } from './migrations/007-ways-in.ts';
import { codeStates } from './migrations/008-code-states.ts';
import { requestsAndReminders } from './migrations/009-requests-and-reminders.ts';
import { drafts } from './migrations/010-drafts.ts';
import { ownData } from './migrations/010-own-data.ts';
import { written } from './migrations/010-written.ts';
import { keptWriting } from './migrations/011-kept-writing.ts';
import { policies } from './migrations/011-policies.ts';
import { holds } from './migrations/012-holds.ts';
import { replays } from './migrations/013-replays.ts';
import { keptAndReminded } from './migrations/014-kept-and-reminded.ts';
import { unreachedApprovers } from './migrations/015-unreached-approvers.ts';
import { staff } from './migrations/016-staff.ts';
import { brands } from './migrations/017-brands.ts';
import { directDelivery } from './migrations/018-direct-delivery.ts';
import { certificates } from './migrations/019-certificates.ts';
import { auditStatements } from './migrations/020-audit-statements.ts';
import { sendersNews } from './migrations/021-senders-news.ts';
import { figures } from './migrations/022-figures.ts';
import { webhooks } from './migrations/023-webhooks.ts';
import { keyEnds } from './migrations/024-key-ends.ts';
import { alerts } from './migrations/027-alerts.ts';
import { connectorTests } from './migrations/028-connector-tests.ts';
import { ownSts } from './migrations/029-own-sts.ts';
import { tlsReports } from './migrations/030-tls-reports.ts';
import { ruleDays } from './migrations/032-rule-days.ts';
import { policyEnd } from './migrations/033-policy-end.ts';
import { keptForms } from './migrations/034-kept-forms.ts';
import { inboundSeen } from './migrations/035-inbound-seen.ts';

export const migrations: Record<string, Migration> = {
  '001-messages': messages,
  '002-outbox': outbox,
  '003-signin': signin,
  '004-administration': administration,
  '005-durability': durability,
  '006-people': people,
  '007-ways-in': waysIn,
  '008-code-states': codeStates,
  '009-requests-and-reminders': requestsAndReminders,
  '010-drafts': drafts,
  '010-own-data': ownData,
  '010-written': written,
  '011-kept-writing': keptWriting,
  '011-policies': policies,
  '012-holds': holds,
  '013-replays': replays,
  '014-kept-and-reminded': keptAndReminded,
  '015-unreached-approvers': unreachedApprovers,
  '016-staff': staff,
  '017-brands': brands,
  '018-direct-delivery': directDelivery,
  '019-certificates': certificates,
  '020-audit-statements': auditStatements,
  '021-senders-news': sendersNews,
  '022-figures': figures,
  '023-webhooks': webhooks,
  '024-key-ends': keyEnds,
  '027-alerts': alerts,
  '028-connector-tests': connectorTests,
  '029-own-sts': ownSts,
  '030-tls-reports': tlsReports,
  '032-rule-days': ruleDays,
  '033-policy-end': policyEnd,
  '034-kept-forms': keptForms,
  '035-inbound-seen': inboundSeen,
};

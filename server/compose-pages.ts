// Owns the list of all that is answered over HTTP: the pages of the portal, of senders and of administrators, and the API.

import type { Express, Router } from 'express';
import { composeReports } from './compose-reports.ts';
import { stateWords } from './reports/report.ts';
import type { PolicyKeeper } from './compose-policy.ts';
import type { Roads } from './compose-roads.ts';
import type { Simulator } from './compose-simulator.ts';
import type { Tools } from './compose-tools.ts';
import { createSigner } from './crypto/signing-key.ts';
import { composeSetup } from './compose-setup.ts';
import type { Setup } from './compose-setup.ts';
import type { ConfigRow } from './config-show.ts';
import { figuresNow, ruleDaysNow } from './figures/count.ts';
import { bindOwnPolicies } from './delivery/own-policies.ts';
import { createApp } from './http/app.ts';
import type { Site } from './http/site.ts';
import { apiDocsRoutes } from './api/docs.routes.ts';
import { settleHold } from './approvals/settle-hold.ts';
import { apiRoutes } from './api/api.routes.ts';
import { approvalRoutes } from './approvals/approvals.routes.ts';
import { apiKeyPages } from './admin/api-keys.routes.ts';
import { settingsPages } from './admin/settings.routes.ts';
import { bindChangeQueue } from './admin/change-queue.ts';
import { inboundPages } from './admin/inbound.routes.ts';
import { mtaStsPages } from './admin/mta-sts.routes.ts';
import { queuePages } from './admin/queue.routes.ts';
import { tlsReportPages } from './admin/tls-reports.routes.ts';
import { tlsReportUris } from './http/tls-reports.routes.ts';
import { todayPages } from './admin/today.routes.ts';
import { auditPages } from './admin/audit.routes.ts';
import { brandPages } from './admin/brands.routes.ts';
import { consoleRoutes } from './admin/console.routes.ts';
import { bindHelp } from './admin/help.ts';
import { helpDeskPages } from './admin/help-desk.routes.ts';
import { peoplePages } from './admin/people.routes.ts';
import { certificatePages } from './admin/certificates.routes.ts';
import type { Inventory } from './certificates/inventory.ts';
import { connectorPages } from './admin/connectors.routes.ts';
import { policyPartPages } from './admin/policy-part.routes.ts';
import { policyPages } from './admin/policy.routes.ts';
import { ruleHitsPages } from './admin/rule-hits.routes.ts';
import { reportPages } from './admin/reports.routes.ts';
import { rulePages } from './admin/rule.routes.ts';
import { showDraft, simulatorPages } from './admin/simulator.routes.ts';
import { webhookPages } from './admin/webhooks.routes.ts';
import { accountPasskeysRoutes } from './portal/account-passkeys.routes.ts';
import { endedRoutes, explainEnded } from './portal/ended.routes.ts';
import { accountRoutes } from './portal/account.routes.ts';
import { copyRoutes } from './portal/copy.routes.ts';
import { draftRoutes } from './portal/draft.routes.ts';
import { forwardRoutes } from './portal/forward.routes.ts';
import { genuineRoutes } from './portal/genuine.routes.ts';
import { homeRoutes } from './portal/home.routes.ts';
import { inboxRoutes } from './portal/inbox.routes.ts';
import { linkRoutes } from './portal/link.routes.ts';
import { messageRoutes } from './portal/message.routes.ts';
import { oidcRoutes } from './portal/oidc.routes.ts';
import { passkeyRoutes } from './portal/passkey.routes.ts';
import { phraseRoutes } from './portal/phrase.routes.ts';
import { noticesRoutes } from './portal/notices.routes.ts';
import { replyRoutes } from './portal/reply.routes.ts';
import { writeRoutes } from './portal/write.routes.ts';
import { writtenRoutes } from './portal/written.routes.ts';
import { secondStepRoutes } from './portal/second-step.routes.ts';
import { signInRoutes } from './portal/sign-in.routes.ts';
import { stepUpPages } from './portal/step-up.ts';
import { composeRoutes } from './sender/compose.routes.ts';
import { bindMoreTime } from './sender/more-time.ts';
import type { MoreTime } from './sender/more-time.ts';
import { makeProof } from './sender/proof.ts';
import type { ProofDeps } from './sender/proof.ts';
import { newsRoutes } from './sender/news.routes.ts';
import { proofRoutes } from './sender/proof.routes.ts';
import { requestRoutes } from './sender/requests.routes.ts';
import { sentListRoutes } from './sender/sent-list.routes.ts';
import { findSent } from './sender/find-sent.ts';
import { sentFilter } from './sender/sent-filter.ts';
import { sentRoutes } from './sender/sent.routes.ts';
import { bindTakeBack } from './sender/take-back.ts';
import type { TakeBack } from './sender/take-back.ts';
import { bindStaffing } from './staffing/staffing.ts';
import type { Staffing } from './staffing/staffing.ts';
import { bindSwitchboard } from './switchboard/switchboard.ts';
import type { Switchboard } from './switchboard/switchboard.ts';
import { tryMailboxRoutes } from './try/mailbox.routes.ts';

export function composePages(
  tools: Tools,
  site: Site,
  roads: Roads,
  policy: PolicyKeeper,
  simulator: Simulator,
  shownSettings: readonly ConfigRow[],
  inventory: Inventory,
): Express {
  const { config, store, staticFiles } = tools;
  const { db, vault } = store;
  const { expiryDaysMax } = config;
  const takeBack = bindTakeBack({ db, vault, shredder: tools.shredder, expiryDaysMax });
  const moreTime = bindMoreTime({ db, vault, expiryDaysMax });
  const help = bindHelp({ db, vault, kick: site.kick });
  const changeQueue = bindChangeQueue({ db, vault, kick: site.kick });
  const figures = (since: string) => figuresNow(store, since);
  const switchboard = bindSwitchboard({ db, vault, kick: site.kick });
  const setup = composeSetup(tools, site, roads.accept, shownSettings);
  const ownPolicies = bindOwnPolicies({ db, vault, orgDomains: config.org.domains });
  const staffing = bindStaffing({ db, vault, around: site });
  const reports = composeReports(tools, policy);
  return createApp({
    site,
    staticFiles: staticFiles.serve,
    ownPolicies,
    api: apiRoutes({
      ownPolicies,
      settleHold: (answer) => settleHold({ db, vault }, answer),
      db,
      vault,
      log: tools.log,
      accept: roads.accept,
      simulate: roads.simulate,
      readRaw: roads.readRaw,
      takeBack,
      moreTime,
      help,
      findSent: (senders, asked, { before, limit }) => findSent(site, senders, sentFilter(asked), { before }, limit),
      prove: (message, madeFor) => makeProof(proofDeps(tools), message, madeFor),
      hashPhrase: roads.hashPhrase,
      rulebook: policy.rulebook,
      ruleDays: (since) => ruleDaysNow(store, since),
      ...reports,
      staffing,
      switchboard,
      brandbook: policy.brandbook,
      delivery: tools.delivery,
      domains: setup.domains,
      relayTrials: setup.relayTrials,
      replays: simulator.replays,
      inventory,
      changeQueue,
      figures,
      kick: site.kick,
      messageBytesMax: config.messageBytesMax,
      publicUrl: config.portal.baseUrl,
      tlsReportUris: tlsReportUris(site),
      orgDomains: config.org.domains,
    }),
    // No path is answered by two of them; what is asked for most stands first.
    pages: [
      ...portalPages(tools, site, roads, simulator),
      ...senderPages(tools, site, roads, takeBack, moreTime),
      approvalRoutes({ site, cleaner: tools.cleaner, viewer: tools.viewer }),
      ...adminPages(tools, site, policy, simulator, staffing, inventory, switchboard, setup),
      helpDeskPages(site, help),
      queuePages(site, changeQueue),
      todayPages({ site, figures, dataDir: config.dataDir, setupFacts: setup.facts }),
      reportPages({ site, stateWords, ...reports }),
      settingsPages(site, shownSettings),
      apiDocsRoutes(site),
      tlsReportPages(site),
      inboundPages({ site, connectors: tools.delivery.connectors, hasTls: config.smtp.tls !== undefined }),
      mtaStsPages({ site, policies: ownPolicies, portalHost: config.portal.publicUrl.hostname }),
      ...(config.tryOut ? [tryMailboxRoutes({ site, parser: tools.parser })] : []),
    ],
    explanations: [stepUpPages(site), explainEnded(site)],
  });
}

function portalPages(
  { cleaner, viewer, mailIdHost }: Tools,
  site: Site,
  { accept }: Roads,
  { judgeForward }: Simulator,
): Router[] {
  const reading = { site, cleaner };
  return [
    messageRoutes({ ...reading, viewer }),
    inboxRoutes(site),
    homeRoutes(site),
    linkRoutes(site),
    signInRoutes(site),
    secondStepRoutes(site),
    oidcRoutes(site),
    passkeyRoutes(site),
    phraseRoutes(site),
    accountPasskeysRoutes(site),
    noticesRoutes(site),
    genuineRoutes(site),
    replyRoutes({ ...reading, accept }),
    copyRoutes({ ...reading, viewer, mailIdHost }),
    draftRoutes(reading),
    forwardRoutes({ ...reading, judgeForward }),
    endedRoutes(site),
    writeRoutes({ site, accept }),
    writtenRoutes(site),
    accountRoutes(site),
  ];
}

function senderPages(
  tools: Tools,
  site: Site,
  { accept, frame }: Roads,
  takeBack: TakeBack,
  moreTime: MoreTime,
): Router[] {
  return [
    sentListRoutes(site),
    newsRoutes(site),
    sentRoutes({ site, takeBack }),
    proofRoutes({ site, viewer: tools.viewer, proof: proofDeps(tools) }),
    composeRoutes({ site, accept, policyFrame: frame }),
    requestRoutes({ site, moreTime }),
  ];
}

function adminPages(
  { store, delivery }: Tools,
  site: Site,
  { rulebook, brandbook, brands }: PolicyKeeper,
  simulator: Simulator,
  staffing: Staffing,
  inventory: Inventory,
  switchboard: Switchboard,
  setup: Setup,
): Router[] {
  const ruleDays = (since: string) => ruleDaysNow(store, since);
  return [
    consoleRoutes(site),
    brandPages({ site, brandbook }),
    policyPages({ site, rulebook, ruleDays }),
    ruleHitsPages({ site, rulebook, ruleDays }),
    rulePages({
      site,
      rulebook,
      ruleDays,
      brands: () => brands().brands,
      showSimulator: (req, res, document) => showDraft({ site, simulator }, req, res, document),
    }),
    policyPartPages({ site, rulebook, brands: () => brands().brands }),
    simulatorPages({ site, rulebook, simulator }),
    peoplePages({ site, staffing, rulebook }),
    certificatePages({ site, inventory }),
    webhookPages({ site, switchboard }),
    auditPages(site),
    apiKeyPages(site),
    connectorPages({ site, delivery }),
    ...setup.pages,
  ];
}

function proofDeps({ config, store: { db, vault, keyring } }: Tools): ProofDeps {
  const signer = createSigner(keyring, 'proof signing key');
  return { db, vault, signer, issuer: config.portal.baseUrl, orgName: config.org.name };
}

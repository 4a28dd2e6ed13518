// Owns the wiring: constructs everything once, from the settings down, and hands each part what it needs.
// Nothing else in the program knows how the parts hang together.

import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { resolveMx } from 'node:dns/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import { apiRoutes } from './api/api.routes.ts';
import { brandingRoutes } from './admin/branding.routes.ts';
import type { Config } from './config.ts';
import { domainOf } from './core/address.ts';
import type { Clock } from './core/clock.ts';
import type { Log } from './core/log.ts';
import { networkMatcher } from './core/networks.ts';
import { createHasher } from './crypto/passwords.ts';
import { createRoomCheck } from './disk-reserve.ts';
import { createApp } from './http/app.ts';
import type { Site } from './http/site.ts';
import { loadStaticFiles } from './http/static-files.ts';
import { accept } from './ingest/accept.ts';
import { readRaw } from './ingest/read-raw.ts';
import { createSmtpListener } from './ingest/smtp-listener.ts';
import { createSmtpUsers } from './ingest/smtp-users.ts';
import { sweepSpool } from './ingest/spool.ts';
import type { Accept, Submission } from './ingest/submission.ts';
import { makeCourier } from './courier-choice.ts';
import type { Courier } from './mail/courier.ts';
import { isOwnRelay, publicName } from './mail/own-host.ts';
import { createMailParser } from './mail/parse.ts';
import { createHtmlCleaner } from './mail/safe-html.ts';
import type { PolicyFrame } from './policy/ask.ts';
import { DEFAULT_BRAND } from './policy/decide.ts';
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
import { signInRoutes } from './portal/sign-in.routes.ts';
import { stepUpPages } from './portal/step-up.ts';
import { checkKeyring } from './keys/check-keyring.ts';
import { createKeyKeeper } from './keys/key-keeper.ts';
import type { CeremonyDeps } from './signin/ceremonies.store.ts';
import type { OidcClient, OidcDeps } from './signin/oidc-client.ts';
import { providersOf } from './signin/oidc-providers.ts';
import type { Provider } from './signin/oidc-providers.ts';
import type { PasskeyDeps } from './signin/passkeys.ts';
import { hashPhrase } from './signin/phrases.ts';
import { sessionCookies } from './signin/session-cookie.ts';
import { loadTemplates } from './render/templates.ts';
import { sealedColumns } from './sealed-columns.ts';
import { bindMoreTime } from './sender/more-time.ts';
import { requestRoutes } from './sender/requests.routes.ts';
import { sentRoutes } from './sender/sent.routes.ts';
import { bindTakeBack } from './sender/take-back.ts';
import { keepMarking } from './shredding/keep-marking.ts';
import { recollect } from './shredding/recollect.ts';
import { bindShredder } from './shredding/shred.ts';
import type { Store } from './store.ts';
import { tryMailboxRoutes } from './try/mailbox.routes.ts';
import { createViewer } from './viewing/viewer.ts';
import type { ViewerLimits } from './viewing/viewer.ts';
import { createWorker } from './worker/worker.ts';
import type { Worker } from './worker/worker.ts';

export interface Program {
  readonly app: Express;
  readonly worker: Worker;
  readonly courier: Courier;
  /** Opens both listeners and starts the worker, unless told not to. @returns where they listen. */
  listen(parts?: { readonly worker: boolean }): Promise<{ http: string; smtp: string }>;
  /** Takes nothing new, ends what is under way, closes the store. */
  close(): Promise<void>;
}

// The raw API names each recipient in its query: 500 of them have to fit.
const HEADER_BYTES_MAX = 256 * 1024;
const HTTP_CLOSE_MS = 10_000;
const HASHES_WAITING_MAX = 200;
const ROOT = join(import.meta.dirname, '..');

/** What no setting changes, and a test may. */
export interface ComposeOptions {
  readonly leaseMs?: number | undefined;
  /** Issuers other than those of the settings, and how they are reached. */
  readonly providers?: readonly Provider[] | undefined;
  readonly reach?: typeof fetch | undefined;
  readonly viewing?: ViewerLimits | undefined;
}

/** On a store whose tables are up to date. */
export async function compose(
  config: Config,
  store: Store,
  clock: Clock,
  log: Log,
  { leaseMs, providers = providersOf(config.oidc, config.org.name), reach, viewing }: ComposeOptions = {},
): Promise<Program> {
  const { retired } = await checkKeyring(store.db, store.keyring);
  for (const keyId of retired) log.error('keyring.retired-key-needed', { keyId });
  await sweepSpool(store.spoolDir);
  const endMarking = keepMarking(store, await recollect(store, log), log);
  const shredder = bindShredder(store);
  const { db, keyring, vault } = store;
  const { baseUrl, basePath, publicUrl, secure } = config.portal;
  const mailIdHost = domainOf(config.mailFrom.address);
  const templates = loadTemplates(join(ROOT, 'views'));
  const staticFiles = loadStaticFiles(join(ROOT, 'static'));
  const parser = createMailParser({ workers: Math.max(2, availableParallelism()) });
  const cleaner = createHtmlCleaner({ workers: 2 });
  const viewer = createViewer({ clock, log, limits: viewing });
  const hasher = createHasher({
    pepper: keyring.pepper(),
    parallel: Math.max(1, availableParallelism() - 1),
    queueMax: HASHES_WAITING_MAX,
  });
  const courier = makeCourier(config, { db, keyring, clock }, log);
  const keyKeeper = createKeyKeeper({ db, keyring, source: store.keyringSource, columns: sealedColumns, log });

  const worker = createWorker(
    {
      db,
      vault,
      shredder,
      templates,
      courier,
      log,
      mailFrom: config.mailFrom,
      publicUrl: baseUrl,
      orgName: config.org.name,
      orgDomains: config.org.domains,
      mailIdHost,
      relayHost: publicName(config.relay?.url.hostname),
      passcodeMinutes: config.passcodeMinutes,
      strangersMayWrite: config.writing.from === 'anyone',
      isOwnServer: ownServer(config),
    },
    { leaseMs },
  );

  const passkeys = passkeysAt(config, { db, keyring, clock });
  const policyFrame = (): PolicyFrame => ({
    nowMs: clock.nowMs(),
    expiryDaysDefault: config.expiryDaysDefault,
    expiryDaysMax: config.expiryDaysMax,
    brands: [DEFAULT_BRAND],
    offers: {
      accounts: providers.some(({ opens }) => opens === 'outside'),
      passkeys: passkeys !== undefined,
    },
  });
  const phraseHash = (phrase: string) => hashPhrase({ hasher, clock }, phrase);
  const acceptDeps = {
    db,
    vault,
    mailIdHost,
    orgDomains: config.org.domains,
    ownAddress: config.mailFrom.address,
    policyFrame,
    hashPhrase: phraseHash,
    kick: () => worker.kick(),
  };
  const checkRoom = createRoomCheck(config, clock);
  const take: Accept = async (submission: Submission) => {
    await checkRoom();
    return accept(acceptDeps, submission);
  };
  const rawDeps = { parser, clock, spoolDir: store.spoolDir };
  const takeBack = bindTakeBack({
    db,
    vault,
    shredder,
    expiryDaysMax: config.expiryDaysMax,
  });

  const site: Site = {
    db,
    vault,
    keyring,
    clock,
    log,
    templates,
    signin: { db, keyring, clock, hasher, passcodeMinutes: config.passcodeMinutes },
    session: { keyring, clock, sessionIdleMinutes: config.sessionIdleMinutes, sessionHours: config.sessionHours },
    cookies: sessionCookies(keyring.sessionKey()),
    issuers: await issuersOf({ clock, baseUrl, reach }, providers),
    passkeys,
    origin: publicUrl.origin,
    base: basePath,
    staticVersion: staticFiles.version,
    https: secure,
    orgName: config.org.name,
    mailFrom: config.mailFrom.address,
    orgDomains: config.org.domains,
    admins: config.admins,
    tryOut: config.tryOut,
    messageBytesMax: config.messageBytesMax,
    writing: config.writing,
    expiryDaysMax: config.expiryDaysMax,
    trustsProxy: networkMatcher(config.trustProxy),
    kick: () => worker.kick(),
  };
  const reading = { site, cleaner };
  const app = createApp({
    site,
    staticFiles: staticFiles.serve,
    api: apiRoutes({
      db,
      vault,
      log,
      accept: take,
      readRaw: (envelope, source, sink) => readRaw(rawDeps, envelope, source, sink),
      takeBack,
      hashPhrase: phraseHash,
      kick: () => worker.kick(),
      messageBytesMax: config.messageBytesMax,
      publicUrl: baseUrl,
    }),
    // No path is answered by two of them; what is asked for most stands first.
    pages: [
      messageRoutes({ ...reading, viewer }),
      inboxRoutes(site),
      homeRoutes(site),
      linkRoutes(site),
      signInRoutes(site),
      oidcRoutes(site),
      passkeyRoutes(site),
      phraseRoutes(site),
      accountPasskeysRoutes(site),
      noticesRoutes(site),
      genuineRoutes(site),
      replyRoutes({ ...reading, accept: take }),
      copyRoutes({ ...reading, mailIdHost }),
      draftRoutes(reading),
      forwardRoutes(reading),
      endedRoutes(site),
      writeRoutes({ site, accept: take }),
      writtenRoutes(site),
      accountRoutes(site),
      sentRoutes({ site, takeBack }),
      requestRoutes({ site, moreTime: bindMoreTime({ db, vault, expiryDaysMax: config.expiryDaysMax }) }),
      brandingRoutes(site),
      ...(config.tryOut ? [tryMailboxRoutes({ site, parser })] : []),
    ],
    explanations: [stepUpPages(site), explainEnded(site)],
  });

  const users = createSmtpUsers({ db, keyring, clock, hasher, users: config.smtp.users });
  const smtp = createSmtpListener({
    host: config.smtp.host,
    port: config.smtp.port,
    name: publicUrl.hostname,
    ...(config.smtp.tls === undefined ? {} : { tls: config.smtp.tls }),
    requireTls: config.smtp.requireTls,
    clients: networkMatcher(config.smtp.clients),
    ...(config.smtp.users.length === 0 ? {} : users),
    messageBytesMax: config.messageBytesMax,
    allowAuthor: (author) => config.org.domains.includes(domainOf(author)),
    onMail: (mail) =>
      take({
        road: 'smtp',
        from: mail.envelope.from,
        read: (sink) => readRaw(rawDeps, mail.envelope, mail.content, sink),
        fields: () => [],
        actor: mail.peer.user ?? mail.peer.ip,
      }),
    log,
  });
  const server = createServer({ maxHeaderSize: HEADER_BYTES_MAX }, app);

  return {
    app,
    worker,
    courier,
    listen: async (parts = { worker: true }) => {
      const where = { http: await listenHttp(server, config.http), smtp: await smtp.listen() };
      keyKeeper.start();
      if (parts.worker) worker.start();
      return { http: where.http, smtp: `${where.smtp.host}:${where.smtp.port}` };
    },
    close: async () => {
      await Promise.all([closeHttp(server), smtp.close()]);
      await Promise.all([worker.stop(), keyKeeper.stop()]);
      viewer.close();
      await Promise.all([courier.close(), parser.close(), cleaner.close()]);
      await endMarking();
      await store.close();
    },
  };
}

// WebAuthn section 5.1.2 and Secure Contexts section 3.1: a domain name, by https or on this machine.
function passkeysAt({ portal, org }: Config, deps: CeremonyDeps): PasskeyDeps | undefined {
  const { hostname: id, origin } = portal.publicUrl;
  const isAddress = /^[\d.]+$|:/.test(id);
  if (isAddress || (!portal.secure && id !== 'localhost')) return undefined;
  return { ...deps, party: { id, name: org.name, origin } };
}

// Few have one, and a start without them is quicker.
async function issuersOf(deps: OidcDeps, providers: readonly Provider[]): Promise<OidcClient[]> {
  if (providers.length === 0) return [];
  const { createOidcClient } = await import('./signin/oidc-client.ts');
  return providers.map((provider) => createOidcClient(deps, provider));
}

function ownServer(config: Config): (domain: string) => Promise<boolean> {
  const { relay } = config;
  if (relay === undefined) return () => Promise.resolve(false);
  const mxOf = async (domain: string): Promise<string[]> => (await resolveMx(domain)).map((mx) => mx.exchange);
  return (domain) => isOwnRelay(relay.url.hostname, domain, mxOf);
}

function listenHttp(server: Server, where: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where.port, where.host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(address === null || typeof address === 'string' ? '' : `${where.host}:${address.port}`);
    });
  });
}

function closeHttp(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
    server.closeIdleConnections();
    // A slow download must not keep the program from ending.
    setTimeout(() => server.closeAllConnections(), HTTP_CLOSE_MS).unref();
  });
}

// Owns the wiring of the roads in: the one way that every message is taken, and the SMTP listener that leads to it. The
// portal and the API are given the same way.

import { dnsOf } from './compose-delivery.ts';
import type { Tools } from './compose-tools.ts';
import type { WaysIn } from './compose-ways-in.ts';
import type { KnownBrands } from './brandbook/known.ts';
import { canonicalAddress, domainOf } from './core/address.ts';
import type { Address } from './core/address.ts';
import { isoNow } from './core/clock.ts';
import { networkMatcher } from './core/networks.ts';
import { createTurns } from './core/turns.ts';
import type { PhrasesTable } from './db/tables/signin.ts';
import { identify } from './delivery/inbound.ts';
import { bindNoteShown } from './delivery/note-shown.ts';
import { createRoomCheck } from './disk-reserve.ts';
import { accept } from './ingest/accept.ts';
import { smimeTurnsOptions } from './ingest/open-smime.ts';
import { readRaw } from './ingest/read-raw.ts';
import { simulate } from './ingest/simulate.ts';
import type { Simulate } from './ingest/simulate.ts';
import type { RawEnvelope } from './ingest/read-raw.ts';
import { createSmtpListener } from './ingest/smtp-listener.ts';
import type { SubmittedMail } from './ingest/smtp-intake.ts';
import type { SmtpListener } from './ingest/smtp-listener.ts';
import { takeReturn } from './ingest/take-return.ts';
import type { ReturnedMail } from './ingest/take-return.ts';
import { createSmtpUsers } from './ingest/smtp-users.ts';
import type { Accept, Content } from './ingest/submission.ts';
import type { ProofDeps } from './mail/dkim-proof.ts';
import { textOfSafeHtml } from './mail/html-text.ts';
import { isTlsReportAddress } from './mail/tls-report-address.ts';
import { parseVerp } from './mail/verp.ts';
import type { PartSink } from './mail/mail-tree.ts';
import type { Metrics } from './metrics/metrics.ts';
import { watchSubmissions } from './metrics/watched.ts';
import type { PolicyFrame } from './policy/asks.ts';
import { boundedDns } from './own-domains/bounded-dns.ts';
import type { Policy } from './policy/policy.ts';
import { hashPhrase } from './signin/phrases.ts';
import { loadCertificateFor } from './smime/usable.ts';

export interface Roads {
  /** Takes a submission in, while there is room for it. */
  readonly accept: Accept;
  /** Says what would become of it; stores nothing. */
  readonly simulate: Simulate;
  /** Reads a raw mail to its end and takes it apart. */
  readonly readRaw: (envelope: RawEnvelope, source: AsyncIterable<Buffer>, sink: PartSink) => Promise<Content>;
  /** Takes what comes to our own address. */
  readonly takeReturn: (mail: ReturnedMail) => Promise<{ id: string }>;
  readonly hashPhrase: (phrase: string) => Promise<PhrasesTable>;
  /** What the policy goes by at this moment; with this policy, or else the one in force. */
  readonly frame: (policy?: Policy) => PolicyFrame;
}

export interface RoadsOptions {
  /** The policy that holds instead of the one in the store. */
  readonly policy?: (() => Policy) | undefined;
}

/** `policy`: what is in force. `brands`: those there are. `kick`: called when there is work for the worker. */
export function composeRoads(
  tools: Tools,
  ways: WaysIn,
  policy: () => Policy,
  brands: () => KnownBrands,
  kick: () => void,
  metrics?: Metrics,
): Roads {
  const { config, store, clock, hasher, parser, inspector, mailIdHost } = tools;
  const smimeTurns = createTurns(smimeTurnsOptions);
  const rawDeps = { db: store.db, keyring: store.keyring, parser, clock, spoolDir: store.spoolDir, smimeTurns };
  const phraseHash = (phrase: string): Promise<PhrasesTable> => hashPhrase({ hasher, clock }, phrase);
  const frame = (other?: Policy): PolicyFrame => policyFrame(tools, ways, other ?? policy(), brands);
  const acceptDeps = {
    db: store.db,
    vault: store.vault,
    mailIdHost,
    orgDomains: config.org.domains,
    ownAddress: config.mailFrom.address,
    policyFrame: () => frame(),
    inspector,
    hashPhrase: phraseHash,
    mayGoDirectly: tools.delivery.mayGoDirectly,
    hasCertificate: async (address: Address) =>
      (await loadCertificateFor({ db: store.db, keyring: store.keyring, clock }, address)) !== undefined,
    kick,
  };
  const checkRoom = createRoomCheck(config, clock);
  const take: Accept = async (submission) => {
    await checkRoom();
    return accept(acceptDeps, submission);
  };
  const watched = metrics === undefined ? take : watchSubmissions(metrics, take);
  const returnDeps = {
    ...acceptDeps,
    ...rawDeps,
    accept: watched,
    log: tools.log,
    textOf: textOfHtml(tools),
    proofDeps: proofDepsOf(tools),
  };
  return {
    accept: watched,
    takeReturn: async (mail) => {
      await checkRoom();
      return takeReturn(returnDeps, mail);
    },
    simulate: async (submission, draft) => {
      await checkRoom();
      return simulate(acceptDeps, submission, draft);
    },
    readRaw: (envelope, source, sink) => readRaw(rawDeps, envelope, source, sink),
    hashPhrase: phraseHash,
    frame,
  };
}

export function composeSmtp({ config, store, clock, hasher, delivery, log }: Tools, roads: Roads): SmtpListener {
  const { db, keyring } = store;
  const own = config.mailFrom.address;
  const isOwnAddress = (address: Address): boolean =>
    canonicalAddress(address) === canonicalAddress(own) ||
    parseVerp(address, own) !== undefined ||
    isTlsReportAddress(address, own);
  const noteShown = bindNoteShown({ db, keyring });
  const users = createSmtpUsers({ db, keyring, clock, hasher, users: config.smtp.users });
  return createSmtpListener({
    host: config.smtp.host,
    port: config.smtp.port,
    name: config.portal.publicUrl.hostname,
    ...(config.smtp.tls === undefined ? {} : { tls: config.smtp.tls }),
    requireTls: config.smtp.requireTls,
    clients: networkMatcher(config.smtp.clients),
    ...(config.smtp.users.length === 0 ? {} : users),
    identify: async (shown) => {
      const now = isoNow(clock);
      const identified = identify((await delivery.connectors.newest()).inbound, shown, now);
      // So that its end is told of before it comes.
      if ('name' in identified) await noteShown(identified.name, shown, now.slice(0, 10));
      return identified;
    },
    messageBytesMax: config.messageBytesMax,
    allowAuthor: (author) => config.org.domains.includes(domainOf(author)),
    isOwnAddress,
    onMail: async ({ envelope: { from, to }, content, peer }) => {
      if (from === '' || to.every(isOwnAddress)) return roads.takeReturn({ envelope: { from, to }, content });
      return roads.accept({
        road: 'smtp',
        from,
        read: (sink) => roads.readRaw({ from, to }, content, sink),
        fields: () => [],
        actor: actorOf(peer),
      });
    },
    log,
  });
}

/** For the audit. No name of SMTP_USERS holds a colon. */
function actorOf({ user, identity, ip }: SubmittedMail['peer']): string {
  return user ?? (identity === undefined ? ip : `certificate:${identity}`);
}

/** What a mail from outside may ask of the DNS: a server waits for our answer. */
const proofLimits = { questionsMax: 6, withinMs: 15_000 };

/** New for each mail. */
function proofDepsOf({ config, clock }: Tools): () => ProofDeps {
  const all = dnsOf(config);
  return () => {
    const dns = boundedDns(all, proofLimits);
    return {
      nowMs: () => clock.nowMs(),
      txt: async (name) => {
        const found = await dns.txt(name);
        if (found.kind === 'none') return [];
        return found.kind === 'found' ? found.records : undefined;
      },
    };
  };
}

function textOfHtml({ cleaner }: Tools): (html: string) => Promise<string> {
  return async (html) => textOfSafeHtml((await cleaner.clean({ html, images: new Map(), linkPrefix: undefined })).html);
}

/** What the policy goes by at this moment. */
function policyFrame({ config, clock }: Tools, ways: WaysIn, policy: Policy, brands: () => KnownBrands): PolicyFrame {
  return {
    nowMs: clock.nowMs(),
    expiryDaysDefault: config.expiryDaysDefault,
    expiryDaysMax: config.expiryDaysMax,
    ...brands(),
    offers: { accounts: ways.opensToAccounts, passkeys: ways.passkeys !== undefined, direct: !config.tryOut },
    orgDomains: config.org.domains,
    policy,
  };
}

// Owns who is visiting: the browser by its cookie, the session if there is a living one, the network.
// Routes ask `visitOf(req)`; nothing of it is taken from a header that a stranger could set.

import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Address } from '../core/address.ts';
import { domainOf } from '../core/address.ts';
import { isToken } from '../core/ids.ts';
import { limitKey } from '../core/networks.ts';
import { equalBytes, sha256 } from '../crypto/digest.ts';
import { newToken } from '../crypto/random.ts';
import { DEFAULT_LANGUAGE, isLanguage, languages } from '../language/languages.ts';
import type { Language } from '../language/languages.ts';
import { wordsIn } from '../language/words.ts';
import type { Words } from '../language/words.ts';
import type { Session } from '../signin/sessions.store.ts';
import { loadSession } from '../signin/sessions.store.ts';
import { readCookie, setCookie } from './cookies.ts';
import { isStrong } from '../core/proofs.ts';
import { hasTotp } from '../signin/totps.store.ts';
import { may } from '../staff/roles.ts';
import type { Capability } from '../staff/roles.ts';
import { noStanding, standingOf } from '../staff/roster.ts';
import type { Standing } from '../staff/roster.ts';
import { loadRoster } from '../staff/staff.store.ts';
import { noSuchPage, notSignedIn } from './nothing-here.ts';
import type { Site } from './site.ts';

export interface Visit {
  /** Hash of the browser's cookie, to which codes are bound. */
  readonly browserHash: string;
  readonly session: Session | undefined;
  /** What the visitor may do in the organisation; nothing while `lacksFactor`. */
  readonly standing: Standing;
  /** Whether somebody with a role has proved no more than a mailbox: they see nothing until they prove more. */
  readonly lacksFactor: boolean;
  /** The peer's address, or the /64 of an IPv6 one. */
  readonly network: string;
  readonly theme: 'auto' | 'light' | 'dark';
  /** In the language that the person chose, or else the browser asks for. */
  readonly words: Words;
  /** What each form on the page carries. */
  readonly csrf: string;
}

const visits = new WeakMap<Request, Visit>();

/** Finds out about the visitor before any page does. */
export function visitor(site: Site): RequestHandler {
  return async (req: Request, res: Response, next: NextFunction) => {
    await findVisit(site, req, res);
    next();
  };
}

/** The same for answers that are given before it is the visitor's turn. Once per request. */
export async function findVisit(site: Site, req: Request, res: Response): Promise<Visit> {
  const known = visits.get(req);
  if (known !== undefined) return known;
  const session = await currentSession(site, req);
  const rank = await rankOf(site, session);
  const visit = new OneVisit(site, req, browserOf(site, req, res), session, rank);
  visits.set(req, visit);
  return visit;
}

/** What few pages need is found out when one asks for it. */
class OneVisit implements Visit {
  readonly session: Session | undefined;
  readonly standing: Standing;
  readonly lacksFactor: boolean;
  readonly #site: Site;
  readonly #req: Request;
  readonly #browser: string;
  #csrf: string | undefined;
  #words: Words | undefined;

  constructor(site: Site, req: Request, browser: string, session: Session | undefined, rank: Rank) {
    this.standing = rank.standing;
    this.lacksFactor = rank.lacksFactor;
    this.#site = site;
    this.#req = req;
    this.#browser = browser;
    this.session = session;
  }

  get browserHash(): string {
    return sha256(this.#browser).toString('base64url');
  }

  get network(): string {
    return limitKey(this.#req.ip ?? '');
  }

  get theme(): Visit['theme'] {
    const theme = readCookie(this.#site, this.#req, 'theme');
    return theme === 'light' || theme === 'dark' ? theme : 'auto';
  }

  get csrf(): string {
    this.#csrf ??= csrfToken(this.#site, this.#browser, this.session);
    return this.#csrf;
  }

  get words(): Words {
    this.#words ??= wordsIn(languageOf(this.#site, this.#req));
    return this.#words;
  }
}

export function visitOf(req: Request): Visit {
  const visit = visits.get(req);
  if (visit === undefined) throw new Error('a page was asked for before its visitor was known');
  return visit;
}

/** The session, or request/unauthenticated. */
export function checkSignedIn(req: Request): Session {
  const { session } = visitOf(req);
  if (session === undefined) throw notSignedIn();
  return session;
}

/** The session of somebody of the organisation, or a refusal. */
export function checkSender(site: Site, req: Request): Session {
  const session = checkSignedIn(req);
  if (isSender(site, session.address)) return session;
  throw noSuchPage();
}

/** The session of somebody whose role may do this; to all others the page does not exist. */
export function checkMay(req: Request, capability: Capability): Session {
  const session = checkSignedIn(req);
  if (mayHere(req, capability)) return session;
  throw noSuchPage();
}

/** Whether the browser has given back the cookie that every page of ours gives it. */
export function keepsCookies(site: Site, req: Request): boolean {
  return isToken(readCookie(site, req, 'browser'));
}

export function mayHere(req: Request, capability: Capability): boolean {
  return may(visitOf(req).standing.role, capability);
}

/** The same of a session that has ended. */
export async function mayIn(site: Site, session: Session, capability: Capability): Promise<boolean> {
  return may((await rankOf(site, session)).standing.role, capability);
}

export function isSender(site: Site, address: Address): boolean {
  return site.orgDomains.includes(domainOf(address));
}

/** Whether the token was handed to this browser and session. */
export function isOwnCsrf(req: Request, token: unknown): boolean {
  return typeof token === 'string' && equalBytes(Buffer.from(token), Buffer.from(visitOf(req).csrf));
}

interface Rank {
  readonly standing: Standing;
  readonly lacksFactor: boolean;
}

const noRank: Rank = { standing: noStanding, lacksFactor: false };

// Asked anew for each request: a role that was taken away is gone with the next one.
async function rankOf(site: Site, session: Session | undefined): Promise<Rank> {
  if (session === undefined || !isSender(site, session.address)) return noRank;
  const { roster } = await loadRoster(site.keyring, site.db);
  const standing = standingOf(roster, session.address, site);
  if (standing.role === undefined || isStrong(session.proved)) return { standing, lacksFactor: false };
  // A newcomer who tries it out has nothing else yet. Whoever has an app set up is asked for it there, too.
  if (site.tryOut && !(await hasTotp(site.db, session.addressIndex))) return { standing, lacksFactor: false };
  return { standing: noStanding, lacksFactor: true };
}

async function currentSession(site: Site, req: Request): Promise<Session | undefined> {
  const cookie = readCookie(site, req, 'session');
  if (cookie === undefined || cookie === '') return undefined;
  const token = await site.cookies.read(cookie);
  return token === undefined ? undefined : loadSession(site.session, site.db, token);
}

function browserOf(site: Site, req: Request, res: Response): string {
  const known = readCookie(site, req, 'browser');
  if (isToken(known)) return known;
  const made = newToken();
  setCookie(site, res, 'browser', made);
  return made;
}

// RFC 9110 section 12.5.4. Without a header everything is as good as everything else.
function languageOf(site: Site, req: Request): Language {
  const chosen = readCookie(site, req, 'language');
  if (isLanguage(chosen)) return chosen;
  if (req.headers['accept-language'] === undefined) return DEFAULT_LANGUAGE;
  const asked = req.acceptsLanguages(...languages);
  return isLanguage(asked) ? asked : DEFAULT_LANGUAGE;
}

/** What each form carries that is made for this browser in this session. */
export function csrfToken(site: Site, browser: string, session: Session | undefined): string {
  return site.keyring.macText('csrf', `${browser} ${session?.tokenHash ?? ''}`);
}

// Owns the wiring of what every page shares.

import type { PolicyKeeper } from './compose-policy.ts';
import type { Tools } from './compose-tools.ts';
import type { WaysIn } from './compose-ways-in.ts';
import { networkMatcher } from './core/networks.ts';
import { bindReadiness } from './http/readiness.ts';
import type { Site } from './http/site.ts';
import { sessionCookies } from './signin/session-cookie.ts';

export function composeSite(tools: Tools, ways: WaysIn, policy: PolicyKeeper, kick: () => void): Site {
  const { config, store, clock, log, hasher, templates, staticFiles } = tools;
  const { db, keyring, vault } = store;
  return {
    db,
    vault,
    keyring,
    clock,
    log,
    templates,
    signin: { db, keyring, clock, hasher, passcodeMinutes: config.passcodeMinutes },
    session: { keyring, clock, sessionIdleMinutes: config.sessionIdleMinutes, sessionHours: config.sessionHours },
    cookies: sessionCookies(keyring.sessionKey()),
    issuers: ways.issuers,
    passkeys: ways.passkeys,
    origin: config.portal.publicUrl.origin,
    base: config.portal.basePath,
    staticVersion: staticFiles.version,
    https: config.portal.secure,
    orgName: config.org.name,
    mailFrom: config.mailFrom.address,
    orgDomains: config.org.domains,
    admins: config.admins,
    tryOut: config.tryOut,
    messageBytesMax: config.messageBytesMax,
    writing: config.writing,
    expiryDaysMax: config.expiryDaysMax,
    trustsProxy: networkMatcher(config.trustProxy),
    readiness: bindReadiness({ db, vault, log, checkPolicy: () => void policy.inForce() }),
    kick,
  };
}

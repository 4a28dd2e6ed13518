// Owns the rules between settings: each one function that gives the faults it finds. A value that is missing
// here was unset or already refused by its own parser, so a rule keeps silent about it.

import { createSecureContext } from 'node:tls';
import { isSet, valueOf, type Env, type Fault, type ReadFile } from './config-given.ts';
import { settingNames, settings, type SettingName, type SettingValue } from './config-settings.ts';
import { domainOf } from './core/address.ts';
import { isLoopbackHost } from './core/networks.ts';

export interface Found {
  readonly env: Env;
  readonly tryOut: boolean;
  readonly values: { readonly [N in SettingName]?: SettingValue<N> };
}

export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** What production needs, in the order in which one would set it up. */
const productionNeeds: readonly {
  readonly names: readonly [SettingName, ...SettingName[]];
  readonly join: string;
  readonly what: string;
}[] = [
  { names: ['RELAY_URL'], join: '', what: 'the mail server that takes what leaves' },
  { names: ['PUBLIC_URL'], join: '', what: 'the https address of the portal' },
  { names: ['ORG_NAME'], join: '', what: 'the name of your organisation' },
  { names: ['ORG_DOMAINS'], join: '', what: 'the mail domains of your organisation' },
  { names: ['MAIL_FROM'], join: '', what: 'the author of notices' },
  { names: ['ADMINS'], join: '', what: 'the first administrators' },
  { names: ['SMTP_TLS_CERT_FILE', 'SMTP_TLS_KEY_FILE'], join: ', ', what: 'certificate and key for STARTTLS' },
  { names: ['SMTP_CLIENTS', 'SMTP_USERS'], join: ' or ', what: 'who may hand in mail' },
];

const rules: readonly ((found: Found) => readonly Fault[])[] = [
  oidcNamesExist,
  oidcWhole,
  onlySecretsFromFiles,
  tryOutStaysHome,
  httpsAbroad,
  certificateWithKey,
  requiredTlsIsThere,
  passwordsNeedTls,
  relayPasswordNeedsTls,
  dkimWhole,
  s3HasCredentials,
  vaultIsReachable,
  adminsAreOurs,
  writtenToAreOurs,
  mailFromLeavesRoom,
  listenersDiffer,
  expiryInOrder,
  sessionInOrder,
];

/** The faults of all rules. */
export function checkTogether(found: Found): readonly Fault[] {
  return rules.flatMap((rule) => rule(found));
}

/** Certificate and key for STARTTLS, read and proved to fit each other; undefined when there are none, or a fault. */
export function loadTlsPair(
  { values }: Found,
  readFile: ReadFile,
): { pair: TlsPair | undefined; faults: readonly Fault[] } {
  const { SMTP_TLS_CERT_FILE: certFile, SMTP_TLS_KEY_FILE: keyFile } = values;
  if (certFile === undefined || keyFile === undefined) return { pair: undefined, faults: [] };
  try {
    const pair = { cert: readFile(certFile), key: readFile(keyFile) };
    createSecureContext(pair);
    return { pair, faults: [] };
  } catch {
    return {
      pair: undefined,
      faults: [
        fault(
          'SMTP_TLS_CERT_FILE, SMTP_TLS_KEY_FILE',
          'readable PEM files, a certificate and the unencrypted private key that belongs to it',
        ),
      ],
    };
  }
}

/** A name that is not quite right would leave a way in closed, and nobody would know why. */
function oidcNamesExist({ env }: Found): readonly Fault[] {
  const known = settingNames.flatMap((name) => (name.startsWith('OIDC_') ? [name, `${name}_FILE`] : []));
  return Object.keys(env)
    .filter((name) => name.startsWith('OIDC_') && !known.includes(name) && valueOf(env, name) !== undefined)
    .map((name) => fault(name, 'to be unset: no setting has this name'));
}

function oidcWhole({ env }: Found): readonly Fault[] {
  const sets: readonly (readonly SettingName[])[] = [
    ['OIDC_GOOGLE_CLIENT_ID', 'OIDC_GOOGLE_CLIENT_SECRET'],
    ['OIDC_MICROSOFT_CLIENT_ID', 'OIDC_MICROSOFT_CLIENT_SECRET'],
    ['OIDC_STAFF_ISSUER', 'OIDC_STAFF_CLIENT_ID', 'OIDC_STAFF_CLIENT_SECRET'],
  ];
  return sets.flatMap((names) => {
    const given = names.filter((name) => isSet(env, name));
    const absent = names.filter((name) => !isSet(env, name));
    if (given.length === 0 || absent.length === 0) return [];
    return [fault(absent.join(', '), `to be set together with ${given.join(', ')}`)];
  });
}

function onlySecretsFromFiles({ env }: Found): readonly Fault[] {
  const names = new Set<string>(settingNames);
  return settingNames
    .filter(
      (name) => !settings[name].secret && !names.has(`${name}_FILE`) && valueOf(env, `${name}_FILE`) !== undefined,
    )
    .map((name) => fault(`${name}_FILE`, `to be unset: only secrets come from files, set ${name} itself`));
}

/** Try-out mode has no relay, no TLS and open listeners: it must not be reachable from elsewhere. */
function tryOutStaysHome({ env, tryOut, values }: Found): readonly Fault[] {
  if (!tryOut) return [];
  const why = 'in try-out mode, that is while RELAY_URL is unset';
  const faults: Fault[] = [];
  if (valueOf(env, 'NODE_ENV') === 'production') faults.push(fault('NODE_ENV', `anything but production ${why}`));
  if (values.PUBLIC_URL && !isLoopbackHost(values.PUBLIC_URL.hostname))
    faults.push(fault('PUBLIC_URL', `a loopback address ${why}`));
  if (values.HTTP_LISTEN && !isLoopbackHost(values.HTTP_LISTEN.host))
    faults.push(fault('HTTP_LISTEN', `a loopback address ${why}`));
  if (values.SMTP_LISTEN && !isLoopbackHost(values.SMTP_LISTEN.host))
    faults.push(fault('SMTP_LISTEN', `a loopback address ${why}`));
  if (values.METRICS_LISTEN && !isLoopbackHost(values.METRICS_LISTEN.host))
    faults.push(fault('METRICS_LISTEN', `a loopback address ${why}`));
  if (faults.length === 0) return [];
  const needs = productionNeeds.map(({ names, join, what }) => {
    const set = join === ' or ' ? names.some((name) => isSet(env, name)) : names.every((name) => isSet(env, name));
    return fault(names.join(join), `for production: ${what}${set ? ' (is set)' : ''}`);
  });
  return [...faults, ...needs];
}

function httpsAbroad({ tryOut, values: { PUBLIC_URL: url } }: Found): readonly Fault[] {
  if (tryOut || url === undefined || url.protocol === 'https:' || isLoopbackHost(url.hostname)) return [];
  return [fault('PUBLIC_URL', 'an https:// address: codes and messages must not cross the network in clear')];
}

function certificateWithKey({ env }: Found): readonly Fault[] {
  const [cert, key] = [isSet(env, 'SMTP_TLS_CERT_FILE'), isSet(env, 'SMTP_TLS_KEY_FILE')];
  if (cert === key) return [];
  return [
    fault(cert ? 'SMTP_TLS_KEY_FILE' : 'SMTP_TLS_CERT_FILE', 'certificate and key together, one of them is missing'),
  ];
}

function requiredTlsIsThere({ env, tryOut, values }: Found): readonly Fault[] {
  if (values.SMTP_REQUIRE_TLS !== true || isSet(env, 'SMTP_TLS_CERT_FILE') || isSet(env, 'SMTP_TLS_KEY_FILE'))
    return [];
  const cause = tryOut || isSet(env, 'SMTP_REQUIRE_TLS') ? '' : ', which is the default outside try-out mode';
  const cure = 'a certificate and its key while SMTP_REQUIRE_TLS is true';
  return [
    fault('SMTP_TLS_CERT_FILE, SMTP_TLS_KEY_FILE', `${cure}${cause}; or SMTP_REQUIRE_TLS=false on a network you trust`),
  ];
}

function passwordsNeedTls({ env, values: { SMTP_USERS: users, SMTP_LISTEN: listen } }: Found): readonly Fault[] {
  if (users === undefined || listen === undefined || isLoopbackHost(listen.host) || isSet(env, 'SMTP_TLS_CERT_FILE'))
    return [];
  return [
    fault(
      'SMTP_USERS',
      'SMTP_TLS_CERT_FILE and SMTP_TLS_KEY_FILE with it: passwords must not cross the network in clear',
    ),
  ];
}

function relayPasswordNeedsTls({ values: { RELAY_URL: url, RELAY_TLS: tls } }: Found): readonly Fault[] {
  if (
    url === undefined ||
    url === 'direct' ||
    tls !== 'opportunistic' ||
    url.password === '' ||
    url.protocol === 'smtps:' ||
    isLoopbackHost(url.hostname)
  )
    return [];
  return [fault('RELAY_TLS', 'verified or required: the password in RELAY_URL must not cross the network in clear')];
}

function dkimWhole({ env }: Found): readonly Fault[] {
  const names = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_KEY'] as const;
  const missing = names.filter((name) => !isSet(env, name));
  if (missing.length === 0 || missing.length === names.length) return [];
  return [fault(missing.join(', '), 'all three DKIM settings or none of them')];
}

function s3HasCredentials({ env, values }: Found): readonly Fault[] {
  return values.BLOB_URL?.kind === 's3'
    ? missing(env, 'for BLOB_URL=s3:…', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY')
    : [];
}

function vaultIsReachable({ env, values }: Found): readonly Fault[] {
  return values.KEYRING?.kind === 'vault' ? missing(env, 'for KEYRING=vault:…', 'VAULT_ADDR', 'VAULT_TOKEN') : [];
}

function missing(env: Env, why: string, ...names: readonly SettingName[]): readonly Fault[] {
  return names.filter((name) => !isSet(env, name)).map((name) => fault(name, `to be set ${why}`));
}

/** An administrator signs in by a code sent to a mailbox of the organisation: any other could never get in. */
function adminsAreOurs({ values: { ADMINS: admins, ORG_DOMAINS: domains } }: Found): readonly Fault[] {
  if (admins === undefined || domains === undefined) return [];
  const strangers = admins.some((admin) => !domains.includes(domainOf(admin)));
  return strangers ? [fault('ADMINS', 'addresses in ORG_DOMAINS only')] : [];
}

/** What is written there goes to the organisation's own mailboxes, never out into the world. */
function writtenToAreOurs({ values: { WRITE_TO: to, ORG_DOMAINS: domains } }: Found): readonly Fault[] {
  if (to === undefined || domains === undefined) return [];
  const strangers = to.some(({ address }) => !domains.includes(domainOf(address)));
  return strangers ? [fault('WRITE_TO', 'addresses in ORG_DOMAINS only')] : [];
}

// Each notice leaves from MAIL_FROM with the recipient's id in it, 29 characters more, and RFC 5321 section
// 4.5.3.1.1 allows 64 before the @.
function mailFromLeavesRoom({ values: { MAIL_FROM: from } }: Found): readonly Fault[] {
  if (from === undefined || from.address.lastIndexOf('@') <= 35) return [];
  return [fault('MAIL_FROM', 'at most 35 characters before the @')];
}

function listenersDiffer({ values }: Found): readonly Fault[] {
  const names = ['HTTP_LISTEN', 'SMTP_LISTEN', 'METRICS_LISTEN'] as const;
  return names.flatMap((name, n) => {
    const one = values[name];
    const same = names
      .slice(0, n)
      .find((other) => one?.port === values[other]?.port && one?.host === values[other]?.host);
    return one === undefined || one.port === 0 || same === undefined
      ? []
      : [fault(name, `another address or port than ${same}`)];
  });
}

function expiryInOrder({ values: { EXPIRY_DAYS_DEFAULT: usual, EXPIRY_DAYS_MAX: max } }: Found): readonly Fault[] {
  if (usual === undefined || max === undefined || usual <= max) return [];
  return [fault('EXPIRY_DAYS_DEFAULT', 'no more than EXPIRY_DAYS_MAX')];
}

function sessionInOrder({ values: { SESSION_IDLE_MINUTES: idle, SESSION_HOURS: hours } }: Found): readonly Fault[] {
  if (idle === undefined || hours === undefined || idle <= hours * 60) return [];
  return [fault('SESSION_IDLE_MINUTES', 'no more than SESSION_HOURS in all')];
}

function fault(setting: string, expected: string): Fault {
  return { setting, expected };
}

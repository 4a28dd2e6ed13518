// Owns the program's settings as one typed, frozen value, and is the only file that reads the environment.
// Rooms and foundations never see it: the composition root hands them plain values.

import { resolve } from 'node:path';
import { checkTogether, loadTlsPair, type Found, type TlsPair } from './config-checks.ts';
import {
  ConfigError,
  findGiven,
  isSet,
  readDotEnv,
  readUtf8,
  type Env,
  type Fault,
  type Given,
  type ReadFile,
} from './config-given.ts';
import {
  placeholders,
  settingNames,
  settings,
  type Defaults,
  type SettingName,
  type SettingValue,
} from './config-settings.ts';
import type { KeyringPlace, Listen } from './config-places.ts';
import type { SmtpUser } from './config-values.ts';
import type { BlobStorePlace } from './blobs/open.ts';
import type { S3Credentials } from './blobs/s3-client.ts';
import type { Address, Mailbox } from './core/address.ts';
import type { RelayTls } from './mail/courier-mode.ts';
import type { DatabaseSource } from './db/engine.ts';
import type { SyslogPlace } from './worker/syslog-sink.ts';
import type { Network, NetworkDetail } from './core/networks.ts';
import type { ProviderSettings } from './signin/oidc-providers.ts';

export { ConfigError, readDotEnv, type Fault } from './config-given.ts';

type Values = { readonly [N in SettingName]: SettingValue<N> };

export interface Config {
  /** True while RELAY_URL is unset: mail stays in a local mailbox, and nothing listens beyond this machine. */
  readonly tryOut: boolean;
  readonly portal: {
    readonly publicUrl: Readonly<URL>;
    /** PUBLIC_URL without a slash at its end: `${baseUrl}/m/TOKEN` is a link. */
    readonly baseUrl: string;
    /** The path in PUBLIC_URL, '' or such as '/portal'. */
    readonly basePath: string;
    /** True when PUBLIC_URL is https, so that cookies can be Secure. */
    readonly secure: boolean;
  };
  readonly http: Listen;
  /** Where figures are told; undefined for nowhere. */
  readonly metrics: Listen | undefined;
  readonly smtp: Listen & {
    readonly tls: TlsPair | undefined;
    readonly requireTls: boolean;
    readonly clients: readonly Network[];
    readonly users: readonly SmtpUser[];
  };
  /** Undefined in try-out mode, and where mail goes to each domain's own servers. */
  readonly relay: { readonly url: Readonly<URL>; readonly tls: RelayTls } | undefined;
  readonly delivery: {
    /** All that leaves goes to each domain's own servers: with this TLS where nothing asks for more. */
    readonly isDirect: boolean;
    readonly tls: RelayTls;
    /** A resolver that validates; undefined: the system's own, whose answers nobody has signed for. */
    readonly resolver: Listen | undefined;
    /** Private networks where servers of others may lie. */
    readonly networks: readonly Network[];
  };
  readonly mailFrom: Mailbox;
  readonly dkim: { readonly domain: string; readonly selector: string; readonly privateKeyPem: string } | undefined;
  readonly org: { readonly name: string; readonly domains: readonly string[] };
  readonly admins: readonly Address[];
  /** Paths are absolute. */
  readonly dataDir: string;
  readonly database: DatabaseSource;
  readonly blobs: BlobStorePlace;
  /** Set when the blobs are in S3. */
  readonly s3Credentials: S3Credentials | undefined;
  readonly keyring: KeyringPlace;
  /** The file that remembers what was shredded. */
  readonly witness: string;
  /** Set when the keyring is sealed by Vault. */
  readonly vault: { readonly url: Readonly<URL>; readonly token: string } | undefined;
  /** All that a command of KEYRING=exec: gets of the environment. */
  readonly commandEnv: Readonly<Record<string, string>>;
  /** Other issuers whose accounts let people in. */
  readonly oidc: ProviderSettings;
  readonly trustProxy: readonly Network[];
  readonly messageBytesMax: number;
  readonly passcodeMinutes: number;
  readonly sessionIdleMinutes: number;
  readonly sessionHours: number;
  readonly expiryDaysDefault: number;
  readonly expiryDaysMax: number;
  /** Who outside may begin a message, and to whom; nobody where there is nobody to write to. */
  readonly writing: { readonly from: 'nobody' | 'recipients' | 'anyone'; readonly to: readonly Mailbox[] };
  /** `keepDays` undefined: its entries stay. */
  readonly audit: {
    readonly keepDays: number | undefined;
    readonly networks: NetworkDetail;
    readonly syslog: SyslogPlace | undefined;
  };
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** Throws ConfigError with every fault there is; relative paths count from the working directory. */
export function loadConfig(env: Env, readFile: ReadFile = readUtf8): Config {
  const { given, faults } = findGiven(env, readFile);
  const tryOut = isTryOut(env);
  const parsed = parseAll(given, defaultsFor(given, tryOut));
  const found: Found = { env, tryOut, values: parsed.values };
  const tls = loadTlsPair(found, readFile);
  const all = [...faults, ...parsed.faults, ...checkTogether(found), ...tls.faults];
  if (all.length > 0) throw new ConfigError(all);
  return deepFreeze(toConfig(parsed.values as Values, tryOut, tls.pair, env)); // without a fault every setting has its value
}

/** The process's own environment, completed by the file at `path`. */
export function readEnvironment(path = '.env'): { env: Env; dotEnv: ReadonlySet<string> } {
  return readDotEnv(path, process.env);
}

export function isTryOut(env: Env): boolean {
  return !isSet(env, 'RELAY_URL');
}

/** What the defaults depend on. A setting with a fault of its own counts as unset, so that one fault is not told twice. */
export function defaultsFor(given: ReadonlyMap<SettingName, Given>, tryOut: boolean): Defaults {
  const domains = settings.ORG_DOMAINS.parser.safeParse(given.get('ORG_DOMAINS')?.text).data;
  const dataDir = settings.DATA_DIR.parser.safeParse(given.get('DATA_DIR')?.text).data ?? placeholders.dataDir;
  const keyring = settings.KEYRING.parser.safeParse(given.get('KEYRING')?.text).data;
  const witness = witnessBeside(keyring ?? { kind: 'file', file: `${dataDir}/keyring.json` }, dataDir);
  return { tryOut, orgDomain: domains?.[0] ?? placeholders.orgDomain, dataDir, witness };
}

function parseAll(
  given: ReadonlyMap<SettingName, Given>,
  defaults: Defaults,
): { values: Found['values']; faults: readonly Fault[] } {
  const values: Record<string, unknown> = {};
  const faults: Fault[] = [];
  for (const name of settingNames) {
    const text = given.get(name)?.text ?? settings[name].fallback(defaults);
    if (text === undefined) continue;
    const result = settings[name].parser.safeParse(text);
    if (result.success) values[name] = result.data;
    else faults.push({ setting: name, expected: result.error.issues[0]?.message ?? 'another value' });
  }
  return { values, faults };
}

function toConfig(values: Values, tryOut: boolean, tls: TlsPair | undefined, env: Env): Config {
  const { DKIM_DOMAIN: domain, DKIM_SELECTOR: selector, DKIM_KEY: privateKeyPem } = values;
  const url = values.PUBLIC_URL;
  const basePath = url.pathname.replace(/\/$/, '');
  return {
    tryOut,
    portal: { publicUrl: url, baseUrl: `${url.origin}${basePath}`, basePath, secure: url.protocol === 'https:' },
    http: values.HTTP_LISTEN,
    metrics: values.METRICS_LISTEN,
    smtp: {
      ...values.SMTP_LISTEN,
      tls,
      requireTls: values.SMTP_REQUIRE_TLS,
      clients: values.SMTP_CLIENTS ?? [],
      users: values.SMTP_USERS ?? [],
    },
    relay:
      values.RELAY_URL === undefined || values.RELAY_URL === 'direct'
        ? undefined
        : { url: values.RELAY_URL, tls: values.RELAY_TLS },
    delivery: {
      isDirect: values.RELAY_URL === 'direct',
      tls: values.RELAY_TLS,
      resolver: values.DNS_RESOLVER,
      networks: values.DELIVERY_NETWORKS ?? [],
    },
    mailFrom: values.MAIL_FROM,
    dkim:
      domain !== undefined && selector !== undefined && privateKeyPem !== undefined
        ? { domain, selector, privateKeyPem }
        : undefined,
    org: { name: values.ORG_NAME, domains: values.ORG_DOMAINS },
    admins: values.ADMINS ?? [],
    dataDir: resolve(values.DATA_DIR),
    ...placesOf(values),
    commandEnv: Object.fromEntries(
      ['PATH', 'HOME'].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
    ),
    oidc: oidcOf(values),
    trustProxy: values.TRUST_PROXY ?? [],
    messageBytesMax: values.MESSAGE_BYTES_MAX,
    passcodeMinutes: values.PASSCODE_MINUTES,
    sessionIdleMinutes: values.SESSION_IDLE_MINUTES,
    sessionHours: values.SESSION_HOURS,
    expiryDaysDefault: values.EXPIRY_DAYS_DEFAULT,
    expiryDaysMax: values.EXPIRY_DAYS_MAX,
    writing: {
      from: values.WRITE_TO === undefined ? 'nobody' : values.WRITE_FROM,
      to: values.WRITE_TO ?? [],
    },
    audit: { keepDays: values.AUDIT_KEEP_DAYS, networks: values.AUDIT_NETWORKS, syslog: values.AUDIT_SYSLOG },
    logLevel: values.LOG_LEVEL,
  };
}

function oidcOf(values: Values): ProviderSettings {
  const client = (id: string | undefined, secret: string | undefined) =>
    id === undefined || secret === undefined ? undefined : { clientId: id, clientSecret: secret };
  const staff = client(values.OIDC_STAFF_CLIENT_ID, values.OIDC_STAFF_CLIENT_SECRET);
  const issuer = values.OIDC_STAFF_ISSUER;
  return {
    google: client(values.OIDC_GOOGLE_CLIENT_ID, values.OIDC_GOOGLE_CLIENT_SECRET),
    microsoft: client(values.OIDC_MICROSOFT_CLIENT_ID, values.OIDC_MICROSOFT_CLIENT_SECRET),
    staff: staff === undefined || issuer === undefined ? undefined : { ...staff, issuer },
  };
}

function placesOf(
  values: Values,
): Pick<Config, 'database' | 'blobs' | 's3Credentials' | 'keyring' | 'witness' | 'vault'> {
  const { DATABASE_URL: database, BLOB_URL: blobs, KEYRING: keyring } = values;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = values;
  const { AWS_SESSION_TOKEN: sessionToken, VAULT_ADDR: vaultUrl, VAULT_TOKEN: vaultToken } = values;
  return {
    database: database.kind === 'sqlite' ? { ...database, file: resolve(database.file) } : database,
    blobs: blobs.kind === 'files' ? { ...blobs, folder: resolve(blobs.folder) } : blobs,
    s3Credentials:
      blobs.kind === 's3' && accessKeyId !== undefined && secretAccessKey !== undefined
        ? { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
        : undefined,
    keyring: keyring.kind === 'file' ? { ...keyring, file: resolve(keyring.file) } : keyring,
    witness: resolve(values.WITNESS),
    vault:
      keyring.kind === 'vault' && vaultUrl !== undefined && vaultToken !== undefined
        ? { url: vaultUrl, token: vaultToken }
        : undefined,
  };
}

function witnessBeside(keyring: KeyringPlace, dataDir: string): string {
  return keyring.kind === 'file' ? `${keyring.file}.witness` : `${dataDir}/keyring.witness`;
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}

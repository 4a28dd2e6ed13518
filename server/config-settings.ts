// Owns the settings as data: name, default, meaning, kind of value, example, secret or not. The README's
// table, .env.example and `sealpost config` are made from this one definition. It never reads anything.

import * as places from './config-places.ts';
import * as kinds from './config-values.ts';

/** What a default may depend on. */
export interface Defaults {
  /** True while RELAY_URL is unset. */
  readonly tryOut: boolean;
  /** The first of ORG_DOMAINS. */
  readonly orgDomain: string;
  readonly dataDir: string;
  /** Beside the keyring, or in `dataDir` when that is no file. */
  readonly witness: string;
}

export interface Setting<T, F extends string | undefined = string | undefined> {
  /** One or two sentences for the person who runs Sealpost. */
  readonly meaning: string;
  readonly parser: kinds.Parser<T>;
  /** The default as text, which passes the same parser; undefined where there is none. */
  readonly fallback: (defaults: Defaults) => F;
  readonly example: string;
  /** A secret may come from the file that `NAME_FILE` names, and is never shown. */
  readonly secret: boolean;
}

/** The defaults that other defaults are made of. */
export const placeholders = { orgDomain: 'example.com', dataDir: './data' } as const;

const nothing = (): undefined => undefined;

function open<T, F extends string | undefined>(
  meaning: string,
  parser: kinds.Parser<T>,
  fallback: (defaults: Defaults) => F,
  example: string,
): Setting<T, F> {
  return { meaning, parser, fallback, example, secret: false };
}

function secret<T, F extends string | undefined>(
  meaning: string,
  parser: kinds.Parser<T>,
  fallback: (defaults: Defaults) => F,
  example: string,
): Setting<T, F> {
  return { meaning, parser, fallback, example, secret: true };
}

export const settings = {
  PUBLIC_URL: open(
    'The address of the portal as readers see it, the only source of links. It may carry a path; it must be https unless it is on this machine.',
    places.publicUrl,
    () => 'http://localhost:3000',
    'https://secure.example.com',
  ),
  HTTP_LISTEN: open('Where the portal and the API listen.', places.listen, () => '127.0.0.1:3000', '0.0.0.0:3000'),
  SMTP_LISTEN: open(
    'Where mail from your own servers is taken in.',
    places.listen,
    () => '127.0.0.1:2525',
    '0.0.0.0:2525',
  ),
  SMTP_TLS_CERT_FILE: open(
    'The certificate (PEM, with its chain) for STARTTLS on SMTP_LISTEN. It goes together with SMTP_TLS_KEY_FILE.',
    places.path,
    nothing,
    '/etc/sealpost/smtp.crt',
  ),
  SMTP_TLS_KEY_FILE: open('The private key of that certificate (PEM).', places.path, nothing, '/etc/sealpost/smtp.key'),
  SMTP_REQUIRE_TLS: open(
    'Refuse mail on a connection that has not been secured by STARTTLS.',
    kinds.flag,
    ({ tryOut }) => (tryOut ? 'false' : 'true'),
    'true',
  ),
  SMTP_CLIENTS: open(
    'Networks that may hand in mail without signing in. Every other peer has to sign in as one of SMTP_USERS.',
    kinds.networks,
    ({ tryOut }) => (tryOut ? '127.0.0.0/8, ::1/128' : undefined),
    '10.0.0.0/8, 2001:db8::/32',
  ),
  SMTP_USERS: secret(
    'Who may sign in to hand in mail: lines of `user:argon2id-hash`.',
    kinds.smtpUsers,
    nothing,
    'connector:$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$D0s0lqbSRgKjlSJTJsCd8pCs7rqB9z7nvOUPsdbYmb8',
  ),
  RELAY_URL: secret(
    'The mail server that takes what leaves, `smtp://user:password@host:587` or `smtps://…`, or `direct`: the servers of each recipient’s own domain. Without it Sealpost runs in try-out mode: mail stays in a local mailbox at `/try/mailbox`.',
    places.relayUrl,
    nothing,
    'smtp://sealpost:password@relay.example.com:587',
  ),
  RELAY_TLS: open(
    'What the relay must offer: `verified` TLS with a certificate that checks out, `required` TLS with any certificate, or `opportunistic`, TLS if there is any. With `RELAY_URL=direct` it holds for servers for which no connector, DANE or MTA-STS asks for more.',
    kinds.oneOf('verified', 'required', 'opportunistic'),
    () => 'verified',
    'verified',
  ),
  DNS_RESOLVER: open(
    'A resolver that validates DNSSEC, on this machine or a network you trust: its word that an answer is signed is believed. Without it there is no DANE.',
    places.listen,
    nothing,
    '127.0.0.1:53',
  ),
  DELIVERY_NETWORKS: open(
    'Private networks where mail servers and MTA-STS policies of other domains may lie. Into any other private network nothing goes because of what their DNS says.',
    kinds.networks,
    nothing,
    '10.0.0.0/8',
  ),
  MAIL_FROM: open(
    'The author of notices and passcodes.',
    kinds.mailbox,
    ({ orgDomain }) => `Sealpost <sealpost@${orgDomain}>`,
    'Example Ltd <secure@example.com>',
  ),
  DKIM_DOMAIN: open(
    'The domain that signs all mail that leaves. The three DKIM settings go together.',
    kinds.domain,
    nothing,
    'example.com',
  ),
  DKIM_SELECTOR: open(
    'The selector under which the public key stands in the DNS.',
    kinds.selector,
    nothing,
    'mail2026',
  ),
  DKIM_KEY: secret(
    'The private key that signs: RSA, 2048 to 4096 bits, PEM.',
    kinds.dkimKey,
    nothing,
    '-----BEGIN PRIVATE KEY-----\\n…\\n-----END PRIVATE KEY-----',
  ),
  ORG_NAME: open('The name of your organisation, as readers see it.', kinds.line, () => 'Example Ltd', 'Example Ltd'),
  ORG_DOMAINS: open(
    'The mail domains of your organisation, separated by commas. Addresses in them are senders, all others are external recipients.',
    kinds.domains,
    () => placeholders.orgDomain,
    'example.com, example.org',
  ),
  ADMINS: open(
    'The first administrators: addresses in ORG_DOMAINS, separated by commas.',
    kinds.addresses,
    ({ tryOut, orgDomain }) => (tryOut ? `admin@${orgDomain}` : undefined),
    'admin@example.com',
  ),
  DATA_DIR: open(
    'Where everything is kept that is not placed elsewhere below.',
    places.path,
    () => placeholders.dataDir,
    '/var/lib/sealpost',
  ),
  DATABASE_URL: secret(
    'The database: `sqlite:PATH`, or `postgres://user:password@host/name` when several machines share it.',
    places.databaseUrl,
    ({ dataDir }) => `sqlite:${dataDir}/sealpost.db`,
    'postgres://sealpost:password@db.example.com/sealpost',
  ),
  BLOB_URL: secret(
    'Sealed attachments: the folder `file:PATH`, or `s3://bucket/prefix?endpoint=…&region=…` when several machines share them.',
    places.blobUrl,
    ({ dataDir }) => `file:${dataDir}/blobs`,
    's3://sealpost/portal?endpoint=https://s3.example.com&region=eu-central-1',
  ),
  AWS_ACCESS_KEY_ID: open('Who signs the requests to S3.', kinds.token, nothing, 'AKIAIOSFODNN7EXAMPLE'),
  AWS_SECRET_ACCESS_KEY: secret(
    'The secret that signs the requests to S3.',
    kinds.token,
    nothing,
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  ),
  AWS_SESSION_TOKEN: secret('The token of temporary S3 credentials.', kinds.token, nothing, 'IQoJb3JpZ2luX2Vj'),
  KEYRING: open(
    'The keys that seal everything: a file, made on first start; `exec:COMMAND`, whose output is the keyring; or `vault:MOUNT/KEY`, a key of Vault’s transit engine that seals the file. Back it up apart from the data: without it nothing can be read again.',
    places.keyring,
    ({ dataDir }) => `${dataDir}/keyring.json`,
    '/etc/sealpost/keyring.json',
  ),
  WITNESS: open(
    'A small file that remembers what was shredded and how far the audit log had come, so that an older database brings nothing shredded back. It lies beside the keyring, or for a keyring that is no file as `DATA_DIR/keyring.witness`: name its place when the keyring moves. Like the keyring it stays apart from backups of the data.',
    places.path,
    ({ witness }) => witness,
    '/etc/sealpost/keyring.json.witness',
  ),
  VAULT_ADDR: open(
    'Where Vault is, for `KEYRING=vault:…`.',
    places.serviceUrl,
    nothing,
    'https://vault.example.com:8200',
  ),
  VAULT_TOKEN: secret('The token that Vault takes.', kinds.token, nothing, 'hvs.CAESIJ'),
  OIDC_GOOGLE_CLIENT_ID: open(
    'Lets recipients sign in with Google: the client of your project there. It goes together with its secret; `PUBLIC_URL/sign-in/oidc/google/callback` is its redirect address.',
    kinds.token,
    nothing,
    '1234567890-abc.apps.googleusercontent.com',
  ),
  OIDC_GOOGLE_CLIENT_SECRET: secret('The secret of that client.', kinds.token, nothing, 'GOCSPX-EXAMPLE'),
  OIDC_MICROSOFT_CLIENT_ID: open(
    'Lets recipients sign in with Microsoft: an application for accounts of any tenant, with the optional claims `email`, `xms_edov` and `verified_primary_email`; `PUBLIC_URL/sign-in/oidc/microsoft/callback` is its redirect address.',
    kinds.token,
    nothing,
    '11112222-bbbb-3333-cccc-4444dddd5555',
  ),
  OIDC_MICROSOFT_CLIENT_SECRET: secret('The secret of that application.', kinds.token, nothing, 'a8Q~EXAMPLE'),
  OIDC_STAFF_ISSUER: open(
    'Lets people of ORG_DOMAINS sign in with your own OpenID Connect issuer. The three OIDC_STAFF settings go together; `PUBLIC_URL/sign-in/oidc/staff/callback` is the redirect address.',
    places.issuerUrl,
    nothing,
    'https://login.example.com',
  ),
  OIDC_STAFF_CLIENT_ID: open('The client there.', kinds.token, nothing, 'sealpost'),
  OIDC_STAFF_CLIENT_SECRET: secret('The secret of that client.', kinds.token, nothing, 'EXAMPLE-SECRET'),
  TRUST_PROXY: open(
    'Networks of your reverse proxies, whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.',
    kinds.networks,
    nothing,
    '10.0.0.5',
  ),
  MESSAGE_BYTES_MAX: open(
    'The largest mail that is taken in, in bytes as transmitted.',
    kinds.wholeNumber(1_024, 1_073_741_824),
    () => '52428800',
    '52428800',
  ),
  PASSCODE_MINUTES: open('How long a mailed code is valid.', kinds.wholeNumber(1, 60), () => '10', '10'),
  SESSION_IDLE_MINUTES: open(
    'After how many minutes without a request a reader is signed out.',
    kinds.wholeNumber(1, 10_080),
    () => '30',
    '30',
  ),
  SESSION_HOURS: open(
    'After how many hours a reader is signed out in any case.',
    kinds.wholeNumber(1, 168),
    () => '12',
    '12',
  ),
  EXPIRY_DAYS_DEFAULT: open(
    'For how many days a message can be read when its sender says nothing else.',
    kinds.wholeNumber(1, 3_650),
    () => '30',
    '30',
  ),
  EXPIRY_DAYS_MAX: open(
    'The longest time a sender may ask for, in days.',
    kinds.wholeNumber(1, 3_650),
    () => '730',
    '730',
  ),
  WRITE_FROM: open(
    'Who outside may begin a message at `/write`: `nobody`, `recipients` who were sent one before, or `anyone` who proves a mailbox.',
    kinds.oneOf('nobody', 'recipients', 'anyone'),
    () => 'recipients',
    'recipients',
  ),
  WRITE_TO: open(
    'To whom they may write: addresses in ORG_DOMAINS, each perhaps with a name, separated by commas. Without any there is no such page.',
    kinds.mailboxes,
    nothing,
    'Claims <claims@example.com>, info@example.com',
  ),
  METRICS_LISTEN: open(
    'Where Prometheus finds figures at `/metrics`. Whoever reaches it may read them: they name no person and no message, but say how much goes on.',
    places.listen,
    ({ tryOut }) => (tryOut ? '127.0.0.1:9464' : undefined),
    '127.0.0.1:9464',
  ),
  AUDIT_KEEP_DAYS: open(
    'After how many days entries of the audit log are removed; a signed statement says up to where. Without it they stay.',
    kinds.wholeNumber(30, 36_500),
    nothing,
    '3650',
  ),
  AUDIT_SYSLOG: open(
    'A syslog server that gets each entry of the audit log (RFC 5424 over TLS, RFC 5425; its certificate must be valid for its name).',
    places.syslogUrl,
    nothing,
    'tls://logs.example.com:6514',
  ),
  AUDIT_NETWORKS: open(
    'How much of a visitor’s network address the audit log keeps: `full`, `shortened` (an IPv4 /24, an IPv6 /48) or `none`.',
    kinds.oneOf('full', 'shortened', 'none'),
    () => 'full',
    'shortened',
  ),
  LOG_LEVEL: open(
    'How much is logged: `debug`, `info`, `warn`, `error` or `silent`. JSON lines on standard output, pretty on a terminal.',
    kinds.oneOf('debug', 'info', 'warn', 'error', 'silent'),
    () => 'info',
    'info',
  ),
} as const;

export type SettingName = keyof typeof settings;

/** What a setting is once it is parsed; undefined stands for unset, where there is no default. */
export type SettingValue<N extends SettingName> =
  (typeof settings)[N] extends Setting<infer T, infer F> ? T | (undefined extends F ? undefined : never) : never;

export const settingNames = Object.keys(settings) as readonly SettingName[]; // the keys of the object just above

// Reads the import lines and keeps the house's walls standing: which folder may look into which, and which
// one file knows which library.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';

const server = join(import.meta.dirname, '../../server');

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(server, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const sources = new Map(files.map((file) => [file, readFileSync(join(server, file), 'utf8')]));
const imports = files.flatMap(importsOf);

// Downhill only: a folder may use those of lower rows, and itself. Stories on the rim that belong to several
// doors (accept, take-back) are handed in by compose.ts, so there only their types may be named.
const rows: readonly (readonly string[])[] = [
  ['language'],
  ['core'],
  ['crypto', 'db', 'blobs', 'mail', 'net', 'render', 'files', 'detect'],
  ['inspect', 'metrics'],
  [
    'policy',
    'messages',
    'outbox',
    'signin',
    'access',
    'brands',
    'audit',
    'keys',
    'people',
    'staff',
    'viewing',
    'smime',
    'delivery',
    'webhooks',
    'alerts',
  ],
  ['http'],
  [
    'ingest',
    'worker',
    'portal',
    'sender',
    'approvals',
    'admin',
    'api',
    'try',
    'shredding',
    'backup',
    'rulebook',
    'staffing',
    'brandbook',
    'simulator',
    'figures',
    'certificates',
    'switchboard',
    'own-domains',
    'reports',
    'watch',
  ],
  ['.', 'cli'],
];
const RIM = rows.length - 2;
// db counts limits under keys that crypto blinds; blobs signs the digest of what goes to S3; mail compares a peer's certificate
// with the digests that name it.
const sideways: readonly string[] = ['db > crypto', 'blobs > crypto', 'mail > crypto'];

function rowOf(folder: string): number {
  const row = rows.findIndex((folders) => folders.includes(folder));
  assert.notEqual(row, -1, `server/${folder} has no place in the house; give it one here`);
  return row;
}

describe('the walls of the house', () => {
  test('imports run downhill only', () => {
    const wrong = imports.filter(({ file, target, typeOnly }) => {
      if (!target.startsWith('server:')) return false;
      const from = folderOf(file);
      const to = folderOf(target.slice('server:'.length));
      if (from === to || rowOf(to) < rowOf(from)) return false;
      const amongRims = rowOf(from) === rowOf(to) && rowOf(from) === RIM;
      return !(amongRims && typeOnly) && !sideways.includes(`${from} > ${to}`) && from !== 'cli' && !isCommand(file);
    });
    assert.deepEqual(
      wrong.map(({ file, target }) => `${file} > ${target}`),
      [],
    );
  });

  const homes: readonly (readonly [library: RegExp, allowed: (file: string) => boolean])[] = [
    [/^node:crypto$/, (file) => file.startsWith('crypto/')],
    [/^kysely$/, (file) => file.startsWith('db/') || file.endsWith('.store.ts')],
    [/^better-sqlite3$/, (file) => file === 'db/sqlite.ts' || file === 'db/backup.ts'],
    [/^pg$/, (file) => file === 'db/postgres.ts'],
    [/^aws4fetch$/, (file) => file === 'blobs/s3-client.ts'],
    [/^nodemailer/, (file) => /^mail\/(compose|courier)[\w-]*\.ts$/.test(file)],
    [/^smtp-server/, (file) => file.startsWith('ingest/smtp-')],
    [/^mailparser/, (file) => file.startsWith('mail/')],
    [/^mailauth/, (file) => file === 'mail/dkim-proof.ts'],
    [/^sanitize-html$/, (file) => file.startsWith('mail/')],
    [/^argon2$/, (file) => file === 'crypto/passwords.ts'],
    [/^sharp$/, (file) => file === 'brands/logo.ts' || file === 'viewing/paint/picture.ts'],
    [/^@napi-rs\/canvas$/, (file) => file === 'viewing/paint/canvas.ts'],
    [/^pdfjs-dist/, (file) => file === 'files/pdf.ts'],
    [/^yauzl$/, (file) => file === 'files/archive.ts'],
    [/^mime-db$/, (file) => file === 'files/types-by-name.ts'],
    [/^saxes$/, (file) => file === 'files/xml.ts'],
    [/^iconv-lite$/, (file) => file === 'files/charsets.ts'],
    [/^chardet$/, (file) => file === 'files/charsets.ts'],
    [/^htmlparser2$/, (file) => file === 'files/html-text.ts'],
    [/^pkijs$/, (file) => file === 'crypto/cms-signature.ts' || file === 'crypto/certificate-chain.ts'],
    [/^asn1js$/, (file) => file === 'crypto/cms-signature.ts'],
    [/^pino/, (file) => file === 'core/log.ts'],
    [/^prom-client$/, (file) => file === 'metrics/metrics.ts'],
    [/^handlebars$/, (file) => file.startsWith('render/')],
    [/^re2js$/, (file) => file === 'detect/pattern.ts'],
    [/^js-yaml$/, (file) => file === 'policy/document-text.ts'],
    [/^dns-packet$/, (file) => file === 'delivery/validating-dns.ts'],
    [/^diff$/, (file) => file === 'core/line-diff.ts'],
    [/^intl-messageformat$/, (file) => file === 'language/catalogue.ts'],
    [/^jose$/, (file) => file === 'signin/session-cookie.ts' || file === 'crypto/signing-key.ts'],
    [/^openid-client$/, (file) => file === 'signin/oidc-client.ts'],
    [/^otplib/, (file) => file === 'signin/totp.ts'],
    [/^qrcode-generator$/, (file) => file === 'render/qr-picture.ts'],
    [/^@simplewebauthn/, (file) => file === 'signin/webauthn.ts'],
    [/^tar-stream$/, (file) => file === 'backup/archive.ts'],
    [/^helmet$/, (file) => file === 'http/security-headers.ts'],
    [/^cookie$/, (file) => file === 'http/cookies.ts'],
    [/^content-disposition$/, (file) => file === 'http/attachment-header.ts'],
    [/^@fastify\/busboy$/, (file) => file === 'http/uploads.ts'],
    [/^ipaddr\.js$/, (file) => file === 'core/networks.ts'],
    [/^commander$/, (file) => file.startsWith('cli/')],
    [/^esbuild$/, (file) => file === 'cli/bundle.ts'],
    [/^@asteasolutions/, (file) => file.startsWith('api/')],
    [/^re2js$/, (file) => file === 'detect/pattern.ts'],
  ];
  for (const [library, allowed] of homes) {
    test(`${library.source} is known in its own place only`, () => {
      const users = imports.filter(({ target, typeOnly }) => library.test(target) && !typeOnly).map(({ file }) => file);
      assert.notDeepEqual(users, [], 'nobody imports it: take it out of package.json and of this list');
      assert.deepEqual(
        users.filter((file) => !allowed(file)),
        [],
      );
    });
  }

  test('only config reads the environment', () => {
    assert.deepEqual(filesWith(/process\.env/), ['config.ts']);
  });

  test('only the clock asks the time', () => {
    assert.deepEqual(filesWith(/Date\.now\(|new Date\(\)|performance\.now\(/), ['core/clock.ts']);
  });

  test('there are no default exports, no enums and no weak types', () => {
    assert.deepEqual(
      filesWith(/^export default|^(?:export )?(?:const )?enum |\bas any\b|: any\b|@ts-(?:ignore|expect-error)/m),
      [],
    );
  });

  test('each file says first what it owns', () => {
    const silent = [...sources].filter(([, source]) => !/^\/\/ |^#!.*\n\/\/ /.test(source)).map(([file]) => file);
    assert.deepEqual(silent, []);
  });
});

function importsOf(file: string): Import[] {
  const source = sources.get(file) ?? '';
  const atStart = [...source.matchAll(/^(import|export)( type)?\b[^'";]*?from '([^']+)'/gm)];
  const onDemand = [...source.matchAll(/\b(import)()\('([^']+)'\)/g)];
  // The names of the texts are types made of data.
  const texts = (target: string): boolean => target.endsWith('.json');
  return [...atStart, ...onDemand]
    .filter(([, , , target = '']) => !texts(target))
    .map(([, , type, target = '']) => ({
      file,
      typeOnly: type !== undefined && type !== '',
      target: target.startsWith('.') ? `server:${relative(server, join(server, dirname(file), target))}` : target,
    }));
}

function folderOf(file: string): string {
  const folder = dirname(file);
  return folder.split('/')[0] ?? folder;
}

// The command line, and `npm run try`, are programs of their own and begin at the settings.
function isCommand(file: string): boolean {
  return file === 'try/send-sample.ts';
}

function filesWith(pattern: RegExp): string[] {
  return [...sources].filter(([, source]) => pattern.test(withoutComments(source))).map(([file]) => file);
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}

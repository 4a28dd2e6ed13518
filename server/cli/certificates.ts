// Owns the commands about certificates for S/MIME.

import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { AppError, hasCode } from '../core/errors.ts';
import { bindInventory } from '../certificates/inventory.ts';
import type { CertificateSettings, CheckedCertificate, Inventory } from '../certificates/inventory.ts';
import { algorithmWords, keyWords, roleWords } from '../smime/certificate-words.ts';
import { faultWords } from '../smime/check-certificate.ts';
import { createPublicFetch } from '../smime/fetch-public.ts';
import { withStore } from './with-store.ts';
import type { Desk } from './with-store.ts';

const by = { actor: 'command line' };
const LISTED_AT_ONCE = 200;

interface ImportOptions {
  readonly passwordFile?: string;
  readonly approve?: boolean;
}

interface SetOptions {
  readonly cipher?: string;
  readonly pkcs1?: string;
  readonly revocation?: string;
}

export function registerCertificates(program: Command): void {
  const certificate = program
    .command('certificate')
    .description('Certificates for S/MIME: correspondents’, own, authorities’');

  certificate
    .command('import')
    .argument('<file>', 'PEM, DER, PKCS #7, PKCS #12 or an LDAP export (LDIF)')
    .option('--password-file <file>', 'where the password of a PKCS #12 file or of a private key stands')
    .option('--approve', 'approve each that nothing speaks against')
    .description('Take in what the file holds; with its private key a certificate is the organisation’s own')
    .action((file: string, options: ImportOptions) =>
      withInventory(async ({ print }, inventory) => {
        const password = options.passwordFile === undefined ? '' : (await read(options.passwordFile)).toString('utf8');
        const { added, known } = await inventory.takeIn(
          { bytes: await read(file), password: password.replace(/\r?\n$/, '') },
          by,
        );
        for (const { row } of added) {
          const now = options.approve === true ? await approved(inventory, row.id) : await inventory.get(row.id);
          print(line(now));
        }
        if (known > 0) print(`Known before: ${known}`);
      }),
    );

  certificate
    .command('list')
    .option('--role <role>', 'recipient, own or authority')
    .description('List certificates, newest first: id, state, end, addresses')
    .action((options: { readonly role?: string }) =>
      withInventory(async ({ print }, inventory) => {
        const role = options.role === undefined ? {} : { role: readRole(options.role) };
        for (let before: string | undefined; ;) {
          const page = await inventory.list({
            ...role,
            limit: LISTED_AT_ONCE,
            ...(before === undefined ? {} : { before }),
          });
          for (const one of page) print(line(one));
          before = page.at(-1)?.row.id;
          if (page.length < LISTED_AT_ONCE) break;
        }
      }),
    );

  certificate
    .command('show')
    .argument('<id>')
    .description('Show one, and what speaks against its use')
    .action((id: string) => withInventory(async ({ print }, inventory) => tell(print, await inventory.get(id))));

  certificate
    .command('approve')
    .argument('<id>')
    .description('Allow its use; its authority is asked first whether it stands by it')
    .action((id: string) =>
      withInventory(async ({ print }, inventory) => print(line(await inventory.approve(id, by)))),
    );

  certificate
    .command('refuse')
    .argument('<id>')
    .description('Allow its use no more')
    .action((id: string) => withInventory(async ({ print }, inventory) => print(line(await inventory.refuse(id, by)))));

  certificate
    .command('set')
    .argument('<id>')
    .option('--cipher <cipher>', 'auto, gcm or cbc')
    .option('--pkcs1 <allowed>', 'yes or no: RSA PKCS #1 v1.5 for programs that know nothing newer')
    .option('--revocation <checked>', 'checked or ignored')
    .description('Change how mail is encrypted to it')
    .action((id: string, options: SetOptions) =>
      withInventory(async ({ print }, inventory) => tell(print, await inventory.set(id, settingsOf(options), by))),
    );

  certificate
    .command('remove')
    .argument('<id>')
    .description('Remove it for good, with its private key')
    .action((id: string) =>
      withInventory(async ({ print }, inventory) => {
        await inventory.remove(id, by);
        print('Removed.');
      }),
    );
}

function withInventory(work: (desk: Desk, inventory: Inventory) => Promise<void>): Promise<void> {
  return withStore((desk) => {
    const { db, vault } = desk.store;
    return work(desk, bindInventory({ db, vault, fetchPublic: createPublicFetch() }));
  });
}

async function approved(inventory: Inventory, id: string): Promise<CheckedCertificate> {
  try {
    return await inventory.approve(id, by);
  } catch (error) {
    if (error instanceof AppError && error.code === 'request/conflict') return inventory.get(id);
    throw error;
  }
}

function line({ row, facts, faults }: CheckedCertificate): string {
  const who = facts.addresses.join(', ') || facts.subject;
  return [row.id, row.role, row.state, `until ${row.not_after.slice(0, 10)}`, who, faults.join(', ')]
    .join('  ')
    .trimEnd();
}

function tell(print: (line: string) => void, certificate: CheckedCertificate): void {
  const { row, facts, card, faults } = certificate;
  const lines: readonly (readonly [name: string, value: string])[] = [
    ['Id', row.id],
    ['Whose', roleWords[row.role]],
    ['State', card.decidedBy === undefined ? row.state : `${row.state} by ${card.decidedBy}`],
    ['Subject', facts.subject],
    ['Issuer', facts.issuer],
    ['Addresses', facts.addresses.join(', ')],
    ['Valid', `${facts.notBefore} to ${facts.notAfter}`],
    ['Key', keyWords(facts)],
    ['Encrypted with', algorithmWords(certificate)],
    ['Authority says', card.ignoresRevocation ? 'not asked' : `${row.standing} ${row.standing_until ?? ''}`.trimEnd()],
    ['Last used', row.used_at ?? 'never'],
    ['SHA-256', facts.fingerprint],
  ];
  for (const [name, value] of lines) print(`${name.padEnd(15)} ${value}`);
  for (const fault of faults) print(`! ${faultWords[fault]}`);
}

function settingsOf({ cipher, pkcs1, revocation }: SetOptions): CertificateSettings {
  return {
    ...(cipher === undefined ? {} : { cipher: oneOf(cipher, ['auto', 'gcm', 'cbc']) }),
    ...(pkcs1 === undefined ? {} : { allowsPkcs1: oneOf(pkcs1, ['yes', 'no']) === 'yes' }),
    ...(revocation === undefined ? {} : { ignoresRevocation: oneOf(revocation, ['checked', 'ignored']) === 'ignored' }),
  };
}

function readRole(text: string): CheckedCertificate['row']['role'] {
  return oneOf(text, ['recipient', 'own', 'authority']);
}

function oneOf<T extends string>(text: string, known: readonly T[]): T {
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  throw new AppError('request/malformed', `Expected one of: ${known.join(', ')}.`);
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EISDIR', 'EACCES')) throw error;
    throw new AppError('request/not-found', 'The file is not there, or not for this user.');
  }
}

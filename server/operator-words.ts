// Owns saying in one line what an operator can mend. Anything else is a bug and keeps its stack.

import { BackupFault } from './backup/backup-fault.ts';
import { DatabaseLost, NoDatabase } from './beginning.ts';
import { S3Fault } from './blobs/s3-fault.ts';
import { ConfigError } from './config.ts';
import { AppError } from './core/errors.ts';
import { KeyringFault } from './crypto/keyring-format.ts';
import { SealBroken } from './crypto/seal-broken.ts';
import { MigrationsPending } from './db/migrate.ts';
import { WitnessFault } from './shredding/witness.ts';

/** What says it in its own words already. */
const plain = [
  ConfigError,
  KeyringFault,
  MigrationsPending,
  AppError,
  S3Fault,
  WitnessFault,
  BackupFault,
  DatabaseLost,
  NoDatabase,
];

/** The line, without its end; undefined for a bug. */
export function operatorWords(error: unknown): string | undefined {
  if (error instanceof Error && plain.some((kind) => error instanceof kind)) return error.message;
  if (error instanceof SealBroken) return SEAL_BROKEN;
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const where = 'address' in error && 'port' in error ? `${String(error.address)}:${String(error.port)}` : '';
  switch (error.code) {
    case 'EADDRINUSE':
      return `Something else listens on ${where} already. Stop it, or change HTTP_LISTEN or SMTP_LISTEN.`;
    case 'EADDRNOTAVAIL':
      return `${where} is not an address of this machine. Change HTTP_LISTEN or SMTP_LISTEN.`;
    case 'EACCES':
    case 'EROFS':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_READONLY':
      return `Something under DATA_DIR, or a port below 1024, may not be used by this user (${error.code}).`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `A file stands where DATA_DIR needs a folder (${error.code}).`;
    case 'ENOENT':
      // Of a file that is missing its own place speaks.
      return 'syscall' in error && error.syscall === 'mkdir' && 'path' in error
        ? `The folder ${String(error.path)} cannot be made (${error.code}).`
        : undefined;
    case 'ENOSPC':
    case 'SQLITE_FULL':
      return `The disk is full (${error.code}).`;
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${where === '' ? 'A server named in the settings' : where} cannot be reached (${error.code}).`;
    case '28P01': // SQLSTATE invalid_password
    case '28000': // invalid_authorization_specification
    case '3D000': // invalid_catalog_name
      return `PostgreSQL does not let in the user of DATABASE_URL, or has no such database (${error.code}).`;
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT':
      return `The database cannot be read (${error.code}). Restore it from a backup.`;
    default:
      return undefined;
  }
}

export const SEAL_BROKEN = 'Something sealed does not open: it was changed, or sealed under another keyring.';

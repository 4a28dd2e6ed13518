// Owns what a backup holds and in which order: what it is, the database, the blobs that this database names, and last
// the digest of each of them. A file that ends earlier is no backup.

import { z } from 'zod';
import { isId } from '../core/ids.ts';
import { parseJson } from '../core/parse-json.ts';
import { BackupFault } from './backup-fault.ts';

export const ABOUT = 'backup.json';
export const DATABASE = 'sealpost.db';
/** In the format of sha256sum(1), so that an unpacked backup can be checked by hand as well. */
export const DIGESTS = 'SHA256SUMS';

const FORMAT = 'sealpost-backup';
const VERSION = 1;
const BLOBS = 'blobs/';

const aboutSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  createdAt: z.iso.datetime({ precision: 3 }),
  /** The key-encryption keys there were; the keyring itself is never in a backup. */
  keyIds: z.array(z.string()),
});

export interface About {
  readonly createdAt: string;
  readonly keyIds: readonly string[];
}

export function formatAbout({ createdAt, keyIds }: About): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, createdAt, keyIds }, undefined, 2)}\n`;
}

/** @throws {BackupFault} */
export function parseAbout(text: string): About {
  const value = parseJson(text);
  const { success, data } = aboutSchema.safeParse(value);
  if (success) return data;
  const version = z.looseObject({ format: z.literal(FORMAT), version: z.number() }).safeParse(value).data?.version;
  throw new BackupFault(
    version === undefined || version === VERSION
      ? `This backup does not say in ${ABOUT} what it is.`
      : `This backup has format version ${version}, and this Sealpost reads version ${VERSION}.`,
  );
}

export function blobEntry(id: string): string {
  return `${BLOBS}${id}`;
}

/** The blob that an entry holds; undefined for an entry that is none. */
export function blobOf(entry: string): string | undefined {
  const id = entry.startsWith(BLOBS) ? entry.slice(BLOBS.length) : '';
  return isId(id) ? id : undefined;
}

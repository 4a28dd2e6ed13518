// Owns writing down which client certificates are shown at ingestion: each once a day and process, not with every connection. That it
// could not be written down keeps no mail out.

import type { Keyring } from '../crypto/keyring.ts';
import type { ShownCertificate } from '../crypto/server-certificate.ts';
import type { Db } from '../db/engine.ts';
import { noteShown } from './inbound-seen.store.ts';

export type NoteShown = (name: string, shown: ShownCertificate, day: string) => Promise<void>;

/** Names and digests are an administrator's, and few; more than this is one day's of many. */
const NOTED_MAX = 2_000;

export function bindNoteShown({ db, keyring }: { readonly db: Db; readonly keyring: Keyring }): NoteShown {
  const noted = new Set<string>();
  return async (name, shown, day) => {
    const key = JSON.stringify([day, name, shown.fingerprint]);
    if (noted.has(key)) return;
    if (noted.size >= NOTED_MAX) noted.clear();
    try {
      await noteShown(keyring, db, name, shown, day);
      noted.add(key);
    } catch {
      // With the next connection, then.
    }
  };
}

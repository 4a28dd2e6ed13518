// Owns the policy as administrators change it: read, saved as a new version, brought back. One road for the page, the API
// and the command line. What is in force is follow.ts's.

import { displayLine } from '../core/address.ts';
import { AppError } from '../core/errors.ts';
import type { DiffLine } from '../core/line-diff.ts';
import { diffLines } from '../core/line-diff.ts';
import { appendAudit } from '../audit/audit.store.ts';
import type { Db } from '../db/engine.ts';
import { inTransaction } from '../db/engine.ts';
import { isVersion } from '../db/version-cards.ts';
import type { VersionCard } from '../db/version-cards.ts';
import { emptyPolicyDocument, parsePolicyDocument } from '../policy/document.ts';
import type { PolicyDocument } from '../policy/document.ts';
import { documentText } from '../policy/document-text.ts';
import { compilePolicy } from '../policy/policy.ts';
import type { Policy } from '../policy/policy.ts';
import { checkSaving } from '../policy/saving.ts';
import { changesBetween } from './changes.ts';
import { insertVersion, listVersions, loadVersion, newestVersion } from './policies.store.ts';
import type { PolicyDeps, StoredVersion } from './policies.store.ts';

export interface RulebookDeps {
  readonly db: Db;
  readonly vault: PolicyDeps;
  readonly expiryDaysMax: number;
  readonly orgDomains: readonly string[];
  /** Names of the brands that exist. */
  readonly brands: () => readonly string[];
  /** Called when there is a new version, so that this process goes by it at once. */
  readonly saved: () => Promise<void>;
}

export interface Change {
  /** The document, as it was read from its text. */
  readonly value: unknown;
  /** The version that it was made from; 0: none. */
  readonly basedOn: number;
  readonly actor: string;
  readonly network?: string;
  readonly note?: string;
}

export interface Saved {
  readonly version: number;
  readonly document: PolicyDocument;
  /** Empty when it says what the version before it says: then no version was made. */
  readonly changed: readonly string[];
}

export interface Rulebook {
  /** The policy that would be in force if this were saved; nothing is. Throws PolicyFaults as `save` does. */
  draft(value: unknown): Policy;
  newest(): Promise<StoredVersion>;
  /** Throws request/not-found. */
  version(version: number): Promise<StoredVersion>;
  /** The newest first, or those before a version. */
  versions(page: { readonly before?: number; readonly limit: number }): Promise<VersionCard[]>;
  /** Throws PolicyFaults, and request/outdated when `basedOn` is not the newest version any more. */
  save(change: Change): Promise<Saved>;
  /** Saves an earlier version anew. Throws as `save` does: today's settings may not allow what it says. */
  goBack(version: number, change: Omit<Change, 'value'>): Promise<Saved>;
  /** What an administrator would see change, from the one to the other. */
  difference(from: StoredVersion, to: StoredVersion): DiffLine[];
}

export const NOTE_CHARACTERS_MAX = 500;

export function bindRulebook(deps: RulebookDeps): Rulebook {
  const { db, vault, expiryDaysMax, orgDomains, brands } = deps;

  async function get(version: number): Promise<StoredVersion> {
    if (version === 0) return noVersion;
    const found = isVersion(version) ? await loadVersion(vault.keyring, db, version) : undefined;
    if (found !== undefined) return found;
    throw new AppError('request/not-found', 'There is no such version of the policy.');
  }

  function check(value: unknown): PolicyDocument {
    const document = parsePolicyDocument(value, { brands: brands(), expiryDaysMax });
    checkSaving(document, orgDomains);
    return document;
  }

  async function save({ value, basedOn, actor, network, note = '' }: Change): Promise<Saved> {
    const document = check(value);
    const before = await get(await newestVersion(db));
    if (before.version !== basedOn) throw outdated();
    const changed = changesBetween(before.value, document);
    if (changed.length === 0) return { version: basedOn, document, changed };
    const card = { actor, note: displayLine(note, NOTE_CHARACTERS_MAX), changed };
    const version = await inTransaction(db, async (tx) => {
      const made = await insertVersion(vault, tx, { basedOn, value: document, ...card });
      if (made === undefined) throw outdated();
      await appendAudit(vault, tx, {
        event: 'policy-changed',
        details: { actor, ...(network === undefined ? {} : { network }), from: basedOn, to: made, changed },
      });
      return made;
    });
    await deps.saved();
    return { version, document, changed };
  }

  return {
    draft: (value) => compilePolicy(check(value)),
    newest: async () => get(await newestVersion(db)),
    version: get,
    versions: (page) => listVersions(vault.keyring, db, page),
    save,
    goBack: async (version, { note = '', ...change }) => {
      const { value } = await get(version);
      const words = `Back to version ${version}`;
      return save({ ...change, value, note: note === '' ? words : `${words}: ${note}` });
    },
    difference: (from, to) => diffLines(documentText(from), documentText(to)),
  };
}

const noVersion: StoredVersion = {
  version: 0,
  at: '',
  actor: '',
  note: '',
  changed: [],
  value: emptyPolicyDocument,
};

function outdated(): AppError {
  return new AppError(
    'request/outdated',
    'Somebody saved another version of the policy meanwhile. Look at it, and make your change on top of it.',
  );
}

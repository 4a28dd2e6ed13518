// Owns which conversation a mail of the organisation goes on with, and what it inherits from that. Where somebody outside has answered
// in the portal, whatever goes on from there is protected like what it answers, unless its sender asks for more: it quotes what was sealed.

import { splitWords } from '../core/proofs.ts';
import { addressIndex } from '../crypto/address-index.ts';
import type { Db } from '../db/engine.ts';
import type { MessagesTable } from '../db/tables/messages.ts';
import type { MailTree } from '../mail/mail-tree.ts';
import { hasAnswer, loadByMailId } from '../messages/messages.store.ts';
import { loadRecipientOf } from '../messages/recipients.store.ts';
import type { Vault } from '../messages/seal.ts';
import type { Wish } from '../policy/asks.ts';
import { encryptOnly, parseRights } from '../policy/protection.ts';

/**
 * The newest message that its References name, if its author is a party of that: nobody can write into other people's threads by
 * knowing a Message-ID.
 */
export async function loadContinued(
  { db, vault }: { readonly db: Db; readonly vault: Vault },
  tree: MailTree,
): Promise<MessagesTable | undefined> {
  const ids = [
    ...(tree.inReplyTo === undefined ? [] : [tree.inReplyTo]),
    ...tree.references.slice(-REFERENCES_LOOKED_AT),
  ];
  const indexes = ids.map((id) => vault.keyring.blindIndex('mail-id', id));
  const earlier = await loadByMailId(db, indexes);
  if (earlier === undefined) return undefined;
  const authorIndex = addressIndex(vault.keyring, tree.from.address);
  if (earlier.sender_index === authorIndex) return earlier;
  const party = await loadRecipientOf(db, earlier.id, authorIndex);
  return party === undefined ? undefined : earlier;
}

const REFERENCES_LOOKED_AT = 20;

/** Undefined where nobody outside has answered: then it is judged as any mail is. */
export async function inheritedFrom(db: Db, earlier: MessagesTable): Promise<Wish | undefined> {
  if (earlier.kind !== 'reply' && !(await hasAnswer(db, earlier.thread_id))) return undefined;
  const rights = parseRights(splitWords(earlier.rights));
  return {
    words: `answer: ${earlier.protection}`,
    // One that limits nothing would only take its name from what the sender or a rule asks for.
    ...(rights.length < encryptOnly.rights.length ? { protection: { name: earlier.protection, rights } } : {}),
    demands: splitWords(earlier.demands),
    isInherited: true,
    ...(earlier.phrase_id === null ? {} : { givesPhrase: true }),
  };
}
